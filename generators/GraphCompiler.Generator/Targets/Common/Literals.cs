using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>Values, dimensions and names as C# text, the same in every culture.</summary>
internal static class Literals
{
    static readonly HashSet<string> Keywords = [.. (
        "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double "
        + "else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal "
        + "is lock long namespace new null object operator out override params private protected public readonly ref return "
        + "sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked "
        + "unsafe ushort using virtual void volatile while").Split(' ')];

    /// <summary>Words that are keywords where a type is declared or named.</summary>
    static readonly HashSet<string> TypeKeywords = [.. (
        "allows async await dynamic extension field file global managed nint notnull nuint partial record required scoped unmanaged var where yield").Split(' ')];

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

    /// <summary>An integer of 32 bits as kernels hold it: what is beyond its range has wrapped.</summary>
    public static string WrappedInteger(double value, bool isWide) => isWide ? Integer((long)value) + "L" : Integer(unchecked((int)(long)value));

    public static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A dimension over the variables that are called like the named ones: "784", "16 * batch".</summary>
    public static string Size(Dim dim) => Size(dim, Identifier);

    /// <summary>As <see cref="Size(Dim)"/>, where the variables have names of their own.</summary>
    public static string Size(Dim dim, Func<string, string> variableOf)
    {
        var factors = dim.Symbols.ToArray().Select(s => variableOf(s.Name)).ToList();
        if (dim.Coefficient != 1 || factors.Count == 0)
            factors.Insert(0, Integer(dim.Coefficient));
        return string.Join(" * ", factors);
    }

    /// <summary>A dimension as a factor of a product, or a divisor: in parentheses where it is a product itself.</summary>
    public static string Factor(Dim dim, Func<string, string> variableOf) =>
        dim.Symbols.Length + (dim.Coefficient != 1 ? 1 : 0) > 1 ? $"({Size(dim, variableOf)})" : Size(dim, variableOf);

    /// <summary>A valid identifier that resembles the text; C# keywords are escaped.</summary>
    public static string Identifier(string text)
    {
        var name = new StringBuilder();
        foreach (char c in text.TrimStart('@'))
            name.Append(IsPart(c) ? c : '_');
        if (name.Length == 0 || !IsStart(name[0]))
            name.Insert(0, '_');
        string identifier = name.ToString();
        return Keywords.Contains(identifier) ? "@" + identifier : identifier;
    }

    /// <summary>The name of a type, escaped also where it is a keyword for types alone.</summary>
    public static string TypeName(string name) => TypeKeywords.Contains(name) ? "@" + name : Identifier(name);

    static bool IsStart(char c) => c == '_' || char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber;

    static bool IsPart(char c) => IsStart(c) || char.GetUnicodeCategory(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format;

    public static string Camel(string text) => char.ToLowerInvariant(text[0]) + text.Substring(1);

    /// <summary>A C# string literal.</summary>
    public static string String(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                literal.Append('\\').Append(c);
            else if (c < ' ' || char.GetUnicodeCategory(
                c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
                literal.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                literal.Append(c);
        }
        return literal.Append('"').ToString();
    }
}
