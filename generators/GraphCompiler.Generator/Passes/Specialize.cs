using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Fixes what a graph is for. Inference leaves dropout out. Training keeps the composite: <see cref="Lowering"/> turns
/// it and its gradient into one and the same random mask, so the mask is recomputed in the backward pass, not stored.
/// </summary>
internal static class Specialize
{
    public static Graph Run(Graph graph, bool training, CancellationToken cancellation = default) => Rewriting.Rebuild(
        graph,
        (target, node, inputs) => node.Op == Op.Dropout && !training ? inputs[0] : target.Rebuild(node, inputs),
        cancellation);
}
