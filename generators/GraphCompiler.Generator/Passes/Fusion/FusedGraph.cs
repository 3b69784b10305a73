using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>A graph cut into kernels, with what each of them has to store.</summary>
internal sealed class FusedGraph(Graph graph, LayoutResolution layout, List<Kernel> kernels)
{
    Dictionary<Node, Kernel> homes = FindHomes(kernels);

    public Graph Graph { get; } = graph;

    public LayoutResolution Layout { get; } = layout;

    public List<Kernel> Kernels { get; } = kernels;

    /// <summary>The nodes behind the outputs.</summary>
    public HashSet<Node> OutputBases { get; } = [.. graph.Outputs.Select(o => layout.Resolve(o.Node).Base)];

    /// <summary>Versions of states that an update overwrites: from then on they cannot be read.</summary>
    public HashSet<Node> Overwritten { get; } = [.. graph.Nodes.Where(n => n.Kind == OpKind.Update).Select(n => n.Inputs[0])];

    /// <summary>The kernel that computes a node for everybody; others may recompute it for themselves.</summary>
    public Kernel? HomeOf(Node node) => homes.TryGetValue(node, out var home) ? home : null;

    /// <summary>Which kernels read a node that they do not compute themselves.</summary>
    public Dictionary<Node, List<Kernel>> Readers()
    {
        var readers = new Dictionary<Node, List<Kernel>>();
        foreach (var kernel in Kernels)
        {
            foreach (var node in kernel.Reads().Select(a => a.Base).Distinct())
            {
                if (!readers.TryGetValue(node, out var list))
                    readers[node] = list = [];
                list.Add(kernel);
            }
        }
        return readers;
    }

    /// <summary>Marks what is stored, drops what nothing needs any more, and finds the dependences anew.</summary>
    public void DecideStores()
    {
        bool changed = true;
        while (changed)
        {
            var readers = Readers();
            changed = false;
            foreach (var kernel in Kernels)
            {
                kernel.Stores.Clear();
                kernel.Stores.AddRange(kernel.Members.Where(m => HomeOf(m) == kernel && (m.Kind == OpKind.Update || readers.ContainsKey(m) || OutputBases.Contains(m))));
                changed |= kernel.KeepWhatStoresNeed();
            }
            changed |= Kernels.RemoveAll(k => k.Stores.Count == 0) > 0;
        }
        foreach (var kernel in Kernels)
        {
            kernel.Before.Clear();
            kernel.After.Clear();
        }
        foreach (var kernel in Kernels)
        {
            foreach (var read in kernel.Reads())
            {
                if (HomeOf(read.Base) is { } home && home != kernel)
                    Dependence.Add(home, kernel);
            }
        }
        OrderUpdates();
    }

    /// <summary>An update runs after what computes, and what reads, the version that it overwrites.</summary>
    void OrderUpdates()
    {
        var readers = Overwritten.Count > 0 ? Readers() : [];
        foreach (var kernel in Kernels.Where(k => k.UpdatesState).ToList())
        {
            foreach (var previous in kernel.Members.Where(m => m.Kind == OpKind.Update).Select(m => m.Inputs[0]))
            {
                var earlier = readers.TryGetValue(previous, out var list) ? list : [];
                foreach (var before in HomeOf(previous) is { } home ? earlier.Append(home) : earlier)
                {
                    if (before != kernel)
                        Dependence.Add(before, kernel);
                }
            }
        }
    }

    /// <summary>Removes a kernel whose nodes others have taken.</summary>
    public void Remove(Kernel kernel, Kernel heir)
    {
        foreach (var member in kernel.Members.Where(m => HomeOf(m) == kernel))
            homes[member] = heir;
        Kernels.Remove(kernel);
    }

    static Dictionary<Node, Kernel> FindHomes(List<Kernel> kernels)
    {
        var homes = new Dictionary<Node, Kernel>();
        foreach (var kernel in kernels)
        {
            foreach (var member in kernel.Members)
                homes[member] = kernel;
        }
        return homes;
    }
}
