using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// Means, variances and what is normalised by them. A mean of floats is a float, and where the values lie far from zero and
// close together its rounding is as large as their differences: so what is subtracted from them is the mean in two parts.
internal static partial class Lowering
{
    /// <summary>x − mean. Equal numbers give exactly 0.</summary>
    static Node Centre(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        if (!AreRows(x.Shape, axes))
            return CentreColumns(graph, x, axes).Centred;
        var (distance, remainder) = CentreRows(graph, x, axes);
        return graph.Subtract(distance, remainder);
    }

    /// <summary>The mean of what is centred too: one reduction for both.</summary>
    static Node MeanOfCentred(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        if (AreRows(x.Shape, axes))
            return graph.Reduce(Op.ReduceMean, x, axes);
        var (first, meanDistance, _) = CentreColumns(graph, x, axes);
        return graph.Add(first, meanDistance);
    }

    /// <summary>The mean of (x − mean)².</summary>
    static Node Variance(Graph graph, Node x, IReadOnlyList<int> axes)
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
        return graph.DivideByCount(Reduce(graph, Op.ReduceSum, graph.Multiply(centred, centred), axes), Graph.CountAlong(x.Shape, axes));
    }

    /// <summary>Whether axes are the last ones: what is reduced is a run, and a kernel passes over it several times.</summary>
    static bool AreRows(Shape shape, IReadOnlyList<int> axes) =>
        AdjacentGroups(shape, axes).Count == 1 && shape.Product(axes.Max() + 1, shape.Rank).IsOne;

    /// <summary>
    /// x − m with the mean m of each row, and the mean of that difference: it is what the rounding of m lost, and costs no
    /// pass of its own, because the mean of squares is taken of the same difference (the corrected two-pass algorithm, Chan,
    /// Golub and LeVeque 1983).
    /// </summary>
    static (Node Distance, Node Remainder) CentreRows(Graph graph, Node x, IReadOnlyList<int> axes)
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
        var mean = Reduce(graph, Op.ReduceMean, distance, axes);
        return (first, mean, graph.Subtract(distance, mean));
    }

    /// <summary>
    /// x̂ = (x − mean)·d with the inverse deviation d = 1/√(variance + ε) of each row, the remainder of the mean taken off after
    /// the product: both are one multiply-add.
    /// </summary>
    public static (Node Normalized, Node InverseDeviation) StandardizeLastAxis(Graph graph, Node x, double epsilon)
    {
        int[] axes = [x.Shape.Rank - 1];
        var (distance, remainder) = CentreRows(graph, x, axes);
        var inverse = graph.Unary(Op.ReciprocalSqrt, graph.Add(Variance(graph, x, axes), graph.Constant(epsilon)));
        var scaled = graph.Multiply(distance, inverse);
        return (graph.Add(scaled, graph.Multiply(graph.Unary(Op.Negate, remainder), inverse)), inverse);
    }

    /// <summary>
    /// x̂ = x·d with d = 1/√(mean(x²) + ε) of each row. Squares overflow from 1.8·10¹⁹ on, so there is a second sum, of the
    /// squares of 2⁻⁸⁰·x, which is taken where the first has overflowed (after Blue 1978); ε is then nothing to it.
    /// </summary>
    public static (Node Normalized, Node InverseRoot) DivideByRootMeanSquare(Graph graph, Node x, double epsilon)
    {
        const double Small = 1.0 / (1L << 40) / (1L << 40);
        Node MeanSquare(Node value) => graph.MeanBySum(graph.Multiply(value, value), [-1]);

        var plain = graph.Add(MeanSquare(x), graph.Constant(epsilon));
        var scaled = MeanSquare(graph.Scale(x, Small));
        var fits = graph.Binary(Op.LessOrEqual, plain, graph.Constant(float.MaxValue));
        var inverse = graph.Multiply(
            graph.Unary(Op.ReciprocalSqrt, graph.Select(fits, plain, scaled)),
            graph.Select(fits, graph.Constant(1), graph.Constant(Small)));
        return (graph.Multiply(x, inverse), inverse);
    }
}
