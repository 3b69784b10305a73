using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

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
}

/// <summary>Means, variances and what is centred. A mean of floats is a float, and where the values lie far from zero and close together
/// its rounding is as large as their differences: so what is subtracted from them is the mean in two parts.</summary>
internal static class Statistics
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.Centre, OpKind.Composite, 1)
        {
            Gradient = (graph, y, d) => [graph.Subtract(d, graph.MeanBySum(d, y.Axes))],
            Lowering = (graph, node, inputs) => LowerCentre(graph, inputs[0], node.Axes),
        },
        new(Op.Variance, OpKind.Composite, 1)
        {
            IsNotNegative = true,
            LiveRows = (graph, y, isLive) => LiveRows.WithFirst(y, LiveRows.Keep(graph, y.Inputs[0], isLive)),
            Gradient = VarianceGradient,
            Lowering = (graph, node, inputs) => LowerVariance(graph, inputs[0], node.Axes),
        },
    ];

    /// <summary>2/n·(x − mean)·d: what the mean contributes is the sum of x − mean, which is 0.</summary>
    static Node?[] VarianceGradient(Graph graph, Node y, Node d)
    {
        var x = y.Inputs[0];
        var axes = y.Axes;
        var ofElement = graph.DivideByCount(graph.Scale(d, 2), Graph.CountAlong(x.Shape, axes));
        return [graph.Multiply(graph.Centre(x, axes), ofElement)];
    }

    /// <summary>x − mean. Equal numbers give exactly 0.</summary>
    static Node LowerCentre(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        if (!AreRows(x.Shape, axes))
            return CentreColumns(graph, x, axes).Centred;
        var (distance, remainder) = CentreRows(graph, x, axes);
        return graph.Subtract(distance, remainder);
    }

    /// <summary>The mean of what is centred too: one reduction for both.</summary>
    public static Node MeanOfCentred(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        if (AreRows(x.Shape, axes))
            return graph.Reduce(Op.ReduceMean, x, axes);
        var (first, meanDistance, _) = CentreColumns(graph, x, axes);
        return graph.Add(first, meanDistance);
    }

    /// <summary>The mean of (x − mean)².</summary>
    public static Node LowerVariance(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        if (AreRows(x.Shape, axes))
        {
            var (distance, remainder) = CentreRows(graph, x, axes);
            var squares = graph.MeanBySum(graph.Multiply(distance, distance), [.. axes]);
            // Where the squares overflow, that of the remainder may too, and the variance is infinite, not ∞ − ∞.
            var isFinite = graph.Binary(Op.LessOrEqual, squares, graph.Constant(float.MaxValue));
            return graph.Select(isFinite, graph.Subtract(squares, graph.Multiply(remainder, remainder)), squares);
        }
        var centred = CentreColumns(graph, x, axes).Centred;
        return graph.DivideByCount(Reductions.InGroups(graph, Op.ReduceSum, graph.Multiply(centred, centred), axes), Graph.CountAlong(x.Shape, axes));
    }

    /// <summary>Whether axes are the last ones: what is reduced is a run, and a kernel passes over it several times.</summary>
    static bool AreRows(Shape shape, IReadOnlyList<int> axes) =>
        Reductions.AdjacentGroups(shape, axes).Count == 1 && shape.Product(axes.Max() + 1, shape.Rank).IsOne;

    /// <summary>
    /// x − m with the mean m of each row, and the mean of that difference: it is what the rounding of m lost, and costs no
    /// pass of its own, because the mean of squares is taken of the same difference (the corrected two-pass algorithm, Chan,
    /// Golub and LeVeque 1983).
    /// </summary>
    public static (Node Distance, Node Remainder) CentreRows(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        var distance = graph.Subtract(x, graph.Reduce(Op.ReduceMean, x, axes));
        return (distance, graph.MeanBySum(distance, [.. axes]));
    }

    /// <summary>
    /// Over other axes every sum is a kernel, so the mean is measured from the first element instead: (x − first) − mean(x −
    /// first).
    /// </summary>
    static (Node First, Node MeanDistance, Node Centred) CentreColumns(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        var first = axes.Aggregate(x, (part, axis) => graph.Slice(part, axis, 0, 1));
        var distance = graph.Subtract(x, first);
        var mean = Reductions.InGroups(graph, Op.ReduceMean, distance, axes);
        return (first, mean, graph.Subtract(distance, mean));
    }
}
