using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// What every pass stands on: a new graph is built from the operands up, visiting only what the outputs need. Operands
/// precede their users in a graph, so one walk downwards marks the live nodes and one upwards builds them; no
/// recursion, whatever the depth. Parameters stay even where nothing uses them: they must get a gradient.
/// </summary>
internal static class Rewriting
{
    public static Graph Rebuild(Graph source, NodeRewrite rewrite, CancellationToken cancellation)
    {
        var target = new Graph();
        var built = Append(target, source, rewrite, cancellation);
        foreach (var output in source.Outputs)
            target.AddOutput(output.Name, built[output.Node.Id]!, output.Kind);
        return target;
    }

    /// <summary>The same graph without the nodes that no output needs.</summary>
    public static Graph DropDead(Graph source, CancellationToken cancellation) =>
        Rebuild(source, (target, node, inputs) => target.Rebuild(node, inputs), cancellation);

    /// <summary>Builds the live nodes of <paramref name="source"/>; the result is indexed by their ids there, null where dead.</summary>
    public static Node?[] Append(Graph target, Graph source, NodeRewrite rewrite, CancellationToken cancellation)
    {
        bool[] live = Live(source);
        var built = new Node?[source.Nodes.Count];
        foreach (var node in source.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!live[node.Id])
                continue;
            var inputs = new Node[node.Inputs.Count];
            for (int i = 0; i < inputs.Length; i++)
                inputs[i] = built[node.Inputs[i].Id]!;
            (target.Origin, target.Kept) = (node.Origin, node.Kept);
            var result = rewrite(target, node, inputs);
            // Also where a pass found that the value is one that is there already.
            result.Keep(node.Kept & KeptInFloat32.Result);
            built[node.Id] = result;
        }
        (target.Origin, target.Kept) = ("", KeptInFloat32.Nothing);
        return built;
    }

    /// <summary>By id: whether a result or a state needs a value; else only gradients do.</summary>
    public static bool[] FindForward(Graph graph)
    {
        bool[] result = new bool[graph.Nodes.Count];
        foreach (var output in graph.Outputs.Where(o => o.Kind != OutputKind.Gradient))
            result[output.Node.Id] = true;
        for (int id = result.Length - 1; id >= 0; id--)
        {
            foreach (var input in graph.Nodes[id].Inputs)
                result[input.Id] |= result[id];
        }
        return result;
    }

    /// <summary>How many operands and outputs each node is, by its id.</summary>
    public static int[] CountUses(Graph graph)
    {
        int[] uses = new int[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs)
                uses[input.Id]++;
        }
        foreach (var output in graph.Outputs)
            uses[output.Node.Id]++;
        return uses;
    }

    static bool[] Live(Graph graph)
    {
        bool[] live = new bool[graph.Nodes.Count];
        foreach (var output in graph.Outputs)
            live[output.Node.Id] = true;
        for (int id = live.Length - 1; id >= 0; id--)
        {
            var node = graph.Nodes[id];
            live[id] |= node.Op == Op.Parameter;
            if (!live[id])
                continue;
            foreach (var input in node.Inputs)
                live[input.Id] = true;
        }
        return live;
    }
}
