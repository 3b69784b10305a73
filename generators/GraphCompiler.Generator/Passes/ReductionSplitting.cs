using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Does long reductions to few results in two stages: the reduced axes are cut into equal chunks, each chunk is reduced,
/// then the chunks' results are. The first stage has enough independent results for a team to share, and sums of sums
/// keep more digits than one long sum. The cut depends on the shape alone, so results do not depend on the team.
/// Reductions of many rows stay whole: their rows are shared already, and they fuse with what surrounds them.
/// </summary>
internal static class ReductionSplitting
{
    /// <summary>A reduction over the last axes: how long it must be, and how long its chunks may be.</summary>
    const int LongRow = 8192, ShortestRowChunk = 512, LongestRowChunk = 4096;

    /// <summary>With more rows than this they are shared as they are.</summary>
    const int FewRows = 16;

    /// <summary>A reduction over axes with others inside.</summary>
    const int LongColumn = 2048, ShortestColumnChunk = 32, LongestColumnChunk = 512;

    public static Graph Run(Graph graph, CancellationToken cancellation) =>
        Rewriting.Rebuild(graph, (target, node, inputs) => Rewrite(target, node, inputs), cancellation);

    static Node Rewrite(Graph target, Node node, IReadOnlyList<Node> inputs)
    {
        if (node.Kind != OpKind.Reduction)
            return target.Rebuild(node, inputs);
        var shape = inputs[0].Shape;
        var axes = node.Axes;
        int first = axes[0], end = axes[axes.Count - 1] + 1;
        Dim length = shape.Product(first, end);
        bool isRow = shape.Product(end, shape.Rank).IsOne;
        bool isLong = isRow ? length.Max >= LongRow && shape.Product(0, first).Max <= FewRows : length.Max >= LongColumn;
        var (least, most) = isRow ? (ShortestRowChunk, LongestRowChunk) : (ShortestColumnChunk, LongestColumnChunk);
        if (!isLong || ChunkOf(length, least, most) is not { } chunk || !length.TryDivide(chunk, out var count))
            return target.Rebuild(node, inputs);
        var cut = target.Reshape(inputs[0], new Shape(shape.Take(first).Concat([count, chunk]).Concat(shape.Skip(end))));
        var chunks = target.Reduce(node.Op, cut, [first + 1]);
        return target.Reshape(target.Reduce(node.Op, chunks, [first]), node.Shape);
    }

    /// <summary>The largest divisor of a length within bounds; null where there is none.</summary>
    static int? ChunkOf(Dim length, int least, int most)
    {
        for (int chunk = most; chunk >= least; chunk--)
        {
            if (length.Coefficient % chunk == 0)
                return chunk;
        }
        return null;
    }
}
