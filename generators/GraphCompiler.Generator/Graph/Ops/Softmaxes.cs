using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

internal sealed partial class Graph
{
    /// <summary>exp(x) normalised to sum 1 along one axis; zeros where all of it is −∞.</summary>
    public Node Softmax(Node x, int axis) => AlongAxis(Op.Softmax, x, axis);

    /// <summary>The logarithm of <see cref="Softmax"/>.</summary>
    public Node LogSoftmax(Node x, int axis) => AlongAxis(Op.LogSoftmax, x, axis);

    /// <summary>log(sum(exp(x))) over axes that stay with size 1; −∞ where all of it is −∞.</summary>
    public Node LogSumExp(Node x, IEnumerable<int> axes)
    {
        var normal = NormalizeAxes(axes, x.Shape.Rank);
        return Make(Op.LogSumExp, [Require(Op.LogSumExp, x, ElementType.Float32)], WithoutAxes(x.Shape, normal), x.Type, new AxesAttributes(normal));
    }

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
        new(Op.LogSumExp, OpKind.Composite, 1)
        {
            LiveRows = (graph, y, isLive) => LiveRows.WithFirst(y, LiveRows.Keep(graph, y.Inputs[0], isLive)),
            DoubtOfRows = (facts, y) => facts.OfScores(y.Inputs[0]),
            Gradient = LogSumExpGradient,
            Lowering = (graph, node, inputs) => LowerLogSumExp(graph, inputs[0], node.Axes),
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

    /// <summary>d·softmax(x), of the exponentials and sums of <see cref="LowerLogSumExp"/>; zeros where all of it is −∞.</summary>
    static Node?[] LogSumExpGradient(Graph graph, Node y, Node d)
    {
        var (_, exponentials, sum) = Exponentials(graph, y.Inputs[0], y.Axes);
        var divisor = graph.Select(graph.Binary(Op.Equal, sum, graph.Constant(0)), graph.Constant(1), sum);
        return [graph.Multiply(exponentials, graph.Divide(d, divisor))];
    }

    /// <summary>log(sum(exp(x − max))) + max.</summary>
    static Node LowerLogSumExp(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        var (max, _, sum) = Exponentials(graph, x, axes);
        return graph.Add(graph.Unary(Op.Log, sum), max);
    }

    /// <summary>exp(x − max) and its sum. An infinite maximum is taken as 0: nothing is subtracted from it, and the sum is 0 or infinite.</summary>
    static (Node Max, Node Exponentials, Node Sum) Exponentials(Graph graph, Node x, IReadOnlyList<int> axes)
    {
        var largest = Reductions.InGroups(graph, Op.ReduceMax, x, axes);
        var isInfinite = graph.Binary(Op.Equal, graph.Unary(Op.Abs, largest), graph.Constant(double.PositiveInfinity));
        var max = graph.Select(isInfinite, graph.Constant(0), largest);
        var exponentials = graph.Unary(Op.Exp, graph.Subtract(x, max));
        return (max, exponentials, Reductions.InGroups(graph, Op.ReduceSum, exponentials, axes));
    }

    public static Node SubtractMax(Graph graph, Node x) => graph.Subtract(x, graph.Reduce(Op.ReduceMax, x, [-1]));
}
