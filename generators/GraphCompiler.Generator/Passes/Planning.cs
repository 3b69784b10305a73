using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Gives every stored value a place. Outputs go where the caller wants them; the rest is live from the step that
/// writes it to the last that reads it and shares one arena (<see cref="ArenaPlanner"/>), a map's result lying where an
/// operand lay that dies with it. Then decides which kernels a team shares and where its workers must wait:
/// between kernels of which one writes what the other touches, unless one worker runs both.
/// </summary>
internal static class Planning
{
    /// <summary>The generator runs while somebody types: a fraction of a second, even where an arena is hard to place.</summary>
    const long SearchWork = 60_000_000;

    public static ProgramPlan Run(FusedGraph fused, IReadOnlyList<Kernel> order, ModelBlocks blocks, CostModel costs, CancellationToken cancellation)
    {
        var locations = LocateOutputs(fused, blocks.Gradients);
        var indices = IndexBlock.Of(fused.Graph);
        foreach (var node in fused.Graph.Nodes.Where(n => n.Op != Op.Index && (LayoutResolution.IsExternal(n) || LayoutResolution.IsVersion(n))))
            locations[node] = LocateExternal(Graph.StateOf(node) ?? node, blocks);
        foreach (var index in indices.Buffers.SelectMany(b => b.Uses))
            locations[index] = indices.LocationOf(index);
        AccumulateInOutputs(fused, order, locations);
        var workspaces = new Dictionary<Kernel, BufferLocation>();
        var arena = PlaceInArena(fused, order, locations, workspaces, costs, cancellation);
        return new ProgramPlan(fused, [.. Steps(order, locations, workspaces, costs)], locations, workspaces, arena, indices, costs.RunsAlone(order), costs);
    }

    /// <summary>Where what outlives the call lies; every version of a state where the state does.</summary>
    static BufferLocation LocateExternal(Node node, ModelBlocks blocks)
    {
        if (node.Op == Op.ConstantArray)
            return new BufferLocation(MemorySpace.Constants, blocks.Constants.BufferOf(node).Offset, blocks.Constants.BufferOf(node).Name, node.StoredBytes);
        string name = node.Name;
        var (space, offset) = node.Op switch
        {
            Op.Parameter => (MemorySpace.Parameters, blocks.Parameters.OffsetOf(name)),
            Op.State when Graph.OwnerOf(node) == StateOwner.Model => (MemorySpace.State, blocks.State.OffsetOf(name)),
            Op.State => (MemorySpace.SessionState, blocks.SessionState.OffsetOf(name)),
            Op.LossScale => (MemorySpace.LossScale, 0),
            _ => (MemorySpace.Input, 0),
        };
        return new BufferLocation(space, offset, name, node.StoredBytes);
    }

    static Dictionary<Node, BufferLocation> LocateOutputs(FusedGraph fused, TensorBlock gradients)
    {
        var locations = new Dictionary<Node, BufferLocation>();
        bool isNumber = ReturnsNumber(fused.Graph);
        foreach (var output in fused.Graph.Outputs.Where(o => o.Kind != OutputKind.State))
        {
            var node = fused.Layout.Resolve(output.Node).Base;
            if (output.Kind == OutputKind.Gradient)
                locations[node] = new BufferLocation(MemorySpace.Gradients, gradients.OffsetOf(output.Name), output.Name, node.StoredBytes);
            else if (!isNumber)
                locations[node] = new BufferLocation(MemorySpace.Result, 0, output.Name, node.StoredBytes);
        }
        return locations;
    }

    /// <summary>
    /// A table that a scatter adds to, and that nothing else reads, is made where the scatter's result goes. Last scatters
    /// come first, so that a chain of them ends up in one place.
    /// </summary>
    static void AccumulateInOutputs(FusedGraph fused, IReadOnlyList<Kernel> order, Dictionary<Node, BufferLocation> locations)
    {
        var readers = fused.Readers();
        foreach (var kernel in order.Reverse().Where(k => k.Kind == KernelKind.Scatter))
        {
            var result = kernel.Stores[0];
            if (TableOf(kernel) is { } table && locations.TryGetValue(result, out var place) && !locations.ContainsKey(table)
                && fused.HomeOf(table) is not null && table.Shape.Size == result.Shape.Size && readers[table].Count == 1)
            {
                locations[table] = place;
            }
        }
    }

    /// <summary>The table that a scatter adds to; null where it begins with zeros.</summary>
    static Node? TableOf(Kernel scatter)
    {
        var operands = scatter.OperandsOf(scatter.Stores[0]);
        return operands.Length > 2 ? operands[2].Base : null;
    }

    /// <summary>Whether the graph's only result is one number, which is returned rather than written to the caller's memory.</summary>
    public static bool ReturnsNumber(Graph graph)
    {
        var results = graph.Results.ToList();
        return results.Count == 1 && results[0].Node.Shape.Rank == 0;
    }

    static ArenaPlan PlaceInArena(FusedGraph fused, IReadOnlyList<Kernel> order, Dictionary<Node, BufferLocation> locations, Dictionary<Kernel, BufferLocation> workspaces,
        CostModel costs, CancellationToken cancellation)
    {
        var lastUse = new Dictionary<Node, int>();
        for (int step = 0; step < order.Count; step++)
        {
            foreach (var read in order[step].Reads())
                lastUse[read.Base] = step;
        }
        var buffers = new List<ArenaBuffer>();
        var index = new Dictionary<Node, int>();
        var workspaceIndex = new Dictionary<Kernel, int>();
        var pairs = new List<InPlacePair>();
        for (int step = 0; step < order.Count; step++)
        {
            foreach (var node in order[step].Stores.Where(n => !locations.ContainsKey(n)))
            {
                int end = fused.OutputBases.Contains(node) ? order.Count : lastUse[node] + 1;
                index[node] = buffers.Count;
                buffers.Add(new ArenaBuffer($"{node.Op} {node.Shape}", node.StoredBytes, step, end));
                pairs.AddRange(InPlaceOperands(order[step], node).Where(index.ContainsKey).Select(o => new InPlacePair(index[node], index[o])));
            }
            if (costs.WorkspaceBytes(order[step]) is > 0 and var bytes)
            {
                workspaceIndex[order[step]] = buffers.Count;
                buffers.Add(new ArenaBuffer($"workspace of {order[step].Kind} {order[step].Domain}", bytes, step, step + 1));
            }
        }
        var merged = InPlaceReuse.Merge(buffers, pairs, TensorBlock.Alignment);
        var plan = ArenaPlanner.Place(merged.Buffers, TensorBlock.Alignment, cancellation, SearchWork);
        BufferLocation Place(int i) => new(MemorySpace.Arena, plan.Offsets[merged.BufferOf(i)], buffers[i].Name, buffers[i].Size);
        foreach (var pair in index)
            locations[pair.Key] = Place(pair.Value);
        foreach (var pair in workspaceIndex)
            workspaces[pair.Key] = Place(pair.Value);
        return plan;
    }

    /// <summary>
    /// Operands whose memory a stored value may take: each element is read only where, and when, the value's own
    /// element is written, so elements of both have one size.
    /// </summary>
    static IEnumerable<Node> InPlaceOperands(Kernel kernel, Node stored)
    {
        if (kernel.Kind == KernelKind.Scatter)
            return TableOf(kernel) is { } table ? [table] : [];
        if (kernel.Kind is not (KernelKind.Map or KernelKind.MatMul) || stored.Shape.Size != kernel.Domain.Size)
            return [];
        var mapped = kernel.Members.Where(m => m.Kind != OpKind.MatMul && !QuantizedProducts.IsLookup(m)).ToList();
        var reads = mapped.SelectMany(kernel.OperandsOf).Where(a => !kernel.Contains(a.Base));
        var elsewhere = new HashSet<Node>(kernel.Members.Except(mapped).SelectMany(kernel.OperandsOf)
            .Concat(kernel.Prologues.Where(p => p is not null).SelectMany(p => p!.Operands.Values.SelectMany(o => o)))
            .Select(a => a.Base));
        return reads.GroupBy(a => a.Base)
            .Where(g => g.All(a => a.View.IsContiguous) && !elsewhere.Contains(g.Key) && g.Key.Shape.Size == stored.Shape.Size
                && g.Key.Type.Info().Bits == stored.Type.Info().Bits)
            .Select(g => g.Key);
    }

    static IEnumerable<ProgramStep> Steps(
        IReadOnlyList<Kernel> order, Dictionary<Node, BufferLocation> locations, Dictionary<Kernel, BufferLocation> workspaces, CostModel costs)
    {
        var sinceBarrier = new List<(Touched Memory, bool Alone)>();
        foreach (var kernel in order)
        {
            bool alone = costs.RunsAlone(kernel);
            var memory = Touched.By(kernel, locations, workspaces);
            bool barrier = sinceBarrier.Any(earlier => !(alone && earlier.Alone) && Touched.Conflict(earlier.Memory, memory));
            if (barrier)
                sinceBarrier.Clear();
            sinceBarrier.Add((memory, alone));
            yield return new ProgramStep(kernel, alone, barrier);
        }
    }

    /// <summary>The memory that a kernel reads, and that it writes.</summary>
    sealed record Touched(List<BufferLocation> Read, List<BufferLocation> Written)
    {
        public static Touched By(Kernel kernel, Dictionary<Node, BufferLocation> locations, Dictionary<Kernel, BufferLocation> workspaces)
        {
            var written = kernel.Stores.Select(n => locations[n]).ToList();
            if (workspaces.TryGetValue(kernel, out var workspace))
                written.Add(workspace);
            return new([.. kernel.Reads().Select(a => a.Base).Where(locations.ContainsKey).Select(n => locations[n])], written);
        }

        public static bool Conflict(Touched earlier, Touched later) => Overlap(earlier.Written, later.Written)
            || Overlap(earlier.Written, later.Read) || Overlap(earlier.Read, later.Written);
    }

    static bool Overlap(List<BufferLocation> first, List<BufferLocation> second) =>
        first.Any(a => second.Any(b => a.Space == b.Space
            && (a.Space is MemorySpace.Input or MemorySpace.Result
                ? a.Name == b.Name
                : a.Offset < b.Offset + Math.Max(1, b.Size) && b.Offset < a.Offset + Math.Max(1, a.Size))));
}
