using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>What a generated method must find out before its program may run.</summary>
internal static class InputFacts
{
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
        var open = graph.Nodes.SelectMany(n => n.Shape.Concat(n.Attributes.Dims))
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
