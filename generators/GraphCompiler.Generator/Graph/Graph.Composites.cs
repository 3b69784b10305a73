using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

// Named composites: kept whole for their hand-made gradients, then lowered (Passes/Lowering).
internal sealed partial class Graph
{
    /// <summary>x − mean over axes.</summary>
    public Node Centre(Node x, IEnumerable<int> axes) => Make(
        Op.Centre, [Require(Op.Centre, x, ElementType.Float32)], x.Shape, x.Type, new AxesAttributes(NormalizeAxes(axes, x.Shape.Rank)));

    /// <summary>The mean of (x − mean)² over axes that stay with size 1.</summary>
    public Node Variance(Node x, IEnumerable<int> axes)
    {
        var normal = NormalizeAxes(axes, x.Shape.Rank);
        return Make(Op.Variance, [Require(Op.Variance, x, ElementType.Float32)], WithoutAxes(x.Shape, normal), x.Type, new AxesAttributes(normal));
    }

    /// <summary>exp(x) normalised to sum 1 along one axis; zeros where all of it is −∞.</summary>
    public Node Softmax(Node x, int axis) => AlongAxis(Op.Softmax, x, axis);

    /// <summary>The logarithm of <see cref="Softmax"/>.</summary>
    public Node LogSoftmax(Node x, int axis) => AlongAxis(Op.LogSoftmax, x, axis);

    /// <summary>
    /// (x − mean)/√(variance + ε)·gain + bias over the last axis, the variance without Bessel's correction (Ba et al. 2016).
    /// Gain and bias have the last axis alone.
    /// </summary>
    public Node LayerNorm(Node x, Node gain, Node bias, double epsilon)
    {
        RequireLastAxis(Op.LayerNorm, x, gain);
        RequireLastAxis(Op.LayerNorm, x, bias);
        return Make(Op.LayerNorm, [x, gain, bias], x.Shape, x.Type, new NormAttributes(epsilon));
    }

    /// <summary>x/√(mean of squares + ε)·gain over the last axis (Zhang and Sennrich 2019).</summary>
    public Node RmsNorm(Node x, Node gain, double epsilon)
    {
        RequireLastAxis(Op.RmsNorm, x, gain);
        return Make(Op.RmsNorm, [x, gain], x.Shape, x.Type, new NormAttributes(epsilon));
    }

    /// <summary>−log softmax(logits)[label] for each row: logits [..., classes], labels [...]; the result has the labels' shape.</summary>
    public Node CrossEntropy(Node logits, Node labels)
    {
        Require(Op.CrossEntropy, logits, ElementType.Float32);
        Require(Op.CrossEntropy, labels, ElementType.Int32);
        if (logits.Shape.Rank < 1 || !new Shape(logits.Shape.Take(logits.Shape.Rank - 1)).Equals(labels.Shape))
            throw new ShapeException($"CrossEntropy: logits {logits.Shape} need labels of shape [{string.Join(", ", logits.Shape.Take(logits.Shape.Rank - 1))}], not {labels.Shape}");
        return Make(Op.CrossEntropy, [logits, labels], labels.Shape, ElementType.Float32);
    }

    /// <summary>max(x, 0) − x·target + log(1 + exp(−|x|)) for each element; 0 where x is infinite and right.</summary>
    public Node BinaryCrossEntropy(Node logits, Node targets) => SameShape(Op.BinaryCrossEntropy, logits, targets);

    /// <summary>½d² where |d| ≤ δ, else δ(|d| − ½δ), d = x − target, for each element.</summary>
    public Node Huber(Node x, Node targets, double delta) => SameShape(Op.Huber, x, targets, new HuberAttributes(delta));

    /// <summary>
    /// In training each element is 0 with probability p, else scaled by 1/(1 − p); in inference the operand itself.
    /// Each call has a stream of <see cref="Random"/> of its own.
    /// </summary>
    public Node Dropout(Node x, double probability, int stream) =>
        Make(Op.Dropout, [Require(Op.Dropout, x, ElementType.Float32)], x.Shape, x.Type, new DropoutAttributes(probability, stream));

    Node AlongAxis(Op op, Node x, int axis) => Make(op, [Require(op, x, ElementType.Float32)], x.Shape, x.Type,
        new AxisAttributes(NormalizeAxis(axis, x.Shape.Rank)));

    Node SameShape(Op op, Node x, Node targets, NodeAttributes? attributes = null)
    {
        Require(op, x, ElementType.Float32);
        Require(op, targets, ElementType.Float32);
        if (!x.Shape.Equals(targets.Shape))
            throw new ShapeException($"{op}: {x.Shape} and the targets' {targets.Shape} must be the same");
        return Make(op, [x, targets], x.Shape, x.Type, attributes);
    }

    static void RequireLastAxis(Op op, Node x, Node vector)
    {
        Require(op, x, ElementType.Float32);
        if (x.Shape.Rank < 1 || vector.Shape.Rank != 1 || vector.Shape[0] != x.Shape.Last)
            throw new ShapeException($"{op}: {x.Shape} needs a gain or bias of shape [{(x.Shape.Rank < 1 ? "" : x.Shape.Last.ToString())}], not {vector.Shape}");
    }
}
