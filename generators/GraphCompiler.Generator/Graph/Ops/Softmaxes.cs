using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

internal sealed partial class Graph
{
    /// <summary>exp(x) normalised to sum 1 along one axis; zeros where all of it is −∞.</summary>
    public Node Softmax(Node x, int axis) => AlongAxis(Op.Softmax, x, axis);

    /// <summary>The logarithm of <see cref="Softmax"/>.</summary>
    public Node LogSoftmax(Node x, int axis) => AlongAxis(Op.LogSoftmax, x, axis);

    Node AlongAxis(Op op, Node x, int axis) => Make(op, [Require(op, x, ElementType.Float32)], x.Shape, x.Type,
        new AxisAttributes(NormalizeAxis(axis, x.Shape.Rank)));
}

/// <summary>Exponentials that are normalised to sum 1, and their logarithms.</summary>
internal static class Softmaxes
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.Softmax, OpKind.Composite, 1)
        {
            Numbers = (facts, y, _) => new(facts.OfScores(y.Inputs[0]), Sign.NotNegative, IsModest: true),
            LiveRows = RowsOfScores,
            DoubtOfRows = (facts, y) => facts.OfScores(y.Inputs[0]),
            Gradient = SoftmaxGradient,
            Lowering = (graph, node, inputs) => Layouts.AlongLastAxis(graph, inputs[0], node.Axis, LowerSoftmax),
        },
        new(Op.LogSoftmax, OpKind.Composite, 1)
        {
            LiveRows = RowsOfScores,
            DoubtOfRows = (facts, y) => facts.OfScores(y.Inputs[0]),
            Gradient = LogSoftmaxGradient,
            Lowering = (graph, node, inputs) => Layouts.AlongLastAxis(graph, inputs[0], node.Axis, LowerLogSoftmax),
        },
    ];

    static Node[] RowsOfScores(Graph graph, Node y, Node isLive) => LiveRows.WithFirst(y, LiveRows.Keep(graph, y.Inputs[0], LiveRows.Any(graph, isLive, y.Axis)));

    /// <summary>y·(d − sum(d·y)).</summary>
    static Node?[] SoftmaxGradient(Graph graph, Node y, Node d)
    {
        int[] axis = [y.Axis];
        var projection = graph.Reduce(Op.ReduceSum, graph.Multiply(d, y), axis);
        return [graph.Multiply(y, graph.Subtract(d, projection))];
    }

    /// <summary>d − exp(y)·sum(d).</summary>
    static Node?[] LogSoftmaxGradient(Graph graph, Node y, Node d)
    {
        int[] axis = [y.Axis];
        var sum = graph.Reduce(Op.ReduceSum, d, axis);
        return [graph.Subtract(d, graph.Multiply(graph.Unary(Op.Exp, y), sum))];
    }

    /// <summary>
    /// exp(x − max)·(1/sum): the largest exponent is 0, so nothing overflows; one division a row instead of one an element.
    /// A row that is −∞ altogether becomes zeros: a finite number is subtracted from it, and its sum, 0, is not divided by.
    /// Other rows have a sum of at least exp(0) = 1.
    /// </summary>
    static Node LowerSoftmax(Graph graph, Node x)
    {
        var max = graph.Binary(Op.Maximum, graph.Reduce(Op.ReduceMax, x, [-1]), graph.Constant(-float.MaxValue));
        var exponentials = graph.Unary(Op.Exp, graph.Subtract(x, max));
        var sum = graph.Reduce(Op.ReduceSum, exponentials, [-1]);
        var divisor = graph.Select(graph.Binary(Op.Equal, sum, graph.Constant(0)), graph.Constant(1), sum);
        return graph.Multiply(exponentials, graph.Divide(graph.Constant(1), divisor));
    }

    /// <summary>(x − max) − log(sum(exp(x − max))).</summary>
    static Node LowerLogSoftmax(Graph graph, Node x)
    {
        var shifted = SubtractMax(graph, x);
        var sum = graph.Reduce(Op.ReduceSum, graph.Unary(Op.Exp, shifted), [-1]);
        return graph.Subtract(shifted, graph.Unary(Op.Log, sum));
    }

    public static Node SubtractMax(Graph graph, Node x) => graph.Subtract(x, graph.Reduce(Op.ReduceMax, x, [-1]));
}
