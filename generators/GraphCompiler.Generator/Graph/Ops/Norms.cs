using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The ε that is added to a variance or a mean of squares before its root is taken.</summary>
internal sealed record NormAttributes(double Epsilon) : NodeAttributes
{
    public override string ToString() => Epsilon == 0 ? "" : Text(Epsilon);
}

internal sealed partial class Graph
{
    /// <summary>
    /// (x − mean)/√(variance + ε)·gain + bias over the last axis, the variance without Bessel's correction (Ba et al. 2016).
    /// Gain and bias have the last axis alone.
    /// </summary>
    public Node LayerNorm(Node x, Node gain, Node bias, double epsilon)
    {
        RequireLastAxis(Op.LayerNorm, x, gain, 1);
        RequireLastAxis(Op.LayerNorm, x, bias, 2);
        return Make(Op.LayerNorm, [x, gain, bias], x.Shape, x.Type, new NormAttributes(epsilon));
    }

    /// <summary>x/√(mean of squares + ε)·gain over the last axis (Zhang and Sennrich 2019).</summary>
    public Node RmsNorm(Node x, Node gain, double epsilon)
    {
        RequireLastAxis(Op.RmsNorm, x, gain, 1);
        return Make(Op.RmsNorm, [x, gain], x.Shape, x.Type, new NormAttributes(epsilon));
    }

    static void RequireLastAxis(Op op, Node x, Node vector, int operand)
    {
        Require(op, x, ElementType.Float32);
        if ((ShapeRules.HasAxes(x.Shape, 1, operand: 0) ?? ShapeRules.HasRank(vector.Shape, 1, operand) ?? ShapeRules.LastAxis(x.Shape, vector.Shape, operand)) is { } mismatch)
        {
            throw new ShapeException(
                $"{op}: {x.Shape} needs a gain or bias of shape [{(x.Shape.Rank < 1 ? "" : x.Shape.Last.ToString())}], not {vector.Shape}",
                mismatch);
        }
    }
}

/// <summary>Rows that are normalised. Gradients and lowerings take the statistics of rows from the same formulas, so they are one
/// node.</summary>
internal static class Norms
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.LayerNorm, OpKind.Composite, 3)
        {
            Numbers = OfNorm,
            LiveRows = RowsWithDeviation,
            DoubtOfRows = (facts, y) => facts.Of(y),
            Gradient = LayerNormGradient,
            Lowering = (graph, node, inputs) => graph.Add(
                graph.Multiply(StandardizeLastAxis(graph, inputs[0], node.Get<NormAttributes>().Epsilon).Normalized, inputs[1]), inputs[2]),
        },
        new(Op.RmsNorm, OpKind.Composite, 2)
        {
            Numbers = OfNorm,
            LiveRows = RowsWithDeviation,
            DoubtOfRows = (facts, y) => facts.Of(y),
            Gradient = RmsNormGradient,
            Lowering = (graph, node, inputs) => graph.Multiply(
                DivideByRootMeanSquare(graph, inputs[0], node.Get<NormAttributes>().Epsilon).Normalized, inputs[1]),
        },
    ];

    static NumberFact OfNorm(Finiteness facts, Node y, IReadOnlyList<NumberFact> x) =>
        new(y.Get<NormAttributes>().Epsilon > 0 ? NumberFact.Joined(x).Doubt : Doubt.Singular, IsModest: true);

    /// <summary>A row of zeros has no deviation where nothing is added to it, but a row of different numbers has.</summary>
    static Node[] RowsWithDeviation(Graph graph, Node y, Node isLive)
    {
        int last = isLive.Shape.Rank - 1;
        var isWanted = graph.Binary(Op.Greater, LiveRows.Any(graph, isLive, last), graph.Constant(0));
        return LiveRows.WithFirst(y, graph.Select(isWanted, y.Inputs[0], graph.Cast(graph.Iota(y.Shape, last), ElementType.Float32)));
    }

    /// <summary>
    /// With x̂ the standardised row, r its inverse deviation and e = d·gain: dx = r·(e − mean(e) − x̂·mean(e·x̂)); the
    /// gain's gradient is the sum of d·x̂ and the bias's that of d, over all rows.
    /// </summary>
    static Node?[] LayerNormGradient(Graph graph, Node y, Node d)
    {
        Node x = y.Inputs[0], gain = y.Inputs[1];
        var (normalized, inverse) = StandardizeLastAxis(graph, x, y.Get<NormAttributes>().Epsilon);
        var scaled = graph.Multiply(d, gain);
        var centred = graph.Subtract(scaled, graph.MeanBySum(scaled, [-1]));
        var toX = graph.Multiply(inverse, graph.Subtract(centred, Along(graph, scaled, normalized)));
        return [toX, SumRows(graph, graph.Multiply(d, normalized)), SumRows(graph, d)];
    }

    /// <summary>With x̂ = x·r and e = d·gain: dx = r·(e − x̂·mean(e·x̂)); the gain's gradient is the sum of d·x̂ over all rows.</summary>
    static Node?[] RmsNormGradient(Graph graph, Node y, Node d)
    {
        Node x = y.Inputs[0], gain = y.Inputs[1];
        var (normalized, inverse) = DivideByRootMeanSquare(graph, x, y.Get<NormAttributes>().Epsilon);
        var scaled = graph.Multiply(d, gain);
        var toX = graph.Multiply(inverse, graph.Subtract(scaled, Along(graph, scaled, normalized)));
        return [toX, SumRows(graph, graph.Multiply(d, normalized))];
    }

    /// <summary>x̂·mean(e·x̂), the part of e along x̂ in each row.</summary>
    static Node Along(Graph graph, Node e, Node normalized) =>
        graph.Multiply(normalized, graph.MeanBySum(graph.Multiply(e, normalized), [-1]));

    static Node SumRows(Graph graph, Node x) => x.Shape.Rank == 1
        ? x
        : graph.Reduce(Op.ReduceSum, x, Enumerable.Range(0, x.Shape.Rank - 1), keepDimensions: false);

    /// <summary>
    /// x̂ = (x − mean)·d with the inverse deviation d = 1/√(variance + ε) of each row, the remainder of the mean taken off after
    /// the product: both are one multiply-add.
    /// </summary>
    static (Node Normalized, Node InverseDeviation) StandardizeLastAxis(Graph graph, Node x, double epsilon)
    {
        int[] axes = [x.Shape.Rank - 1];
        var (distance, remainder) = Statistics.CentreRows(graph, x, axes);
        var inverse = graph.Unary(Op.ReciprocalSqrt, graph.Add(Statistics.LowerVariance(graph, x, axes), graph.Constant(epsilon)));
        var scaled = graph.Multiply(distance, inverse);
        return (graph.Add(scaled, graph.Multiply(graph.Unary(Op.Negate, remainder), inverse)), inverse);
    }

    /// <summary>
    /// x̂ = x·d with d = 1/√(mean(x²) + ε) of each row. Squares overflow from 1.8·10¹⁹ on, so there is a second sum, of the
    /// squares of 2⁻⁸⁰·x, which is taken where the first has overflowed (after Blue 1978); ε is then nothing to it.
    /// </summary>
    static (Node Normalized, Node InverseRoot) DivideByRootMeanSquare(Graph graph, Node x, double epsilon)
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
