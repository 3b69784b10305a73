using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// A sum of a table and a scatter to a zero table becomes a scatter to the table itself, which planning then does in
/// place. The gradient of an embedding that is also the output layer is such a sum: its rows are added to the product's
/// gradient, and no second table of the vocabulary is cleared, filled and added.
/// </summary>
internal static class ScatterAccumulation
{
    public static Graph Run(Graph graph, CancellationToken cancellation = default)
    {
        int[] uses = Rewriting.CountUses(graph);
        return Rewriting.DropDead(Rewriting.Rebuild(graph, Rewrite, cancellation), cancellation);

        Node Rewrite(Graph target, Node node, IReadOnlyList<Node> inputs)
        {
            int side = node.Op == Op.Add && node.Inputs[0] != node.Inputs[1]
                ? node.Inputs.ToList().FindIndex(i => i.Op == Op.ScatterAdd && Indexing.TableOf(i) is null && uses[i.Id] == 1)
                : -1;
            return side < 0
                ? target.Rebuild(node, inputs)
                : target.ScatterAdd(inputs[side].Inputs[0], inputs[side].Inputs[1], inputs[side].Shape[0], inputs[1 - side]);
        }
    }
}
