using System.Collections.Generic;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// How kernels and programs keep what a user named apart from what they name themselves. The types and members that their
/// texts mention begin with capital letters; what is called after something of the user's begins with a small one, and is
/// none of the small words that the templates write as they are.
/// </summary>
internal static class EmittedNames
{
    /// <summary>The small words: loop variables, sums, parameters of operator structs, fields of programs.</summary>
    public static IReadOnlyCollection<string> Words { get; } = new HashSet<string>(System.StringComparer.Ordinal)
    {
        "worker", "alone", "model", "program", "device", "session", "arguments", "start", "end", "first", "last", "rest", "row", "column", "count", "sum", "sums",
        "item", "r", "c", "k", "o", "i", "totals", "total", "shape", "layer", "part", "at", "atPart", "atItem", "reduction", "shared", "slice",
        "slices", "tile", "tiles", "isInside", "numbers", "order", "number", "length", "place", "rowCount", "stride", "label", "loss", "keyCount", "var",
    };

    /// <summary>What something is called that is named after an input, a result, a field or a dimension of the user's.</summary>
    public static string OfUsers(string name)
    {
        string small = Literals.Camel(name);
        return Literals.Identifier(((HashSet<string>)Words).Contains(small) ? small + "_" : small);
    }
}

/// <summary>Names in one piece of emitted code, each of which only one thing has.</summary>
/// <param name="taken">Names that mean something there already.</param>
internal sealed class NameScope(IEnumerable<string> taken)
{
    readonly HashSet<string> names = new(taken, System.StringComparer.Ordinal);

    /// <summary>A name like the wanted one that nothing else has.</summary>
    public string Unique(string wanted)
    {
        string name = wanted;
        for (int i = 2; !names.Add(name); i++)
            name = wanted + Literals.Integer(i);
        return name;
    }
}
