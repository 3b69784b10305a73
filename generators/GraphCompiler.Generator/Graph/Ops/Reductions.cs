using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The axes that an operation works over, ascending.</summary>
internal sealed record AxesAttributes(EquatableArray<int> Axes) : NodeAttributes
{
    public override string ToString() => string.Join(" ", Axes);
}

internal sealed partial class Graph
{
    /// <summary>ReduceSum, ReduceMax, ReduceMin or ReduceMean over axes that stay with size 1.</summary>
    public Node Reduce(Op op, Node x, IEnumerable<int> axes)
    {
        Require(op, x, ElementType.Float32);
        var normal = NormalizeAxes(axes, x.Shape.Rank);
        if (normal.Count == 0)
            return x;
        return Make(op, [x], WithoutAxes(x.Shape, normal), ElementType.Float32, new AxesAttributes(normal));
    }

    /// <summary>A shape with size 1 in place of some axes.</summary>
    static Shape WithoutAxes(Shape shape, IReadOnlyList<int> axes) => new(shape.Select((d, axis) => axes.Contains(axis) ? (Dim)1 : d));

    /// <summary>As <see cref="Reduce"/>, with the reduced axes removed unless they are to be kept; no axes mean all.</summary>
    public Node Reduce(Op op, Node x, IEnumerable<int> axes, bool keepDimensions)
    {
        var normal = NormalizeAxes(axes, x.Shape.Rank);
        if (normal.Count == 0)
            normal = new(Enumerable.Range(0, x.Shape.Rank));
        var reduced = Reduce(op, x, normal);
        return keepDimensions ? reduced : Reshape(reduced, new Shape(x.Shape.Where((_, axis) => !normal.Contains(axis))));
    }

    /// <summary>The arithmetic mean over axes; no axes mean all. Of equal numbers it is that number.</summary>
    public Node Mean(Node x, IEnumerable<int> axes, bool keepDimensions) => Reduce(Op.ReduceMean, x, axes, keepDimensions);

    /// <summary>The sum over axes, which stay with size 1, divided by how many elements it has: a mean of what lies around zero.</summary>
    public Node MeanBySum(Node x, IReadOnlyList<int> axes) =>
        DivideByCount(Reduce(Op.ReduceSum, x, axes), CountAlong(x.Shape, axes));

    /// <summary>How many elements a shape has along some axes.</summary>
    public static Dim CountAlong(Shape shape, IReadOnlyList<int> axes) =>
        axes.Aggregate((Dim)1, (count, axis) => count * shape[NormalizeAxis(axis, shape.Rank)]);

    /// <summary>
    /// Sums over the axes of size 1 in <paramref name="shape"/>, of the same rank, that are larger in x: in single precision, which
    /// reductions are computed in.
    /// </summary>
    public Node SumTo(Node x, Shape shape)
    {
        int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis].IsOne && !x.Shape[axis].IsOne)];
        return axes.Length == 0 ? x : Cast(Reduce(Op.ReduceSum, Cast(x, ElementType.Float32), axes), x.Type);
    }
}

/// <summary>Sums, means and extrema over axes. An extremum's gradient is spread evenly over the tied elements (torch.amax). A reduction over
/// axes that do not lie side by side becomes one for each group of neighbours, the innermost first, because that one reads
/// memory in order: code is emitted for [outer, reduced, inner] alone. Axes of size 1 belong to any group.</summary>
internal static class Reductions
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.ReduceSum, OpKind.Reduction, 1, Cost: 1)
        {
            Layout = ReducedRuns,
            Numbers = (_, _, x) => x[0] with { IsModest = false },
            Gradient = (graph, y, d) => [graph.BroadcastTo(d, y.Inputs[0].Shape)],
            Lowering = Split,
        },
        new(Op.ReduceMax, OpKind.Reduction, 1, Cost: 1) { Layout = ReducedRuns, Choice = ChoiceRule.Elements, Gradient = ExtremumGradient, Lowering = Split },
        new(Op.ReduceMin, OpKind.Reduction, 1, Cost: 1) { Layout = ReducedRuns, Choice = ChoiceRule.Elements, Gradient = ExtremumGradient, Lowering = Split },
        new(Op.ReduceMean, OpKind.Reduction, 1, Cost: 2)
        {
            Layout = ReducedRuns,
            Gradient = (graph, y, d) =>
                [graph.BroadcastTo(graph.DivideByCount(d, Graph.CountAlong(y.Inputs[0].Shape, y.Axes)), y.Inputs[0].Shape)],
            Lowering = Split,
        },
    ];

    static OperandLayout ReducedRuns(Node node, int operand) => OperandLayout.ReducedRuns;

    static Node?[] ExtremumGradient(Graph graph, Node y, Node d)
    {
        var x = y.Inputs[0];
        var attained = graph.Binary(Op.Equal, x, y);
        var count = graph.Reduce(Op.ReduceSum, graph.Cast(attained, ElementType.Float32), y.Axes);
        return [graph.Select(attained, graph.Divide(d, count), graph.Constant(0))];
    }

    static Node Split(Graph graph, Node node, IReadOnlyList<Node> inputs) => InGroups(graph, node.Op, inputs[0], node.Axes);

    /// <summary>A reduction, one group of neighbouring axes after the other. Of groups of equal size, the mean of means is the mean.</summary>
    public static Node InGroups(Graph graph, Op op, Node x, IReadOnlyList<int> axes)
    {
        foreach (int[] group in AdjacentGroups(x.Shape, axes).Reverse())
            x = graph.Reduce(op, x, group);
        return x;
    }

    /// <summary>Splits sorted axes where an axis that is not reduced, of a size other than 1, lies between two of them.</summary>
    public static IReadOnlyList<int[]> AdjacentGroups(Shape shape, IReadOnlyList<int> axes)
    {
        var groups = new List<List<int>>();
        foreach (int axis in axes)
        {
            bool adjacent = groups.Count > 0;
            for (int between = adjacent ? groups[groups.Count - 1].Last() + 1 : axis; between < axis; between++)
                adjacent &= shape[between].IsOne;
            if (!adjacent)
                groups.Add([]);
            groups[groups.Count - 1].Add(axis);
        }
        return [.. groups.Select(g => g.ToArray())];
    }
}
