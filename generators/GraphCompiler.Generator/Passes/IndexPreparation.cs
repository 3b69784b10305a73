using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Makes every operand that addresses memory an <see cref="Op.Index"/> with the bound that this use has: row numbers of a
/// lookup, labels, positions of writes, numbers of keys. Kernels then address memory by nothing else; two uses of one
/// operand are two nodes, which planning gives one place that is checked against both bounds. The definitions of operations say
/// which operand it is and within which bounds; a position that is a constant was checked when the graph was built.
///
/// Runs before differentiation, so that a gradient takes rows by the numbers of the lookup, and before composites are
/// lowered, as the labels of a cross-entropy are then compared rather than used to address.
/// </summary>
internal static class IndexPreparation
{
    public static Graph Run(Graph graph, CancellationToken cancellation = default) => Rewriting.Rebuild(graph, Prepare, cancellation);

    static Node Prepare(Graph graph, Node node, IReadOnlyList<Node> inputs)
    {
        if (node.Op.Info().Index?.Invoke(node) is not var (place, bound))
            return graph.Rebuild(node, inputs);
        string origin = graph.Origin;
        graph.Origin = IndexText.Of(inputs[place]);
        var index = graph.Index(inputs[place], bound);
        graph.Origin = origin;
        return graph.Rebuild(node, [.. inputs.Select((input, operand) => operand == place ? index : input)]);
    }
}

/// <summary>
/// What messages call an index: an argument by its name, anything else by the user's expression, and a sum or a product
/// whose expression says something else, such as the call of a module that computes it, by its formula too.
/// </summary>
internal static class IndexText
{
    const int LongestFormula = 80, DeepestFormula = 16;

    public static string Of(Node x)
    {
        // What only gives the same integers another shape says nothing of them.
        while (x.Op == Op.Reshape)
            x = x.Inputs[0];
        // Of a loss that leaves rows out: only those that are kept can be wrong.
        if (x.Op == Op.Select)
            return Of(x.Inputs[1]);
        string? formula = Formula(x, "", 0, 0);
        if (x.Op is Op.Input or Op.ConstantArray || x.Origin.Length == 0)
            return $"'{formula ?? x.Op.ToString()}'";
        return x.Kind == OpKind.Elementwise && formula is not null && Bare(formula) != Bare(x.Origin) ? $"'{x.Origin}' ({formula})" : $"'{x.Origin}'";
    }

    static string Bare(string text) => text.Replace("(", "").Replace(")", "").Replace(" ", "");

    /// <summary>The node as an expression; null where that is too long to read.</summary>
    /// <param name="x">The node.</param>
    /// <param name="origin">The expression that the node is a part of: what it moves of its own accord is not said.</param>
    /// <param name="binding">How tightly what stands around it binds: sums 1, products 2, signs 3.</param>
    /// <param name="depth">How many operations stand around it.</param>
    static string? Formula(Node x, string origin, int binding, int depth)
    {
        string? Operand(int i, int own) => depth < DeepestFormula ? Formula(x.Inputs[i], x.Origin, own, depth + 1) : null;
        string? Binary(string sign, int own, int right) =>
            Operand(0, own) is { } a && Operand(1, right) is { } b ? own < binding ? $"({a} {sign} {b})" : $"{a} {sign} {b}" : null;
        string? text = x.Op switch
        {
            Op.Input or Op.ConstantArray => x.Name,
            Op.Constant => x.Value.ToString("R", CultureInfo.InvariantCulture),
            Op.Size => x.Get<SizeAttributes>().Dim.ToString(),
            Op.Iota => $"Arange({x.Shape[x.Axis]})",
            Op.Add => Binary("+", 1, 1),
            Op.Subtract => Binary("-", 1, 2),
            Op.Multiply => Binary("*", 2, 2),
            Op.Negate => Operand(0, 3) is { } negated ? "-" + negated : null,
            _ when x.Kind == OpKind.Layout && x.Origin.Length > 0 && x.Origin != origin => x.Origin,
            _ when x.Inputs.Count == 1 => Operand(0, binding),
            _ => null,
        };
        return text?.Length <= LongestFormula ? text : null;
    }
}
