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
    public static ProgramPlan Run(FusedGraph fused, IReadOnlyList<Kernel> order, ParameterBlock parameters, CancellationToken cancellation)
    {
        var locations = LocateOutputs(fused, parameters);
        foreach (var node in fused.Graph.Nodes.Where(LayoutResolution.IsExternal))
        {
            locations[node] = node.Op == Op.Parameter
                ? new BufferLocation(MemorySpace.Parameters, parameters.OffsetOf(node.Attributes.Name), node.Attributes.Name, node.Shape.Size.Max)
                : new BufferLocation(MemorySpace.Input, 0, node.Attributes.Name, node.Shape.Size.Max);
        }
        var arena = PlaceInArena(fused, order, locations, cancellation);
        bool alone = order.Sum(k => SharedGain(k)) < CostModel.SharedProgramNanoseconds;
        return new ProgramPlan(fused, [.. Steps(fused, order, locations)], locations, arena, alone);
    }

    static double SharedGain(Kernel kernel)
    {
        double time = CostModel.Nanoseconds(kernel);
        return time < CostModel.SharedKernelNanoseconds ? 0 : time;
    }

    static Dictionary<Node, BufferLocation> LocateOutputs(FusedGraph fused, ParameterBlock parameters)
    {
        var locations = new Dictionary<Node, BufferLocation>();
        bool isNumber = ReturnsNumber(fused.Graph);
        foreach (var output in fused.Graph.Outputs)
        {
            var node = fused.Layout.Resolve(output.Node).Base;
            if (output.Kind == OutputKind.Gradient)
                locations[node] = new BufferLocation(MemorySpace.Gradients, parameters.OffsetOf(output.Name), output.Name, node.Shape.Size.Max);
            else if (!isNumber)
                locations[node] = new BufferLocation(MemorySpace.Result, 0, output.Name, node.Shape.Size.Max);
        }
        return locations;
    }

    /// <summary>Whether the graph's only result is one number, which is returned rather than written to the caller's memory.</summary>
    public static bool ReturnsNumber(Graph graph)
    {
        var results = graph.Outputs.Where(o => o.Kind == OutputKind.Result).ToList();
        return results.Count == 1 && results[0].Node.Shape.Rank == 0;
    }

    static ArenaPlan PlaceInArena(FusedGraph fused, IReadOnlyList<Kernel> order, Dictionary<Node, BufferLocation> locations, CancellationToken cancellation)
    {
        var lastUse = new Dictionary<Node, int>();
        for (int step = 0; step < order.Count; step++)
        {
            foreach (var read in order[step].Reads())
                lastUse[read.Base] = step;
        }
        var nodes = new List<Node>();
        var buffers = new List<ArenaBuffer>();
        var index = new Dictionary<Node, int>();
        var pairs = new List<InPlacePair>();
        for (int step = 0; step < order.Count; step++)
        {
            foreach (var node in order[step].Stores.Where(n => !locations.ContainsKey(n)))
            {
                int end = fused.OutputBases.Contains(node) ? order.Count : lastUse[node] + 1;
                index[node] = buffers.Count;
                nodes.Add(node);
                buffers.Add(new ArenaBuffer($"{node.Op} {node.Shape}", node.Shape.Size.Max, step, end));
                pairs.AddRange(InPlaceOperands(order[step], node).Where(index.ContainsKey).Select(o => new InPlacePair(index[node], index[o])));
            }
        }
        var merged = InPlaceReuse.Merge(buffers, pairs, ParameterBlock.Alignment);
        var plan = ArenaPlanner.Place(merged.Buffers, ParameterBlock.Alignment, cancellation);
        for (int i = 0; i < nodes.Count; i++)
            locations[nodes[i]] = new BufferLocation(MemorySpace.Arena, plan.Offsets[merged.BufferOf(i)], buffers[i].Name, buffers[i].Size);
        return plan;
    }

    /// <summary>
    /// Operands whose memory a stored value may take: each element is read only where, and when, the value's own
    /// element is written.
    /// </summary>
    static IEnumerable<Node> InPlaceOperands(Kernel kernel, Node stored)
    {
        if (kernel.Kind is not (KernelKind.Map or KernelKind.MatMul) || stored.Shape.Size != kernel.Domain.Size)
            return [];
        var mapped = kernel.Members.Where(m => m.Op is not (Op.MatMul or Op.Gather)).ToList();
        var reads = mapped.SelectMany(kernel.OperandsOf).Where(a => !kernel.Contains(a.Base));
        var elsewhere = new HashSet<Node>(kernel.Members.Except(mapped).SelectMany(kernel.OperandsOf)
            .Concat(kernel.Prologues.Where(p => p is not null).SelectMany(p => p!.Operands.Values.SelectMany(o => o)))
            .Select(a => a.Base));
        return reads.GroupBy(a => a.Base)
            .Where(g => g.All(a => a.View.IsContiguous) && !elsewhere.Contains(g.Key) && g.Key.Shape.Size == stored.Shape.Size)
            .Select(g => g.Key);
    }

    static IEnumerable<ProgramStep> Steps(FusedGraph fused, IReadOnlyList<Kernel> order, Dictionary<Node, BufferLocation> locations)
    {
        var sinceBarrier = new List<(Kernel Kernel, bool Alone)>();
        foreach (var kernel in order)
        {
            bool alone = CostModel.Nanoseconds(kernel) < CostModel.SharedKernelNanoseconds;
            bool barrier = sinceBarrier.Any(earlier => !(alone && earlier.Alone) && Conflict(earlier.Kernel, kernel, locations));
            if (barrier)
                sinceBarrier.Clear();
            sinceBarrier.Add((kernel, alone));
            yield return new ProgramStep(kernel, alone, barrier);
        }
    }

    static bool Conflict(Kernel earlier, Kernel later, Dictionary<Node, BufferLocation> locations)
    {
        var written = earlier.Stores.Select(n => locations[n]).ToList();
        var read = Read(earlier, locations);
        var laterWritten = later.Stores.Select(n => locations[n]).ToList();
        return Overlap(written, laterWritten) || Overlap(written, Read(later, locations)) || Overlap(read, laterWritten);
    }

    static List<BufferLocation> Read(Kernel kernel, Dictionary<Node, BufferLocation> locations) =>
        [.. kernel.Reads().Select(a => a.Base).Where(locations.ContainsKey).Select(n => locations[n])];

    static bool Overlap(List<BufferLocation> first, List<BufferLocation> second) =>
        first.Any(a => second.Any(b => a.Space == b.Space
            && (a.Space is MemorySpace.Input or MemorySpace.Result
                ? a.Name == b.Name
                : a.Offset < b.Offset + Math.Max(1, b.Size) && b.Offset < a.Offset + Math.Max(1, a.Size))));
}
