using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Emit;

/// <summary>Values, dimensions and names as C# text, the same in every culture.</summary>
internal static class Literals
{
    static readonly HashSet<string> Keywords = [.. (
        "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double "
        + "else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal "
        + "is lock long namespace new null object operator out override params private protected public readonly ref return "
        + "sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked "
        + "unsafe ushort using virtual void volatile while").Split(' ')];

    /// <summary>Names that kernels give to their own variables.</summary>
    public static IReadOnlyCollection<string> LoopNames { get; } =
    [
        "worker", "alone", "model", "program", "options", "seed", "start", "end", "first", "last", "rest", "row", "column", "count", "sum", "item",
        "r", "c", "k", "o", "i", "totals", "total", "lanes", "scratch", "V", "randomSeed", "randomStep",
    ];

    public static string Float(double value)
    {
        float single = (float)value;
        if (float.IsNaN(single))
            return "float.NaN";
        if (float.IsInfinity(single))
            return single > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";
        return single.ToString("R", CultureInfo.InvariantCulture) + "f";
    }

    public static string Double(double value)
    {
        if (double.IsNaN(value))
            return "double.NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";
        return value.ToString("R", CultureInfo.InvariantCulture) + "d";
    }

    public static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The variable that holds the size of a named dimension: its name, unless emitted loops use that.</summary>
    public static string Dimension(string name) => LoopNames.Contains(name) ? name + "Size" : Identifier(name);

    /// <summary>A dimension over the variables that hold the named ones: "784", "16 * batch".</summary>
    public static string Size(Dim dim) => Size(dim, Dimension);

    /// <summary>As <see cref="Size(Dim)"/>, where the variables have names of their own.</summary>
    public static string Size(Dim dim, Func<string, string> variableOf)
    {
        var factors = dim.Symbols.ToArray().Select(s => variableOf(s.Name)).ToList();
        if (dim.Coefficient != 1 || factors.Count == 0)
            factors.Insert(0, Integer(dim.Coefficient));
        return string.Join(" * ", factors);
    }

    /// <summary>Adds the terms that are not empty; "" if none is left.</summary>
    public static string Sum(params string[] terms) => string.Join(" + ", terms.Where(t => t.Length > 0 && t != "0"));

    /// <summary>A valid identifier that resembles the text; C# keywords are escaped.</summary>
    public static string Identifier(string text)
    {
        var name = new StringBuilder();
        foreach (char c in text)
            name.Append(char.IsLetterOrDigit(c) || c == '_' ? c : '_');
        if (name.Length == 0 || char.IsDigit(name[0]))
            name.Insert(0, '_');
        string identifier = name.ToString();
        return Keywords.Contains(identifier) ? "@" + identifier : identifier;
    }

    public static string Camel(string text) => char.ToLowerInvariant(text[0]) + text.Substring(1);

    /// <summary>A C# string literal.</summary>
    public static string String(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                literal.Append('\\').Append(c);
            else if (c < ' ')
                literal.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                literal.Append(c);
        }
        return literal.Append('"').ToString();
    }
}
