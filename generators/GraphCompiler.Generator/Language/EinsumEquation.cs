using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

/// <summary>
/// The equation of an einsum, with the axes of its operands: a label a letter, and one an axis that "..." stands for, counted from the
/// last, because these axes broadcast.
/// </summary>
internal sealed class EinsumEquation
{
    const string Ellipsis = "...";

    readonly LanguageCall call;
    readonly string text;
    readonly Dictionary<string, (Dim Size, string Where)> sizes = [];

    /// <summary>The labels of the operands' axes.</summary>
    public IReadOnlyList<string[]> Operands { get; }

    /// <summary>The labels of the result's axes.</summary>
    public string[] Result { get; }

    /// <summary>The size that a label has; of what broadcasts the larger one.</summary>
    public Dim SizeOf(string label) => sizes[label].Size;

    public EinsumEquation(LanguageCall call, string text, IReadOnlyList<Node> operands)
    {
        this.call = call;
        this.text = text;
        string[] sides = text.Replace(" ", "").Split(["->"], StringSplitOptions.None);
        if (sides.Length > 2)
            throw Fail(Fault.InvalidArgument, "\"->\" stands in it twice");
        string[] terms = sides[0].Split(',');
        if (terms.Length != operands.Count)
            throw Fail(Fault.InvalidArgument, FormattableString.Invariant($"it has the axes of {terms.Length} operands, separated by ',', and there are {operands.Count}"));
        Operands = [.. terms.Select((term, i) => LabelsOf(term, operands[i], i))];
        Result = sides.Length > 1 ? ResultLabels(sides[1]) : ImplicitResult();
    }

    Exception Fail(Fault fault, string message) => call.Fail(fault, $"Einsum \"{text}\": {message}", "equation");

    string[] LabelsOf(string term, Node operand, int position)
    {
        string name = LanguageCall.NameOf(operand, FormattableString.Invariant($"operand {position}"));
        call.RequireType(operand, ElementType.Float32, name);
        var parts = Parts(term);
        int rank = operand.Shape.Rank, letters = parts.Count(part => part != Ellipsis);
        bool broadcasts = parts.Contains(Ellipsis);
        if (broadcasts ? letters > rank : letters != rank)
            throw Fail(Fault.WrongRank, FormattableString.Invariant($"'{term}' has {letters} {(letters == 1 ? "label" : "labels")} and {name} has the shape {operand.Shape}"));
        string[] labels = [.. parts.SelectMany(part => part == Ellipsis ? Enumerable.Range(0, rank - letters).Select(i => Broadcast(rank - letters - i)) : [part])];
        for (int axis = 0; axis < rank; axis++)
            Meet(labels[axis], operand.Shape[axis], FormattableString.Invariant($"axis {axis} of {name}"));
        return labels;
    }

    static string Broadcast(int fromEnd) => FormattableString.Invariant($"...{fromEnd}");

    /// <summary>All axes of one label have one size, or 1, which broadcasts.</summary>
    void Meet(string label, Dim size, string where)
    {
        if (!sizes.TryGetValue(label, out var known) || known.Size.IsOne)
            sizes[label] = (size, where);
        else if (!size.IsOne && size != known.Size)
            throw Fail(Fault.ShapeMismatch, $"'{(label.StartsWith(Ellipsis, StringComparison.Ordinal) ? Ellipsis : label)}' is {known.Size} ({known.Where}) and {size} ({where})");
    }

    List<string> Parts(string term)
    {
        var parts = new List<string>();
        for (int i = 0; i < term.Length; i++)
        {
            if (term[i] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'))
            {
                parts.Add(term[i].ToString());
                continue;
            }
            if (string.CompareOrdinal(term, i, Ellipsis, 0, Ellipsis.Length) != 0)
                throw Fail(Fault.InvalidArgument, $"'{term[i]}' is no label: axes are letters, operands are separated by ',', and the result follows \"->\"");
            if (parts.Contains(Ellipsis))
                throw Fail(Fault.InvalidArgument, $"\"...\" stands twice in '{term}'");
            parts.Add(Ellipsis);
            i += Ellipsis.Length - 1;
        }
        return parts;
    }

    /// <summary>What "..." stands for, from the first axis on.</summary>
    IEnumerable<string> Broadcasts() => Enumerable.Range(0, Operands.Max(labels => labels.Count(IsBroadcast)))
        .Reverse().Select(fromEnd => Broadcast(fromEnd + 1));

    static bool IsBroadcast(string label) => label.StartsWith(Ellipsis, StringComparison.Ordinal);

    string[] ResultLabels(string term)
    {
        string[] labels = [.. Parts(term).SelectMany(part => part == Ellipsis ? Broadcasts() : [part])];
        if (labels.FirstOrDefault(label => !sizes.ContainsKey(label)) is { } missing)
            throw Fail(Fault.InvalidArgument, $"'{missing}' of the result is no axis of an operand");
        if (labels.GroupBy(label => label).FirstOrDefault(group => group.Count() > 1) is { } repeated)
            throw Fail(Fault.InvalidArgument, $"'{repeated.Key}' is an axis of the result twice");
        return labels;
    }

    /// <summary>Without "->": what broadcasts, then the labels that occur once, capitals first.</summary>
    string[] ImplicitResult() =>
    [
        .. Broadcasts(),
        .. Operands.SelectMany(labels => labels).Where(label => !IsBroadcast(label)).GroupBy(label => label)
            .Where(group => group.Count() == 1).Select(group => group.Key).OrderBy(label => label, StringComparer.Ordinal),
    ];
}
