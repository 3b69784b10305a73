using System.Collections.Generic;
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
        (target, node, inputs) => training ? target.Rebuild(node, inputs)
            : node.Op == Op.Dropout ? inputs[0]
            : node.Op == Op.Attention ? WithoutDropout(target, node, inputs)
            : target.Rebuild(node, inputs),
        cancellation);

    static Node WithoutDropout(Graph graph, Node attention, IReadOnlyList<Node> inputs)
    {
        var form = attention.Attributes.Attention!.WithoutDropout;
        var operands = form.Operands(inputs);
        return graph.Attention(
            operands.Query, operands.Key, operands.Value, form,
            operands.TryGetKeyMask(out var mask) ? mask : null, operands.TryGetKeyCount(out var count) ? count : null);
    }
}
