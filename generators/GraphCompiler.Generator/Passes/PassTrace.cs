using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>What a graph was after a pass: how many nodes of each operation its outputs needed.</summary>
/// <param name="Pass">The pass; the first is what the user wrote.</param>
/// <param name="Nodes">The nodes of each operation.</param>
internal sealed record PassRecord(string Pass, IReadOnlyDictionary<Op, int> Nodes);

/// <summary>What each pass did to a program, for the report of a model that asks for one.</summary>
internal sealed class PassTrace
{
    public List<PassRecord> Records { get; } = [];
}

/// <summary>How the list of passes notes what they did.</summary>
internal static class PassTracing
{
    /// <summary>Notes what a graph is after a pass, where anybody will read it, and gives it back.</summary>
    public static Graph After(this PassTrace? trace, string pass, Graph graph)
    {
        trace?.Records.Add(new(pass, graph.LiveNodes().GroupBy(n => n.Op).ToDictionary(g => g.Key, g => g.Count())));
        return graph;
    }
}
