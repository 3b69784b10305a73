using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Composites become primitive operations in a numerically stable form, and reductions over axes that do not lie side by
/// side one reduction for each group of neighbours: as each operation's definition says. Gradients are taken before this
/// pass; the values that a composite and its gradient share (a softmax, an inverse deviation, a dropout mask) are built
/// here by the same formulas and so are one node.
/// </summary>
internal static class Lowering
{
    public static Graph Run(Graph graph, CancellationToken cancellation = default)
    {
        var centred = graph.Nodes.Where(n => n.Op is Op.Centre or Op.Variance).ToLookup(n => n.Inputs[0], n => n.Attributes);
        return Rewriting.Rebuild(
            graph,
            (target, node, inputs) => node.Op == Op.ReduceMean && centred[node.Inputs[0]].Contains(node.Attributes) ? Statistics.MeanOfCentred(target, inputs[0], node.Axes)
                : node.Op.Info().Lowering is { } lower ? lower(target, node, inputs)
                : target.Rebuild(node, inputs),
            cancellation);
    }
}
