using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit;

/// <summary>What a generated method must check and find out before its program may run.</summary>
internal static class InputFacts
{
    /// <summary>The number of rows or classes that an input of integers numbers; null where it numbers nothing.</summary>
    public static Dim? IndexBound(Graph graph, string input)
    {
        Dim? bound = null;
        foreach (var node in graph.Nodes)
        {
            Dim? limit = node.Op switch
            {
                Op.Gather when IsInput(node.Inputs[1], input) => node.Inputs[0].Shape[0],
                Op.CrossEntropy when IsInput(node.Inputs[1], input) => node.Inputs[0].Shape.Last,
                Op.LinearCrossEntropy or Op.LinearCrossEntropyGradient when IsInput(node.Inputs[2], input) => node.Inputs[1].Shape[0],
                _ => null,
            };
            if (limit is { } found && (bound is not { } known || found.Max < known.Max))
                bound = found;
        }
        return bound;
    }

    /// <summary>The parts of states that are written from the position in an input on: how long they are, in an axis of what size.</summary>
    public static IReadOnlyList<(Dim Length, Dim Size, string State)> Writes(Graph graph, string input) =>
    [
        .. graph.LiveNodes().Where(n => n.Op == Op.WriteAt && IsInput(n.Inputs[2], input))
            .Select(n => (Length: n.Inputs[1].Shape[n.Attributes.Numbers[0]], Size: n.Shape[n.Attributes.Numbers[0]], State: StateName(n)))
            .GroupBy(w => (w.Length, w.Size)).Select(g => g.First()),
    ];

    static string StateName(Node version)
    {
        while (version.Op != Op.State)
            version = version.Inputs[0];
        return version.Attributes.Name;
    }

    static bool IsInput(Node node, string input)
    {
        while (LayoutResolution.IsView(node))
            node = node.Inputs[0];
        return node.Op == Op.Input && node.Attributes.Name == input;
    }

    /// <summary>
    /// How the sizes of named dimensions follow from the lengths of the arguments, in an order in which each needs only
    /// earlier ones; names that no length decides must be passed.
    /// </summary>
    public static (IReadOnlyList<(DimSymbol Symbol, ModelInput Input, Dim Others)> Deduced, IReadOnlyList<DimSymbol> Passed) Dimensions(ModelMethod method) =>
        Dimensions(method.Inputs, method.Graph);

    /// <summary>As above, of a method that is still being read.</summary>
    public static (IReadOnlyList<(DimSymbol Symbol, ModelInput Input, Dim Others)> Deduced, IReadOnlyList<DimSymbol> Passed) Dimensions(
        IEnumerable<ModelInput> inputs, Graph graph)
    {
        var open = graph.Nodes.SelectMany(n => n.Shape.Append(n.Attributes.Dim).Append(n.Attributes.Part?.Offset ?? default))
            .SelectMany(d => d.Symbols.ToArray()).Distinct().OrderBy(s => s.Name, System.StringComparer.Ordinal).ToList();
        var deduced = new List<(DimSymbol, ModelInput, Dim)>();
        var passed = new List<DimSymbol>();
        while (open.Count > 0)
        {
            if (FindDeducible(inputs, open) is { } next)
            {
                deduced.Add(next);
                open.Remove(next.Symbol);
            }
            else
            {
                passed.Add(open[0]);
                open.RemoveAt(0);
            }
        }
        return (deduced, passed);
    }

    static (DimSymbol Symbol, ModelInput Input, Dim Others)? FindDeducible(IEnumerable<ModelInput> inputs, List<DimSymbol> open)
    {
        foreach (var input in inputs)
        {
            Dim size = input.Shape.Size;
            var unknown = size.Symbols.ToArray().Where(open.Contains).ToList();
            if (unknown.Count == 1 && size.TryDivide(Dim.Named(unknown[0].Name, unknown[0].Max), out var others))
                return (unknown[0], input, others);
        }
        return null;
    }
}
