using System.Collections.Generic;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Fixes what a graph is for. Inference leaves dropout out, stops no gradients and leaves the model's state as it is. Training keeps dropout:
/// <see cref="Lowering"/> turns it and its gradient into one and the same random mask, so the mask is recomputed in the
/// backward pass, not stored.
/// </summary>
internal static class Specialize
{
    public static Graph Run(Graph graph, bool training, CancellationToken cancellation = default)
    {
        var target = new Graph();
        var built = Rewriting.Append(target, graph, (_, node, inputs) => node.Op switch
        {
            Op.Dropout when !training => inputs[0],
            Op.Attention when !training => WithoutDropout(target, node, inputs),
            Op.WhenTraining => inputs[training ? 0 : 1],
            Op.StopGradient when !training => inputs[0],
            _ => target.Rebuild(node, inputs),
        }, cancellation);
        foreach (var output in graph.Outputs)
        {
            var node = built[output.Node.Id]!;
            if (output.Kind != OutputKind.State || training || IsOfSession(node))
                target.AddOutput(output.Name, node, output.Kind);
        }
        return Rewriting.DropDead(target, cancellation);
    }

    static bool IsOfSession(Node version) => Graph.StateOf(version) is { } state && Graph.OwnerOf(state) == StateOwner.Session;

    static Node WithoutDropout(Graph graph, Node attention, IReadOnlyList<Node> inputs)
    {
        var form = attention.Get<AttentionAttributes>().Form.WithoutDropout;
        var operands = form.Operands(inputs);
        return graph.Attention(
            operands.Query, operands.Key, operands.Value, form,
            operands.TryGetKeyMask(out var mask) ? mask : null, operands.TryGetKeyCount(out var count) ? count : null);
    }
}
