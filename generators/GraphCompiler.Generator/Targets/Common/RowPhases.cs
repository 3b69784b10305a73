using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// Cuts a row kernel into passes over the columns. A reduction's result exists only after a whole pass, so what uses it
/// belongs to a later one. A value of one pass that a later pass uses is computed again if that is cheap, else kept:
/// in the tensor it is stored to anyway, or in the worker's scratch row.
/// </summary>
internal sealed class RowPhases
{
    /// <summary>The cost, in multiply-adds an element, up to which a value is computed again.</summary>
    const int CheapToRepeat = 6;

    /// <summary>The cost up to which adding to one running total takes longer than computing what is added.</summary>
    const int CheapToTotal = 6;

    /// <summary>Beyond what either bound allows; a value that each of a chain uses twice would cost more than an int holds.</summary>
    const int Dear = 1000;

    readonly Kernel kernel;
    readonly Dictionary<Node, int> phases = [];
    readonly Dictionary<Node, int> costs = [];

    public RowPhases(Kernel kernel)
    {
        this.kernel = kernel;
        foreach (var member in kernel.Members)
            phases[member] = PhaseFrom(member);
        foreach (var member in kernel.Members.Where(IsElement))
            costs[member] = CostOfChain(member);
        var ends = kernel.Members.Where(m => m.Kind == OpKind.Reduction).Concat(kernel.Stores.Where(IsElement)).ToList();
        Count = ends.Count == 0 ? 0 : ends.Max(LoopOf) + 1;
        FindKept();
    }

    /// <summary>How many passes over the columns there are.</summary>
    public int Count { get; }

    /// <summary>Values that a later pass loads again.</summary>
    public List<Node> Kept { get; } = [];

    /// <summary>Kept values that need a scratch row.</summary>
    public IEnumerable<Node> Scratch => Kept.Where(n => !kernel.Stores.Contains(n));

    public bool IsElement(Node member) => kernel.LevelOf(member) == Level.Element;

    /// <summary>For a value of the element the pass that computes it; for one of the row the first pass that can use it.</summary>
    public int PhaseOf(Node member) => phases[member];

    /// <summary>The pass in which a reduction runs, or an element is computed.</summary>
    public int LoopOf(Node member) => member.Kind == OpKind.Reduction ? phases[member] - 1 : phases[member];

    /// <summary>What a pass must compute: reductions, stores and kept values.</summary>
    public IEnumerable<Node> RootsOf(int phase) => kernel.Members
        .Where(m => LoopOf(m) == phase && (m.Kind == OpKind.Reduction || (IsElement(m) && (kernel.Stores.Contains(m) || Kept.Contains(m)))));

    /// <summary>Whether a pass computes an element itself rather than loading what an earlier one kept.</summary>
    public bool IsComputedIn(Node element, int phase) => phases[element] == phase || !Kept.Contains(element);

    /// <summary>Whether a pass has reductions and so little else that it would wait for their running totals.</summary>
    public bool WaitsForTotals(int phase)
    {
        var roots = RootsOf(phase).ToList();
        return roots.Exists(r => r.Kind == OpKind.Reduction) && roots.Sum(CostOf) <= CheapToTotal;
    }

    /// <summary>What it costs to compute an element from what is in memory, where nothing on the way is kept.</summary>
    int CostOfChain(Node member) => Math.Min(
        Dear, Math.Max(1, member.Op.Info().Cost) + kernel.OperandsOf(member).Where(a => costs.ContainsKey(a.Base)).Sum(a => costs[a.Base]));

    int CostOf(Node root)
    {
        var element = root.Kind == OpKind.Reduction ? kernel.OperandsOf(root)[0].Base : root;
        return costs.TryGetValue(element, out int cost) ? cost : 0;
    }

    int PhaseFrom(Node member)
    {
        int operands = kernel.OperandsOf(member).Where(a => kernel.Contains(a.Base)).Select(a => phases[a.Base]).DefaultIfEmpty(0).Max();
        return member.Kind == OpKind.Reduction ? operands + 1 : operands;
    }

    void FindKept()
    {
        for (int phase = Count - 1; phase >= 0; phase--)
        {
            foreach (var root in RootsOf(phase).ToList())
                Visit(root, phase, []);
        }
    }

    void Visit(Node node, int phase, HashSet<Node> seen)
    {
        foreach (var operand in kernel.OperandsOf(node).Select(a => a.Base).Where(b => kernel.Contains(b) && IsElement(b) && seen.Add(b)))
        {
            if (phases[operand] < phase && (costs[operand] > CheapToRepeat || Kept.Contains(operand)))
            {
                if (!Kept.Contains(operand))
                    Kept.Add(operand);
            }
            else
            {
                Visit(operand, phase, seen);
            }
        }
    }
}
