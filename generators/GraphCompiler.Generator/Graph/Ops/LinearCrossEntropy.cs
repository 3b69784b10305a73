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
/// <param name="Operand">The operand.</param>
/// <param name="Smoothing">The share of the targets that is spread over all classes; 0 where nothing is, and no weights of classes are among the operands.</param>
internal sealed record LinearCrossEntropyGradientAttributes(LinearCrossEntropyOperand Operand, double Smoothing) : NodeAttributes
{
    public override string ToString() => Text((int)Operand) + (Smoothing > 0 ? " " + Text(Smoothing) : "");
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

    /// <summary>The share of the targets that is spread over all classes.</summary>
    public double Smoothing { get; } = LinearCrossEntropy.SmoothingOf(operation);

    public bool HasBias => operands.Count > (hasGradient ? 4 : 3) + (Smoothing > 0 ? 1 : 0);

    public T Bias => HasBias ? operands[3] : throw new InvalidOperationException($"{operation} has no bias.");

    /// <summary>Where targets are smoothed: what classes count.</summary>
    public T ClassWeights => Smoothing > 0 ? operands[HasBias ? 4 : 3] : throw new InvalidOperationException($"{operation} has no weights of classes.");

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

    /// <summary>The same with the targets of <see cref="SmoothedCrossEntropy"/>: after the bias the weights of classes are an operand, [classes].</summary>
    public Node LinearCrossEntropy(Node x, Node weight, Node labels, Node? bias, Node classWeights, double smoothing)
    {
        RequireLinearCrossEntropy(x, weight, labels, bias, classWeights);
        return Make(
            Op.LinearCrossEntropy, bias is null ? [x, weight, labels, classWeights] : [x, weight, labels, bias, classWeights], labels.Shape,
            ElementType.Float32, new SmoothingAttributes(smoothing));
    }

    /// <summary>
    /// The gradient of <see cref="LinearCrossEntropy"/> with respect to one of its operands, given that of its result.
    /// Operands: those of the forward operation, then the result's gradient [rows]. The result has the shape of its
    /// operand.
    /// </summary>
    public Node LinearCrossEntropyGradient(IReadOnlyList<Node> operands, Node gradient, LinearCrossEntropyOperand operand, double smoothing = 0)
    {
        bool isSmoothed = smoothing > 0, hasBias = operands.Count > (isSmoothed ? 4 : 3);
        RequireLinearCrossEntropy(operands[0], operands[1], operands[2], hasBias ? operands[3] : null, isSmoothed ? operands[operands.Count - 1] : null);
        Require(Op.LinearCrossEntropyGradient, gradient, ElementType.Float32);
        if (ShapeRules.Same(operands[2].Shape, gradient.Shape, operands: (2, operands.Count)) is { } mismatch)
            throw new ShapeException($"LinearCrossEntropyGradient: the result is {operands[2].Shape}, its gradient {gradient.Shape}", mismatch);
        if (operand == LinearCrossEntropyOperand.Bias && !hasBias)
            throw new ShapeException($"LinearCrossEntropyGradient: there is no gradient of operand {operand}");
        return Make(
            Op.LinearCrossEntropyGradient, [.. operands, gradient], operands[(int)operand].Shape, ElementType.Float32,
            new LinearCrossEntropyGradientAttributes(operand, smoothing));
    }

    static void RequireLinearCrossEntropy(Node x, Node weight, Node labels, Node? bias, Node? classWeights = null)
    {
        if (classWeights is not null && ShapeRules.ClassWeights(new Shape(labels.Shape.Append(weight.Shape[0])), classWeights.Shape) is { } unfit)
            throw new ShapeException($"LinearCrossEntropy: weight {weight.Shape} and weights of classes {classWeights.Shape} do not fit", unfit);
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
            // Weights of classes that are not finite spoil the rows that count, and so everything.
            DoubtOfRows = (finiteness, node) => node.Inputs.Take(node.Inputs.Count - (SmoothingOf(node) > 0 ? 1 : 0)).Max(finiteness.Of),
            Gradient = LinearCrossEntropyGradient,
        },
        new(Op.LinearCrossEntropyGradient, OpKind.Template, -1) { Index = Labels, Multiplies = IsXOrWeight, Layout = LayoutOf },
    ];

    /// <summary>The share of the targets that is spread over all classes; 0 where nothing is.</summary>
    public static double SmoothingOf(Node node) => node.Attributes switch
    {
        SmoothingAttributes smoothed => smoothed.Share,
        LinearCrossEntropyGradientAttributes gradient => gradient.Smoothing,
        _ => 0,
    };

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
        [.. y.Inputs.Select((_, operand) => HasGradient(y, operand)
            ? graph.LinearCrossEntropyGradient(y.Inputs, d, (LinearCrossEntropyOperand)operand, SmoothingOf(y)) : null)];

    /// <summary>Weights of classes have none here: a pass that makes the operation leaves those alone that something learns from.</summary>
    static bool HasGradient(Node y, int operand) => Enum.IsDefined(typeof(LinearCrossEntropyOperand), operand)
        && (operand != (int)LinearCrossEntropyOperand.Bias || new LinearCrossEntropyOperands<Node>(y, y.Inputs).HasBias);
}
