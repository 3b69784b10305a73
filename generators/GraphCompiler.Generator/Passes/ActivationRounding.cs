using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Keeps in 16 bits the activations, and their gradients, that go through memory. Which ones do is what fusion decides, so the
/// graph is cut into kernels once to see, and again afterwards. What one kernel stores and others read becomes
/// <c>Float32(Format(x))</c>: the first cast is stored, the second each reader does for itself while it loads
/// (<see cref="Recomputation"/>). So the number is rounded where it is computed, and everybody reads the same one: what is
/// rounded does not depend on the target, and what is never stored is never rounded. What a product multiplies is stored rounded before:
/// others read that too, rather than compute it again of what would have to be stored beside it. So does the backward pass of an attention
/// whose result a product multiplies: nothing of that then waits for it in Float32.
///
/// Float32 stay what a user keeps so, results, parameters and their gradients, states, and everything that is on its way only to those (a sum of two
/// gradients); what is only reduced (the squares of a loss); what reductions give, the scale of the loss, and what is computed of that alone
/// (losses, means, norms, scales); what kernels without an epilogue compute (attention, scattered tables, the fused linear
/// cross-entropy), whose readers multiply it and round it then (<see cref="OperandRounding"/>).
/// </summary>
internal static class ActivationRounding
{
    public static Graph Run(Graph source, ElementType format, CostModel costs, CancellationToken cancellation = default)
    {
        if (format == ElementType.Float32)
            return source;
        source = ReadResultsRounded(source, cancellation);
        var fused = KernelFusion.Run(source, costs, cancellation);
        if (Copied(fused, format).ToList() is { Count: > 0 } copied)
            fused = KernelFusion.Run(Round(source, copied, format, cancellation), costs, cancellation);
        return Round(fused.Graph, Rounded(fused), format, cancellation);
    }

    /// <summary>The same graph, in which the gradients of an attention are computed of its result as products read it.</summary>
    static Graph ReadResultsRounded(Graph source, CancellationToken cancellation)
    {
        var rounded = new Dictionary<Node, Node>();
        return Rewriting.Rebuild(
            source,
            (target, node, inputs) =>
            {
                if (node.Op == Op.AttentionGradient && rounded.TryGetValue(node.Get<AttentionAttributes>().Form.Operands(inputs).Result, out var result))
                    inputs = [.. inputs.Select(input => input == result.Inputs[0] ? result : input)];
                var built = target.Rebuild(node, inputs);
                if (built.Op == Op.Cast && built.Type.IsNarrow() && built.Inputs[0] is { Op: Op.Attention } attention && (attention.Kept & KeptInFloat32.Result) == 0)
                    rounded[attention] = built;
                return built;
            },
            cancellation);
    }

    /// <summary>The same graph, in which some values are rounded where they are computed.</summary>
    static Graph Round(Graph source, IEnumerable<Node> values, ElementType format, CancellationToken cancellation)
    {
        var rounded = new HashSet<Node>(values);
        return Rewriting.Rebuild(
            source,
            (target, node, inputs) =>
            {
                // What lies there already need not be rounded again. A view of it is: a kernel may read it only as the cast lays it out.
                if (node.Op == Op.Cast && node.Type == format && StoredAs(inputs[0]) is { IsStoredCast: true } stored)
                    return stored;
                // A cast goes behind what only moves a value, to where the value is used.
                if (LayoutResolution.IsView(node) && StoredAs(inputs[0]) is { } moved)
                    return target.Cast(target.Rebuild(node, [moved], format), ElementType.Float32);
                var built = target.Rebuild(node, inputs);
                return rounded.Contains(node) ? target.Cast(target.StoredCast(built, format), ElementType.Float32) : built;
            },
            cancellation);
    }

    /// <summary>
    /// What a kernel stores rounded, because a product multiplies it, while another computes it again of something else that would have to be
    /// stored for that alone.
    /// </summary>
    static IEnumerable<Node> Copied(FusedGraph fused, ElementType format)
    {
        var mayBeRounded = Roundable(fused);
        return fused.Kernels.Where(HasEpilogue).SelectMany(kernel => kernel.Stores
            .Where(node => node.Op == Op.Cast && node.Type == format && !node.IsStoredCast && kernel.Contains(node.Inputs[0]) && mayBeRounded(kernel, node.Inputs[0]))
            .Select(node => node.Inputs[0])
            .Where(value => fused.Kernels.Any(other => other != kernel && other.Contains(value))));
    }

    /// <summary>What lies in memory of a value that a reader casts back; null where it lies there as it is.</summary>
    static Node? StoredAs(Node value)
    {
        var narrow = value.Op == Op.Cast && value.Type == ElementType.Float32 ? value.Inputs[0] : null;
        var maker = narrow;
        while (maker is not null && LayoutResolution.IsView(maker))
            maker = maker.Inputs[0];
        return maker is { IsStoredCast: true } ? narrow : null;
    }

    static IEnumerable<Node> Rounded(FusedGraph fused)
    {
        var mayBeRounded = Roundable(fused);
        var readers = fused.Readers();
        return fused.Kernels.Where(HasEpilogue).SelectMany(kernel => kernel.Stores.Where(node =>
            mayBeRounded(kernel, node) && readers[node].All(reader => CastsWhileItReads(reader, node))));
    }

    /// <summary>Whether a value of a kernel may be rounded.</summary>
    static Func<Kernel, Node, bool> Roundable(FusedGraph fused)
    {
        bool[] isStatistic = FindStatistics(fused.Graph), endsInFloat32 = FindOnTheWayToFloat32(fused.Graph), isOnlyReduced = FindOnlyReduced(fused.Graph);
        return (kernel, node) => node.Type == ElementType.Float32 && (node.Kept & KeptInFloat32.Result) == 0 && kernel.LevelOf(node) == Level.Element
            && node.Kind != OpKind.Update && !fused.OutputBases.Contains(node) && !isStatistic[node.Id] && !endsInFloat32[node.Id] && !isOnlyReduced[node.Id];
    }

    static bool HasEpilogue(Kernel kernel) => kernel.Kind is KernelKind.Map or KernelKind.Row or KernelKind.MatMul;

    /// <summary>A product reads its operands as they lie: those of another format than its own stay Float32.</summary>
    static bool CastsWhileItReads(Kernel kernel, Node node) => kernel.Kind is KernelKind.Map or KernelKind.Row or KernelKind.Column or KernelKind.MatMul
        && kernel.Members.Where(m => m.Op.Info().Multiplies is not null).All(m => kernel.OperandsOf(m).All(operand => operand.Base != node));

    /// <summary>By id: whether only reductions read a value, be it through views.</summary>
    static bool[] FindOnlyReduced(Graph graph)
    {
        bool[] result = new bool[graph.Nodes.Count];
        for (int id = 0; id < result.Length; id++)
            result[id] = true;
        for (int id = result.Length - 1; id >= 0; id--)
        {
            var node = graph.Nodes[id];
            foreach (var input in node.Inputs)
                result[input.Id] &= node.Kind == OpKind.Reduction || (LayoutResolution.IsView(node) && result[id]);
        }
        return result;
    }

    /// <summary>By id: whether a value is what a reduction gives, or is computed of such values alone.</summary>
    static bool[] FindStatistics(Graph graph)
    {
        bool[] result = new bool[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            var operands = node.Inputs.Where(i => !LayoutResolution.IsVirtual(i)).ToList();
            result[node.Id] = node.Kind == OpKind.Reduction || node.Op == Op.LossScale
                || ((node.Kind == OpKind.Elementwise || LayoutResolution.IsView(node)) && operands.Count > 0 && operands.All(o => result[o.Id]));
        }
        return result;
    }

    /// <summary>By id: whether only elementwise operations lie between a value and outputs, which are Float32.</summary>
    static bool[] FindOnTheWayToFloat32(Graph graph)
    {
        bool[] result = new bool[graph.Nodes.Count];
        for (int id = 0; id < result.Length; id++)
            result[id] = true;
        for (int id = result.Length - 1; id >= 0; id--)
        {
            var node = graph.Nodes[id];
            bool passes = result[id] && (node.Kind is OpKind.Elementwise or OpKind.Update || LayoutResolution.IsView(node));
            foreach (var input in node.Inputs)
                result[input.Id] &= passes;
        }
        return result;
    }
}
