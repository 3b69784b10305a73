using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The operands of a linear cross-entropy that have a gradient, by their places.</summary>
internal enum LinearCrossEntropyOperand
{
    X = 0,
    Weight = 1,
    Bias = 3,
}

/// <summary>The operand of a linear cross-entropy that a gradient is of.</summary>
internal sealed record LinearCrossEntropyGradientAttributes(LinearCrossEntropyOperand Operand) : NodeAttributes
{
    public override string ToString() => Text((int)Operand);
}

/// <summary>The operands of a linear cross-entropy or of its gradient by their roles: nodes, or how they lie in memory.</summary>
/// <param name="operation">The node that has them.</param>
/// <param name="operands">All of them.</param>
internal readonly struct LinearCrossEntropyOperands<T>(Node operation, IReadOnlyList<T> operands)
{
    readonly bool hasGradient = operation.Op == Op.LinearCrossEntropyGradient;

    public T X => operands[0];

    public T Weight => operands[1];

    public T Labels => operands[2];

    public bool HasBias => operands.Count > (hasGradient ? 4 : 3);

    public T Bias => HasBias ? operands[3] : throw new InvalidOperationException($"{operation} has no bias.");

    /// <summary>Of a gradient: that of the result.</summary>
    public T Cotangent => hasGradient ? operands[operands.Count - 1] : throw new InvalidOperationException($"{operation} is no gradient.");
}

// No user names it: a pass recognises it.
internal sealed partial class Graph
{
    /// <summary>
    /// The cross-entropy of a linear map's results, for each row: −log softmax(x·weightᵀ + bias)[label]. x [rows, width],
    /// weight [classes, width], labels [rows], bias [classes] or null; the result is [rows]. The logits, [rows, classes],
    /// are never a value of the graph. Operands: x, weight, labels, then the bias if there is one.
    /// </summary>
    public Node LinearCrossEntropy(Node x, Node weight, Node labels, Node? bias)
    {
        RequireLinearCrossEntropy(x, weight, labels, bias);
        return Make(Op.LinearCrossEntropy, bias is null ? [x, weight, labels] : [x, weight, labels, bias], labels.Shape, ElementType.Float32);
    }

    /// <summary>
    /// The gradient of <see cref="LinearCrossEntropy"/> with respect to one of its operands, given that of its result.
    /// Operands: those of the forward operation, then the result's gradient [rows]. The result has the shape of its
    /// operand.
    /// </summary>
    public Node LinearCrossEntropyGradient(IReadOnlyList<Node> operands, Node gradient, LinearCrossEntropyOperand operand)
    {
        RequireLinearCrossEntropy(operands[0], operands[1], operands[2], operands.Count > 3 ? operands[3] : null);
        Require(Op.LinearCrossEntropyGradient, gradient, ElementType.Float32);
        if (ShapeRules.Same(operands[2].Shape, gradient.Shape, operands: (2, operands.Count)) is { } mismatch)
            throw new ShapeException($"LinearCrossEntropyGradient: the result is {operands[2].Shape}, its gradient {gradient.Shape}", mismatch);
        if ((int)operand >= operands.Count)
            throw new ShapeException($"LinearCrossEntropyGradient: there is no gradient of operand {operand}");
        return Make(
            Op.LinearCrossEntropyGradient, [.. operands, gradient], operands[(int)operand].Shape, ElementType.Float32,
            new LinearCrossEntropyGradientAttributes(operand));
    }

    static void RequireLinearCrossEntropy(Node x, Node weight, Node labels, Node? bias)
    {
        RequireFloat(Op.LinearCrossEntropy, x);
        RequireFloat(Op.LinearCrossEntropy, weight);
        RequireIndices(Op.LinearCrossEntropy, labels);
        if (ShapeRules.LinearCrossEntropy(x.Shape, weight.Shape, labels.Shape, bias?.Shape) is { } mismatch)
        {
            throw new ShapeException($"LinearCrossEntropy: x {x.Shape}, weight {weight.Shape}, labels {labels.Shape}"
                + (bias is null ? "" : $", bias {bias.Shape}") + " do not fit [rows, width], [classes, width], [rows], [classes]", mismatch);
        }
    }
}

/// <summary>The cross-entropy of a linear map's results, whose kernel holds some rows of them at a time.</summary>
internal static class LinearCrossEntropy
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.LinearCrossEntropy, OpKind.Template, -1)
        {
            Index = Labels,
            Multiplies = IsXOrWeight,
            Layout = LayoutOf,
            LiveRows = RowsOfX,
            Gradient = LinearCrossEntropyGradient,
        },
        new(Op.LinearCrossEntropyGradient, OpKind.Template, -1) { Index = Labels, Multiplies = IsXOrWeight, Layout = LayoutOf },
    ];

    static OperandLayout LayoutOf(Node node, int operand) => operand == 1 ? OperandLayout.Matrix : OperandLayout.Whole;

    /// <summary>The rows of x; of the weight and the bias all or nothing.</summary>
    static Node[] RowsOfX(Graph graph, Node y, Node isLive)
    {
        var any = graph.Reshape(LiveRows.Any(graph, isLive, 0), Shape.Scalar);
        return [.. y.Inputs.Select((input, operand) => operand == 0
            ? LiveRows.Keep(graph, input, graph.Reshape(isLive, new Shape(isLive.Shape.Append(1))))
            : operand == 2 ? input : LiveRows.Keep(graph, input, any))];
    }

    static (int Operand, IndexAttributes Index)? Labels(Node node) => (2, new IndexAttributes(IndexKind.Row, node.Inputs[1].Shape[0]));

    static bool IsXOrWeight(Node node, int operand) => operand < 2;

    /// <summary>A node for each operand but the labels; they share the forward pass's kernel where d does not depend on it.</summary>
    static Node?[] LinearCrossEntropyGradient(Graph graph, Node y, Node d) =>
        [.. y.Inputs.Select((_, operand) => Enum.IsDefined(typeof(LinearCrossEntropyOperand), operand)
            ? graph.LinearCrossEntropyGradient(y.Inputs, d, (LinearCrossEntropyOperand)operand) : null)];
}
