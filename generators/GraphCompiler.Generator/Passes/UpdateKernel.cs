using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// An optimizer's formula as one map: each element of parameter, gradient and states is read once, and all results are computed before
/// any is stored, so nothing needs to be ordered or fused.
/// <list type="number">
/// <item>The graph is simplified, its coefficients still inputs like others.</item>
/// <item>Coefficients become elements of one vector.</item>
/// <item>The gradient is multiplied with its scale, where it is used first: a product that was there before it is the one that becomes a
/// multiply-add.</item>
/// </list>
/// </summary>
internal static class UpdateKernel
{
    /// <summary>The inputs of the kernel beside parameter, gradient and states.</summary>
    public const string Scale = "scale", Coefficients = "coefficients";

    /// <param name="formula">The formula.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static Kernel Of(OptimizerFormula formula, CancellationToken cancellation)
    {
        var graph = Bind(Simplification.Run(formula.Graph, cancellation), formula, cancellation);
        var layout = new LayoutResolution();
        var kernel = new Kernel(0, KernelKind.Map, new Shape([OptimizerFormula.Size]), rowAxes: -1);
        foreach (var node in graph.LiveNodes().Where(n => n.Kind is OpKind.Elementwise or OpKind.Update))
            kernel.Add(node, Level.Element, [.. node.Inputs.Skip(node.Kind == OpKind.Update ? 1 : 0).Select(layout.Resolve)]);
        kernel.Stores.AddRange(graph.Outputs.Select(o => o.Node));
        return kernel;
    }

    /// <summary>What a variable is called that holds a coefficient; null for anything else that the kernel reads.</summary>
    public static string? NameOf(Access access, OptimizerFormula formula)
        => access.Base.Op == Op.Input && access.Base.Name == Coefficients ? formula.Coefficients[access.View.Offset.Sum(term => term.Value)].Name : null;

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
