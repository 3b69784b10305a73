using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Composites become primitive operations in a numerically stable form (Lowering.Composites.cs). A reduction over
/// axes that do not lie side by side becomes one reduction for each group of neighbours, the innermost first, because
/// that one reads memory in order: code is emitted for [outer, reduced, inner] alone. Axes of size 1 belong to any group.
/// Gradients are taken before this pass; the values that a composite and its gradient share (a softmax, an inverse
/// deviation, a dropout mask) are built here by the same formulas and so are one node.
/// </summary>
internal static partial class Lowering
{
    static readonly Dictionary<Op, NodeRewrite> Table = new()
    {
        [Op.Centre] = (graph, node, inputs) => Centre(graph, inputs[0], node.Axes),
        [Op.Variance] = (graph, node, inputs) => Variance(graph, inputs[0], node.Axes),
        [Op.Softmax] = (graph, node, inputs) => AlongLastAxis(graph, inputs[0], node.Axis, Softmax),
        [Op.LogSoftmax] = (graph, node, inputs) => AlongLastAxis(graph, inputs[0], node.Axis, LogSoftmax),
        [Op.LayerNorm] = (graph, node, inputs) => graph.Add(
            graph.Multiply(StandardizeLastAxis(graph, inputs[0], node.Get<NormAttributes>().Epsilon).Normalized, inputs[1]), inputs[2]),
        [Op.RmsNorm] = (graph, node, inputs) => graph.Multiply(
            DivideByRootMeanSquare(graph, inputs[0], node.Get<NormAttributes>().Epsilon).Normalized, inputs[1]),
        [Op.CrossEntropy] = (graph, _, inputs) => CrossEntropy(graph, inputs[0], inputs[1]),
        [Op.BinaryCrossEntropy] = (graph, _, inputs) => BinaryCrossEntropy(graph, inputs[0], inputs[1]),
        [Op.Huber] = (graph, node, inputs) => Huber(graph, inputs[0], inputs[1], node.Get<HuberAttributes>().Delta),
        [Op.Dropout] = (graph, node, inputs) => Dropout(graph, inputs[0], node.Get<DropoutAttributes>()),
        [Op.WhenTraining] = (_, _, inputs) => inputs[0],
        [Op.ReduceSum] = SplitReduction,
        [Op.ReduceMax] = SplitReduction,
        [Op.ReduceMin] = SplitReduction,
        [Op.ReduceMean] = SplitReduction,
    };

    public static Graph Run(Graph graph, CancellationToken cancellation = default)
    {
        var centred = graph.Nodes.Where(n => n.Op is Op.Centre or Op.Variance).ToLookup(n => n.Inputs[0], n => n.Attributes);
        return Rewriting.Rebuild(
            graph,
            (target, node, inputs) => node.Op == Op.ReduceMean && centred[node.Inputs[0]].Contains(node.Attributes) ? MeanOfCentred(target, inputs[0], node.Axes)
                : Table.TryGetValue(node.Op, out var lower) ? lower(target, node, inputs)
                : target.Rebuild(node, inputs),
            cancellation);
    }

    static Node SplitReduction(Graph graph, Node node, IReadOnlyList<Node> inputs) => Reduce(graph, node.Op, inputs[0], node.Axes);

    /// <summary>A reduction, one group of neighbouring axes after the other. Of groups of equal size, the mean of means is the mean.</summary>
    static Node Reduce(Graph graph, Op op, Node x, IReadOnlyList<int> axes)
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

    /// <summary>Moves an axis to the end, computes there, and moves it back.</summary>
    public static Node AlongLastAxis(Graph graph, Node x, int axis, Func<Graph, Node, Node> compute)
    {
        int last = x.Shape.Rank - 1;
        int[] toEnd = [.. Enumerable.Range(0, x.Shape.Rank).Where(a => a != axis), axis];
        int[] back = [.. Enumerable.Range(0, x.Shape.Rank).Select(a => a < axis ? a : a == axis ? last : a - 1)];
        return graph.Permute(compute(graph, graph.Permute(x, toEnd)), back);
    }
}
