using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Along which axis sums run, from its end or its beginning, and whether each leaves its own element out.</summary>
internal sealed record CumulativeSumAttributes(int Axis, bool IsExclusive, bool IsReversed) : NodeAttributes
{
    public override string ToString() => Text(Axis) + (IsExclusive ? " exclusive" : "") + (IsReversed ? " reversed" : "");
}

internal sealed partial class Graph
{
    /// <summary>At each place of an axis the sum of the elements up to it.</summary>
    public Node CumulativeSum(Node x, CumulativeSumAttributes attributes) => Make(
        Op.CumulativeSum, [Require(Op.CumulativeSum, x, ElementType.Float32)], x.Shape, x.Type,
        attributes with { Axis = NormalizeAxis(attributes.Axis, x.Shape.Rank) });
}

/// <summary>
/// Running sums in blocks (Blelloch 1990): the axis is cut into blocks; an element's sum is that of the blocks before its own, which are
/// running sums of a shorter axis, and of the elements before it in its block. Each level adds up a block's elements for each of them, so
/// the work is that of the axis times the size of a block, and a rounding error that of one sum a level. What an element does not add it
/// does not see: infinities and NaN have no effect before their place. The order depends on the shape alone.
/// </summary>
internal static class CumulativeSums
{
    const int Block = 16;

    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.CumulativeSum, OpKind.Composite, 1)
        {
            Gradient = (graph, y, d) => [graph.CumulativeSum(d, Reversed(y.Get<CumulativeSumAttributes>()))],
            Lowering = (graph, node, inputs) => Lower(graph, inputs[0], node.Get<CumulativeSumAttributes>()),
        },
    ];

    static CumulativeSumAttributes Reversed(CumulativeSumAttributes sum) => sum with { IsReversed = !sum.IsReversed };

    /// <summary>The axis between those before and those after it; one of named size is filled up to its largest, so that blocks are whole.</summary>
    static Node Lower(Graph graph, Node x, CumulativeSumAttributes sum)
    {
        int axis = sum.Axis;
        var rows = graph.Reshape(x, new Shape(x.Shape.Product(0, axis), x.Shape[axis], x.Shape.Product(axis + 1, x.Shape.Rank)));
        rows = graph.Pad(rows, 1, 0, x.Shape[axis].Max);
        return graph.Reshape(graph.Slice(Sums(graph, rows, sum), 1, 0, x.Shape[axis]), x.Shape);
    }

    /// <summary>The sums along axis 1 of three.</summary>
    static Node Sums(Graph graph, Node rows, CumulativeSumAttributes sum)
    {
        Dim before = rows.Shape[0], after = rows.Shape[2];
        int length = rows.Shape[1].Value, blocks = (length + Block - 1) / Block;
        if (blocks == 1)
            return WithinBlocks(graph, graph.Reshape(rows, new Shape(before, 1, length, after)), sum, rows.Shape);
        var whole = new Shape(before, blocks * Block, after);
        var cut = graph.Reshape(graph.Pad(rows, 1, 0, blocks * Block), new Shape(before, blocks, Block, after));
        var ofBlocks = graph.Reshape(graph.Reduce(Op.ReduceSum, cut, [2]), new Shape(before, blocks, after));
        var others = graph.Reshape(Sums(graph, ofBlocks, sum with { IsExclusive = true }), new Shape(before, blocks, 1, after));
        var result = graph.Add(graph.Reshape(WithinBlocks(graph, cut, sum, whole), cut.Shape), others);
        return graph.Slice(graph.Reshape(result, whole), 1, 0, length);
    }

    /// <summary>For each element of a block, axis 2 of four, the sum of those that count for it.</summary>
    static Node WithinBlocks(Graph graph, Node cut, CumulativeSumAttributes sum, Shape result)
    {
        var (before, blocks, block, after) = (cut.Shape[0], cut.Shape[1], cut.Shape[2], cut.Shape[3]);
        var pairs = new Shape(before, blocks, block, block, after);
        Node summed = graph.Iota(pairs, 3), place = graph.Iota(pairs, 2);
        var comparison = (sum.IsReversed, sum.IsExclusive) switch
        {
            (false, false) => Op.LessOrEqual,
            (false, true) => Op.Less,
            (true, false) => Op.GreaterOrEqual,
            (true, true) => Op.Greater,
        };
        var elements = graph.BroadcastTo(graph.Reshape(cut, new Shape(before, blocks, 1, block, after)), pairs);
        var counted = graph.Select(graph.Binary(comparison, summed, place), elements, graph.Constant(0));
        return graph.Reshape(graph.Reduce(Op.ReduceSum, counted, [3]), result);
    }
}
