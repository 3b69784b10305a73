using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>The ranges of the integers in a buffer of a program's indices: those of all their uses.</summary>
internal sealed class IndexBounds
{
    readonly IReadOnlyList<(Dim Dim, int Extra)> limits;

    IndexBounds(IReadOnlyList<(Dim Dim, int Extra)> limits, IReadOnlyList<(Dim Length, int Size, string State)> writes) => (this.limits, Writes) = (limits, writes);

    /// <summary>The numbers of which the least is not reached, for people; "" where only writes bound them.</summary>
    public string LimitText => (limits.Count > 1 ? "the least of " : "") + string.Join(" and ", limits.Select(l => l.Dim + (l.Extra > 0 ? " + 1" : "")));

    /// <summary>The parts of states that are written from them on: how long, in an axis of what size, and of which state.</summary>
    public IReadOnlyList<(Dim Length, int Size, string State)> Writes { get; }

    /// <summary>The number that they must stay below, as a C# expression; null where only writes bound them.</summary>
    /// <param name="size">A dimension as a C# expression.</param>
    public string? Limit(Func<Dim, string> size) => limits.Count == 0 ? null
        : limits.Select(l => size(l.Dim) + (l.Extra > 0 ? " + 1" : "")).Aggregate((least, other) => $"global::System.Math.Min({least}, {other})");

    public static IndexBounds Of(IndexBuffer buffer, Graph graph)
    {
        var uses = buffer.Uses.Select(use => (Node: use, Index: use.Get<IndexAttributes>())).ToList();
        var limits = uses.Where(u => u.Index.Kind != IndexKind.Position)
            .Select(u => (u.Index.Bound, Extra: u.Index.Kind == IndexKind.Count ? 1 : 0)).Distinct().ToList();
        // A limit says nothing beside one that is never larger.
        var needed = limits.Where((limit, i) => !limits.Where((other, j) => i != j && IsWithin(other, limit) && (!IsWithin(limit, other) || j < i)).Any());
        var writes = uses.Where(u => u.Index.Kind == IndexKind.Position)
            .Select(u => (Length: u.Index.Bound, Size: u.Index.AxisSize, State: StateOf(u.Node, graph)));
        return new IndexBounds([.. needed], [.. writes]);
    }

    static bool IsWithin((Dim Dim, int Extra) limit, (Dim Dim, int Extra) other) => Dim.UpperBound(limit.Dim, limit.Extra, other.Dim * -1, -other.Extra) <= 0;

    /// <summary>The first state that is written at a position.</summary>
    static string StateOf(Node position, Graph graph)
    {
        bool IsPosition(Node node)
        {
            while (node.Op == Op.Reshape)
                node = node.Inputs[0];
            return node == position;
        }
        return graph.Nodes.Where(n => n.Op == Op.WriteAt && IsPosition(n.Inputs[2])).Select(Graph.StateOf).FirstOrDefault()?.Name ?? "";
    }
}
