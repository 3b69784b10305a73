using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The operands of a linear cross-entropy that have a gradient, by their places.</summary>
internal enum LinearCrossEntropyOperand
{
    X = 0,
    Weight = 1,
    Bias = 3,
}

// Operations whose kernel is a whole algorithm. No user names them: passes recognise them.
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
        if (!gradient.Shape.Equals(operands[2].Shape))
            throw new ShapeException($"LinearCrossEntropyGradient: the result is {operands[2].Shape}, its gradient {gradient.Shape}");
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
        Require(Op.LinearCrossEntropy, labels, ElementType.Int32);
        bool fits = x.Shape.Rank == 2 && weight.Shape.Rank == 2 && x.Shape[1] == weight.Shape[1]
            && labels.Shape.Equals(new Shape(x.Shape[0]))
            && (bias is null || bias.Shape.Equals(new Shape(weight.Shape[0])));
        if (!fits)
        {
            throw new ShapeException($"LinearCrossEntropy: x {x.Shape}, weight {weight.Shape}, labels {labels.Shape}"
                + (bias is null ? "" : $", bias {bias.Shape}") + " do not fit [rows, width], [classes, width], [rows], [classes]");
        }
    }
}
