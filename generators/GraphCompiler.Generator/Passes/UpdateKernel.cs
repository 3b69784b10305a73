using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// An optimizer's formula as maps: each element of parameter, gradient and states is read once, and all results are computed before
/// any is stored, so nothing needs to be ordered or fused.
/// <list type="number">
/// <item>The graph is simplified, its coefficients still inputs like others.</item>
/// <item>Coefficients become elements of one vector.</item>
/// <item>The gradient is multiplied with its scale, where it is used first: a product that was there before it is the one that becomes a
/// multiply-add.</item>
/// <item>Where the formula has sums over a parameter, one map computes what they add up, from what was there before the update. To the
/// other, the update, they are elements of one vector.</item>
/// </list>
/// </summary>
/// <param name="Update">The map to what the update stores.</param>
/// <param name="Summed">The map to what the sums add up, which stores nothing; null where the formula has none.</param>
/// <param name="Sums">What each of the sums adds up.</param>
internal sealed record UpdateKernel(Kernel Update, Kernel? Summed, IReadOnlyList<Access> Sums)
{
    /// <summary>The inputs of the kernels beside parameter, gradient and states.</summary>
    public const string Scale = "scale", Coefficients = "coefficients", SumsOfParameter = "sumsOfParameter";

    /// <param name="formula">The formula.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static UpdateKernel Of(OptimizerFormula formula, CancellationToken cancellation)
    {
        var graph = Bind(Simplification.Run(formula.Graph, cancellation), formula, cancellation);
        var sums = graph.LiveNodes().Where(n => n.Op == Op.ReduceSum).ToList();
        var update = sums.Count == 0 ? graph : WithoutSums(graph, sums, cancellation);
        var layout = new LayoutResolution();
        return new UpdateKernel(
            MapTo([.. update.Outputs.Select(o => o.Node)], stores: true),
            sums.Count == 0 ? null : MapTo([.. sums.Select(s => s.Inputs[0])], stores: false),
            [.. sums.Select(s => layout.Resolve(s.Inputs[0]))]);
    }

    /// <summary>What a variable is called that holds a coefficient or a sum; null for anything else that the kernel reads.</summary>
    public static string? NameOf(Access access, OptimizerFormula formula)
        => access.Base.Op != Op.Input ? null
        : access.Base.Name == Coefficients ? formula.Coefficients[access.View.Offset.Sum(term => term.Value)].Name
        : access.Base.Name == SumsOfParameter ? "sumOfParameter"
        : null;

    /// <summary>The map to some nodes.</summary>
    static Kernel MapTo(IReadOnlyList<Node> results, bool stores)
    {
        var layout = new LayoutResolution();
        var kernel = new Kernel(0, KernelKind.Map, new Shape([OptimizerFormula.Size]), rowAxes: -1);
        if (stores)
            kernel.Stores.AddRange(results);
        var seen = new HashSet<Node>(results);
        var pending = new Stack<Node>(results);
        while (pending.Count > 0)
        {
            var node = pending.Pop();
            if (node.Kind is OpKind.Elementwise or OpKind.Update)
                kernel.Add(node, Level.Element, [.. node.Inputs.Skip(node.Kind == OpKind.Update ? 1 : 0).Select(layout.Resolve)]);
            foreach (var input in node.Inputs.Where(seen.Add))
                pending.Push(input);
        }
        return kernel;
    }

    /// <summary>The graph with elements of a vector in place of the sums.</summary>
    static Graph WithoutSums(Graph source, List<Node> sums, CancellationToken cancellation) => Rewriting.Rebuild(source, (graph, node, inputs) =>
    {
        int index = sums.IndexOf(node);
        return index < 0 ? graph.Rebuild(node, inputs)
            : graph.Slice(graph.Input(SumsOfParameter, new Shape([sums.Count]), ElementType.Float32), 0, index, 1);
    }, cancellation);

    static Graph Bind(Graph source, OptimizerFormula formula, CancellationToken cancellation)
    {
        var block = new Shape([OptimizerFormula.Size]);
        int count = formula.Coefficients.Count;
        var names = Enumerable.Range(0, count).Select(OptimizerFormula.CoefficientName).ToList();
        Node? gradient = null;
        return Rewriting.Rebuild(source, (graph, node, inputs) =>
        {
            if (node.Op == Op.Input && node.Name == OptimizerFormula.Gradient)
                return gradient = graph.Rebuild(node, inputs);
            if (node.Op == Op.Input)
                return CoefficientIn(graph, names.IndexOf(node.Name));
            return graph.Rebuild(node,
                [.. inputs.Select(i => i == gradient ? graph.Multiply(i, graph.BroadcastTo(graph.Input(Scale, new Shape([1]), ElementType.Float32), block)) : i)]);
        }, cancellation);

        Node CoefficientIn(Graph graph, int index)
        {
            var all = graph.Input(Coefficients, new Shape([count]), ElementType.Float32);
            return graph.BroadcastTo(graph.Slice(all, 0, index, 1), block);
        }
    }
}
