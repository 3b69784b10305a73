using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Reverse-mode differentiation (Speelpenning 1980): from the objective down to the operands, each operation turns the
/// gradient of its result into gradients of its operands by the rule of its definition, and
/// contributions to one node are added in the order of the walk. Only nodes that depend on a trainable parameter take part. The
/// gradients are ordinary nodes of the same graph: whatever forward and backward share is one node.
///
/// Where a derivative does not exist, PyTorch's convention holds: see the definitions. What a Select or another choice does not take
/// gets no gradient, whatever the slopes: see Differentiation.Choices.cs.
/// </summary>
internal static partial class Differentiation
{
    /// <summary>
    /// Adds to a graph with one result, a single number, an output of kind <see cref="OutputKind.Gradient"/> for every
    /// trainable parameter, in the order of the parameters' nodes, each with its parameter's name and shape. State that the graph
    /// reads is a constant. If the loss is scaled, each gradient is that many times too large.
    /// </summary>
    /// <exception cref="InvalidOperationException">The graph's result is not a single number.</exception>
    public static Graph Run(Graph source, Func<string, bool>? isFrozen = null, bool scalesLoss = false, CancellationToken cancellation = default)
    {
        bool IsTrainable(Node node) => node.Op == Op.Parameter && isFrozen?.Invoke(node.Name) != true;
        var results = source.Results.ToList();
        if (results.Count != 1 || !results[0].Node.Shape.Size.IsOne || results[0].Node.Type != ElementType.Float32)
            throw new InvalidOperationException("Only a graph with one result, a single number, can be differentiated.");
        var graph = new Graph();
        var copies = Rewriting.Append(graph, source, (target, node, inputs) => target.Rebuild(node, inputs), cancellation);
        var objective = copies[results[0].Node.Id]!;
        var gradients = Reverse(graph, objective, scalesLoss ? graph.Reshape(graph.LossScale(), objective.Shape) : graph.Constant(1, objective.Shape), IsTrainable, cancellation);

        graph.AddOutput(results[0].Name, objective);
        foreach (var parameter in copies.OfType<Node>().Where(IsTrainable))
        {
            var gradient = gradients[parameter.Id] ?? graph.Constant(0, parameter.Shape);
            graph.AddOutput(parameter.Name, gradient, OutputKind.Gradient);
        }
        foreach (var update in source.Outputs.Where(o => o.Kind == OutputKind.State))
            graph.AddOutput(update.Name, copies[update.Node.Id]!, OutputKind.State);
        return Rewriting.DropDead(graph, cancellation);
    }

    /// <summary>What the origin of a node of the backward pass begins with; the user's expression follows.</summary>
    public const string BackwardOf = "backward of ";

    static Node?[] Reverse(Graph graph, Node objective, Node first, Func<Node, bool> isTrainable, CancellationToken cancellation)
    {
        bool[] active = Depend(graph, isTrainable);
        var gradients = new Node?[active.Length];
        gradients[objective.Id] = first;
        var choices = new Choices(graph);
        for (int id = objective.Id; id >= 0; id--)
        {
            cancellation.ThrowIfCancellationRequested();
            var node = graph.Nodes[id];
            if (!active[id] || gradients[id] is not { } gradient || node.Op.Info().Gradient is not { } rule)
                continue;
            graph.Origin = node.Origin.Length > 0 ? BackwardOf + node.Origin : "";
            graph.Kept = node.Kept == KeptInFloat32.All ? KeptInFloat32.All : KeptInFloat32.Nothing;
            var branch = choices.Of(node);
            var contributions = choices.Contributions(rule, node, gradient, branch);
            for (int i = 0; i < contributions.Length; i++)
            {
                int input = node.Inputs[i].Id;
                if (!active[input] || contributions[i] is not { } contribution)
                    continue;
                gradients[input] = gradients[input] is { } sum ? graph.Add(sum, contribution) : contribution;
                choices.Add(node.Inputs[i], Choices.Into(node, i, branch));
            }
        }
        (graph.Origin, graph.Kept) = ("", KeptInFloat32.Nothing);
        return gradients;
    }

    /// <summary>The nodes that a trainable parameter changes.</summary>
    static bool[] Depend(Graph graph, Func<Node, bool> isTrainable)
    {
        bool[] active = new bool[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
            active[node.Id] = isTrainable(node) || (node.Op.Info().Gradient is not null && node.Inputs.Any(i => active[i.Id]));
        return active;
    }
}
