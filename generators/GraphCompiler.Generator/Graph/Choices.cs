using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Between what an operation chooses: what it does not choose gets no gradient.</summary>
internal enum ChoiceRule
{
    /// <summary>It uses all of its operands.</summary>
    None,

    /// <summary>Its second or its third operand, by its first.</summary>
    Condition,

    /// <summary>One of its two operands.</summary>
    Operands,

    /// <summary>Some elements of its operand.</summary>
    Elements,
}

/// <summary>
/// Of an operation on rows or matrices, of whose result only some elements are wanted: its operands with other numbers in place of
/// what only the rest needs. So its gradients are the same where there is one, and finite elsewhere.
/// </summary>
/// <param name="graph">Where to build.</param>
/// <param name="node">The operation.</param>
/// <param name="isLive">1 where an element of its result gets a gradient, else 0.</param>
internal delegate Node[] LiveRowsRule(Graph graph, Node node, Node isLive);

/// <summary>Operands of which only what is wanted is kept.</summary>
internal static class LiveRows
{
    /// <summary>An operand with zeros where nothing is live.</summary>
    public static Node Keep(Graph graph, Node operand, Node isLive) =>
        graph.Select(graph.Binary(Op.Greater, isLive, graph.Constant(0)), operand, graph.Constant(0));

    /// <summary>Whether anything along some axes is live.</summary>
    public static Node Any(Graph graph, Node isLive, params int[] axes) => graph.Reduce(Op.ReduceMax, isLive, axes);

    /// <summary>All operands but the first as they are.</summary>
    public static Node[] WithFirst(Node node, Node first) => [first, .. node.Inputs.Skip(1)];
}
