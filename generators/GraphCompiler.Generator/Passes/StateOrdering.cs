using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Orders a legalized graph so that all that reads a version of a state comes before the update that overwrites it, as
/// later passes take the order of the nodes for the order of the program.
/// <list type="number">
/// <item>Each update in turn gets an edge from every reader of the version before it.</item>
/// <item>A reader that the update comes before, because it needs the new value, or because of edges drawn so far, reads a
/// copy of the old version instead, and so does the update itself; the copy then comes before the update.</item>
/// <item>The graph is built anew in an order that the edges allow, the old one as far as possible.</item>
/// </list>
/// </summary>
internal sealed class StateOrdering
{
    readonly Graph source;
    readonly LayoutResolution layout = new();

    /// <summary>For each node, those that must come after it: its users, and updates that overwrite what it reads.</summary>
    readonly List<int>[] after;

    /// <summary>The (reader, version) pairs that go through a copy.</summary>
    readonly HashSet<(Node Reader, Node Version)> copied = [];

    StateOrdering(Graph source)
    {
        this.source = source;
        after = [.. source.Nodes.Select(_ => new List<int>())];
    }

    public static Graph Run(Graph source, CancellationToken cancellation = default) =>
        source.Nodes.Any(n => n.Kind == OpKind.Update) ? new StateOrdering(source).Order(cancellation) : source;

    Graph Order(CancellationToken cancellation)
    {
        var readers = new Dictionary<Node, List<Node>>();
        foreach (var node in source.Nodes)
        {
            foreach (var input in node.Inputs)
                after[input.Id].Add(node.Id);
            foreach (var version in LayoutResolution.IsView(node) ? [] : VersionsReadBy(node))
            {
                if (!readers.TryGetValue(version, out var list))
                    readers[version] = list = [];
                list.Add(node);
            }
        }
        foreach (var update in source.Nodes.Where(n => n.Kind == OpKind.Update))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var reader in readers.TryGetValue(update.Inputs[0], out var list) ? list : [])
            {
                // An update that writes a part of the old version elsewhere would read what it has just written.
                if (Leads(update.Id, reader.Id))
                    copied.Add((reader, update.Inputs[0]));
                else
                    after[reader.Id].Add(update.Id);
            }
        }
        return Build(cancellation);
    }

    /// <summary>The versions whose elements a node reads; the one that an update overwrites is not read.</summary>
    IEnumerable<Node> VersionsReadBy(Node node) => node.Inputs
        .Skip(node.Kind == OpKind.Update ? 1 : 0)
        .Select(input => layout.Resolve(input).Base)
        .Where(LayoutResolution.IsVersion)
        .Distinct();

    bool Leads(int from, int to)
    {
        var seen = new HashSet<int>();
        var pending = new Stack<int>();
        pending.Push(from);
        while (pending.Count > 0)
        {
            int id = pending.Pop();
            if (id == to)
                return true;
            foreach (int next in seen.Add(id) ? after[id] : [])
                pending.Push(next);
        }
        return false;
    }

    Graph Build(CancellationToken cancellation)
    {
        var target = new Graph();
        var built = new Node[source.Nodes.Count];
        var copies = new Dictionary<Node, Node>();
        foreach (int id in Sorted())
        {
            cancellation.ThrowIfCancellationRequested();
            var node = source.Nodes[id];
            // An update's place is after the copies of what it overwrites, which its readers may ask for only later.
            if (node.Kind == OpKind.Update && copied.Any(pair => pair.Version == node.Inputs[0]))
                copies[node.Inputs[0]] = target.Copy(built[node.Inputs[0].Id], "before " + node.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            built[id] = target.Rebuild(node, [.. node.Inputs.Select(input => Operand(node, input))]);
        }
        foreach (var output in source.Outputs)
            target.AddOutput(output.Name, built[output.Node.Id], output.Kind);
        return target;

        Node Operand(Node reader, Node input)
        {
            var version = layout.Resolve(input).Base;
            bool isOverwritten = reader.Kind == OpKind.Update && input == reader.Inputs[0];
            return !isOverwritten && copied.Contains((reader, version)) ? OverCopy(input) : built[input.Id];
        }

        // A view of a version as the same view of the copy.
        Node OverCopy(Node input) => copies.TryGetValue(input, out var copy)
            ? copy
            : target.Rebuild(input, [.. input.Inputs.Select(OverCopy)]);
    }

    /// <summary>A topological order that takes the earliest node that can be taken.</summary>
    List<int> Sorted()
    {
        int[] waiting = new int[after.Length];
        foreach (int next in after.SelectMany(list => list))
            waiting[next]++;
        var ready = new SortedSet<int>(Enumerable.Range(0, waiting.Length).Where(id => waiting[id] == 0));
        var order = new List<int>();
        while (ready.Count > 0)
        {
            int id = ready.Min;
            ready.Remove(id);
            order.Add(id);
            foreach (int next in after[id])
            {
                if (--waiting[next] == 0)
                    ready.Add(next);
            }
        }
        return order;
    }
}
