using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// Groups the nodes of a legalized graph into kernels, so that a value that only its neighbours need never goes
/// through memory.
/// <list type="number">
/// <item>Nodes are taken in order. A matrix product, a column reduction, a scatter or an assembly opens a kernel; what
/// belongs to one attention shares one. A row reduction joins the kernel that computes its operand row by row. An
/// elementwise node joins a kernel of one of its operands where it runs over the same domain, or once a row: after a
/// matrix product that makes it epilogue.</item>
/// <item>An elementwise node between two kernels joins one and, where the other is a map or a row kernel over the same
/// domain, merges the two.</item>
/// <item>An update of state is a map that runs after all that reads what it overwrites (<see cref="StateOrdering"/>).</item>
/// <item>A join is refused if it would make a cycle: if another operand's kernel depends on the kernel joined; and where
/// the kernel is full: the JIT stops optimising methods of thousands of locals.</item>
/// <item><see cref="Absorption"/> then moves a map that feeds a single column reduction or matrix operand into it, and
/// <see cref="Recomputation"/> recomputes what is cheaper to compute again than to keep; <see cref="ResultPlacement"/> writes attention's results
/// where they are wanted.</item>
/// </list>
/// Joining always saves the write and the read of one value and never adds traffic, so the only questions are of
/// legality; how many bytes a choice saves decides recomputation.
/// </summary>
internal sealed class KernelFusion
{
    /// <summary>The nodes of one kernel, several times those of the largest that layers of a network make.</summary>
    const int LargestKernel = 256;

    readonly LayoutResolution layout = new();
    readonly Dictionary<Node, Kernel> kernelOf = [];
    readonly List<Kernel> kernels = [];

    /// <summary>The attention kernels by the value that they read.</summary>
    readonly Dictionary<Node, List<Kernel>> attentions = [];

    /// <summary>What reads each version of a state: it must run before the next version is written.</summary>
    readonly Dictionary<Node, List<Node>> versionReaders = [];
    readonly CancellationToken cancellation;

    /// <summary>The loss of a large vocabulary that each node must come before: what its gradient is weighed with.</summary>
    readonly Dictionary<Node, Node> precedes = [];

    KernelFusion(CancellationToken cancellation) => this.cancellation = cancellation;

    public static FusedGraph Run(Graph graph, CostModel costs, CancellationToken cancellation)
    {
        var fusion = new KernelFusion(cancellation);
        fusion.FindWhatPrecedesLosses(graph);
        foreach (var node in graph.NodesOfKernels())
        {
            cancellation.ThrowIfCancellationRequested();
            fusion.Place(node);
        }
        var fused = new FusedGraph(graph, fusion.layout, fusion.kernels);
        Absorption.Run(fused, costs, cancellation);
        Recomputation.Run(fused, cancellation);
        ResultPlacement.Run(fused, cancellation);
        fused.DecideStores();
        return fused;
    }

    void Place(Node node)
    {
        if (LayoutResolution.IsView(node) || LayoutResolution.IsVirtual(node) || LayoutResolution.IsExternal(node))
            return;
        switch (node.Kind)
        {
            case OpKind.MatMul:
                Open(node, KernelKind.MatMul, node.Shape, node.Shape.Rank - 1);
                return;
            case OpKind.Indexing:
                PlaceIndexing(node);
                return;
            case OpKind.Template:
                PlaceTemplate(node);
                return;
            case OpKind.Layout:
                Open(node, KernelKind.Assemble, node.Shape, 0);
                return;
            case OpKind.Reduction:
                PlaceReduction(node);
                return;
            case OpKind.Update:
                PlaceUpdate(node);
                return;
            default:
                PlaceElementwise(node);
                return;
        }
    }

    void PlaceIndexing(Node node)
    {
        if (node.Op == Op.ScatterAdd)
            Open(node, KernelKind.Scatter, node.Shape, 1);
        else
            Open(node, KernelKind.Map, node.Shape, node.Inputs[1].Shape.Rank);
    }

    void PlaceTemplate(Node node)
    {
        if (node.Attributes is AttentionAttributes)
            PlaceAttention(node);
        else if (node.Attributes is LinearCrossEntropyGradientAttributes)
            PlaceLinearCrossEntropyGradient(node);
        else
            Open(node, KernelKind.LinearCrossEntropy, node.Shape, node.Shape.Rank);
    }

    /// <summary>
    /// The gradient of a loss is computed with it where what it is weighed with, as one over the number of rows that are not left out, does
    /// not depend on it. No kernel then may compute both that and what depends on the loss.
    /// </summary>
    void FindWhatPrecedesLosses(Graph graph)
    {
        foreach (var gradient in graph.Nodes.Where(n => n.Op == Op.LinearCrossEntropyGradient))
        {
            var operands = gradient.Inputs.Take(gradient.Inputs.Count - 1);
            if (graph.Nodes.FirstOrDefault(n => n.Op == Op.LinearCrossEntropy && n.Inputs.SequenceEqual(operands)
                && LinearCrossEntropy.SmoothingOf(n).Equals(LinearCrossEntropy.SmoothingOf(gradient))) is not { } loss)
                continue;
            var weight = AncestorsOf(gradient.Inputs[gradient.Inputs.Count - 1]);
            if (weight.Contains(loss))
                continue;
            foreach (var node in weight)
                precedes[node] = loss;
        }
    }

    static HashSet<Node> AncestorsOf(Node node)
    {
        var found = new HashSet<Node> { node };
        var open = new Stack<Node>(found);
        while (open.Count > 0)
        {
            foreach (var input in open.Pop().Inputs.Where(found.Add))
                open.Push(input);
        }
        return found;
    }

    /// <summary>Whichever of the two is placed later makes them known to each other.</summary>
    void OrderBeforeLoss(Node node, Kernel kernel)
    {
        if (precedes.TryGetValue(node, out var loss) && kernelOf.TryGetValue(loss, out var ofLoss))
            Dependence.Add(kernel, ofLoss);
        if (node.Op != Op.LinearCrossEntropy)
            return;
        foreach (var earlier in precedes.Where(pair => pair.Value == node && kernelOf.ContainsKey(pair.Key)))
            Dependence.Add(kernelOf[earlier.Key], kernel);
    }

    /// <summary>
    /// The gradients of all operands are one kernel, and that of the losses too, where their own gradient does not depend
    /// on them: the logits are then computed once.
    /// </summary>
    void PlaceLinearCrossEntropyGradient(Node node)
    {
        int operandCount = node.Inputs.Count - 1;
        var operands = node.Inputs.Select(layout.Resolve).ToArray();
        var gradient = operands[operandCount].Base;
        bool Joins(Kernel kernel) => kernel.Kind == KernelKind.LinearCrossEntropy
            && kernel.Members.All(m => LinearCrossEntropy.SmoothingOf(m).Equals(LinearCrossEntropy.SmoothingOf(node))
                && m.Inputs.Take(operandCount).SequenceEqual(node.Inputs.Take(operandCount))
                && (m.Op == Op.LinearCrossEntropy || m.Inputs[operandCount] == node.Inputs[operandCount]))
            && !(kernelOf.TryGetValue(gradient, out var source) && Dependence.DependsOn(source, kernel));
        if (kernels.Find(Joins) is { } shared)
            Join(node, shared, Level.Element, operands);
        else
            Open(node, KernelKind.LinearCrossEntropy, node.Inputs[2].Shape, 1);
    }

    void PlaceReduction(Node node)
    {
        var source = node.Inputs[0];
        var axes = node.Axes;
        int first = axes[0], end = axes[axes.Count - 1] + 1;
        if (!source.Shape.Product(end, source.Shape.Rank).IsOne)
        {
            Open(node, KernelKind.Column, source.Shape, end).FirstReducedAxis = first;
            return;
        }
        var access = layout.Resolve(source);
        if (kernelOf.TryGetValue(access.Base, out var kernel) && TryJoinAsRows(node, access, kernel, first))
            return;
        Open(node, KernelKind.Row, source.Shape, first);
    }

    /// <summary>A reduction over trailing axes joins the kernel of its operand, whose rows are then what is reduced.</summary>
    bool TryJoinAsRows(Node node, Access access, Kernel kernel, int rowAxes)
    {
        if (IsFull(kernel) || kernel.UpdatesState || kernel.Kind is not (KernelKind.Map or KernelKind.Row) || kernel.LevelOf(access.Base) != Level.Element)
            return false;
        var shape = node.Inputs[0].Shape;
        if (!access.View.IsContiguous || access.View.Shape.Size != kernel.Domain.Size)
            return false;
        if (kernel.RowAxes >= 0)
        {
            if (kernel.Domain.Product(0, kernel.RowAxes) != shape.Product(0, rowAxes))
                return false;
        }
        else if (!kernel.TryChangeDomain(shape) || !Domains.ColumnsAreRuns(kernel, rowAxes))
        {
            return false;
        }
        else
        {
            kernel.RowAxes = rowAxes;
        }
        kernel.Kind = KernelKind.Row;
        Join(node, kernel, Level.Row, [new Access(access.Base, View.Contiguous(kernel.Domain))]);
        return true;
    }

    /// <summary>What one attention computes of the same operands is one kernel: forward the result and the sums, backward the gradients.</summary>
    void PlaceAttention(Node node)
    {
        var kind = node.Op == Op.AttentionGradient ? KernelKind.AttentionGradient : KernelKind.Attention;
        if (!attentions.TryGetValue(node.Inputs[2], out var kernelsOfValue))
            attentions[node.Inputs[2]] = kernelsOfValue = [];
        var kernel = kernelsOfValue.Find(k => k.Kind == kind && k.Members.First() is var member
            && member.Get<AttentionAttributes>().Form.Equals(node.Get<AttentionAttributes>().Form) && member.Inputs.SequenceEqual(node.Inputs));
        if (kernel is null)
            kernelsOfValue.Add(Open(node, kind, node.Inputs[0].Shape, 0));
        else
            Join(node, kernel, Level.Element, [.. node.Inputs.Select(layout.Resolve)]);
    }

    void PlaceElementwise(Node node)
    {
        var accesses = node.Inputs.Select(layout.Resolve).ToArray();
        if (node.Attributes is RepeatedAttributes)
        {
            // Done again so that nothing waits for it: not where its operand is computed.
            Open(node, KernelKind.Map, node.Shape, -1);
            return;
        }
        var candidates = accesses.Where(a => kernelOf.ContainsKey(a.Base)).Select(a => kernelOf[a.Base]).Distinct()
            .OrderByDescending(k => k.Members.Last().Id).ToList();
        foreach (var kernel in candidates)
        {
            // The search for a dependence may walk from the backward pass to the forward pass, so it comes last.
            if (IsFull(kernel) || Domains.TryFit(node, accesses, kernel) is not { } fit || candidates.Any(other => other != kernel && Dependence.DependsOn(other, kernel)))
                continue;
            Join(node, kernel, fit.Level, fit.Operands);
            foreach (var other in candidates.Where(c => c != kernel))
                TryMerge(other, kernelOf[node]);
            return;
        }
        Open(node, KernelKind.Map, node.Shape, -1);
    }

    /// <summary>
    /// An update is a map over what it writes. It joins the map that computes that, if nothing that must come before the
    /// update depends on that map, and what the map reads of the old version is read where it is overwritten.
    /// </summary>
    void PlaceUpdate(Node node)
    {
        var previous = node.Inputs[0];
        var value = layout.Resolve(node.Inputs[1]);
        var earlier = versionReaders.TryGetValue(previous, out var readers) ? readers.Select(r => kernelOf[r]).Distinct().ToList() : [];
        if (kernelOf.TryGetValue(previous, out var home))
            earlier.Add(home);
        var kernel = kernelOf.TryGetValue(value.Base, out var maker) && TryJoinUpdate(node, value, maker, earlier)
            ? maker
            : Open(node, KernelKind.Map, node.Inputs[1].Shape, -1, [.. UpdateOperands(node, value)]);
        foreach (var other in earlier.Where(k => k != kernel))
            Dependence.Add(other, kernel);
    }

    bool TryJoinUpdate(Node node, Access value, Kernel maker, List<Kernel> earlier)
    {
        if (maker.Kind != KernelKind.Map || maker.RowAxes >= 0 || !value.View.IsContiguous || value.View.Shape.Size != maker.Domain.Size)
            return false;
        if (earlier.Any(k => k != maker && Dependence.DependsOn(k, maker)))
            return false;
        var oldReads = maker.Members.SelectMany(maker.OperandsOf).Where(a => a.Base == node.Inputs[0]).ToList();
        if (oldReads.Any(a => node.Op != Op.Assign || !a.View.IsContiguous || a.View.Shape.Size != node.Shape.Size))
            return false;
        if (maker.Contains(node.Inputs[0]) || !maker.TryChangeDomain(node.Inputs[1].Shape))
            return false;
        Join(node, maker, Level.Element, [.. UpdateOperands(node, value)]);
        return true;
    }

    /// <summary>What an update reads: the new value, and, the same for every element, the position.</summary>
    IEnumerable<Access> UpdateOperands(Node node, Access value)
    {
        var shape = node.Inputs[1].Shape;
        yield return value.View.TryReshape(shape) is { } view ? new Access(value.Base, view) : layout.Resolve(node.Inputs[1]);
        if (node.Op == Op.WriteAt)
            yield return new Access(layout.Resolve(node.Inputs[2]).Base, View.Splat(shape));
    }

    /// <summary>Merges two kernels over one domain, the one that is only a map into the other.</summary>
    void TryMerge(Kernel first, Kernel second)
    {
        if (first.Count + second.Count > LargestKernel || first.UpdatesState || second.UpdatesState)
            return;
        bool firstIsMap = first.Kind == KernelKind.Map;
        var (from, into) = firstIsMap || second.Kind != KernelKind.Map ? (first, second) : (second, first);
        bool bothRows = from.Kind == KernelKind.Row && into.Kind == KernelKind.Row;
        if (from.Kind != KernelKind.Map && !bothRows)
            return;
        if (into.Kind is not (KernelKind.Map or KernelKind.Row or KernelKind.MatMul))
            return;
        if (Domains.TryMergeDomains(from, into) is not { } refitted)
            return;
        if (Dependence.HasIndirectPath(from, into) || Dependence.HasIndirectPath(into, from))
            return;
        foreach (var (node, level, operands) in refitted)
        {
            into.Add(node, level, operands);
            kernelOf[node] = into;
        }
        Dependence.Replace(from, into);
        kernels.Remove(from);
    }

    static bool IsFull(Kernel kernel) => kernel.Count >= LargestKernel;

    Kernel Open(Node node, KernelKind kind, Shape domain, int rowAxes, Access[]? operands = null)
    {
        var kernel = new Kernel(kernels.Count == 0 ? 0 : kernels[kernels.Count - 1].Id + 1, kind, domain, rowAxes);
        kernels.Add(kernel);
        var level = kind == KernelKind.Row ? Level.Row : Level.Element;
        Join(node, kernel, level, operands ?? [.. node.Inputs.Select(layout.Resolve)]);
        return kernel;
    }

    void Join(Node node, Kernel kernel, Level level, Access[] operands)
    {
        kernel.Add(node, level, operands);
        kernelOf[node] = kernel;
        OrderBeforeLoss(node, kernel);
        foreach (var operand in operands)
        {
            if (kernelOf.TryGetValue(operand.Base, out var source) && source != kernel)
                Dependence.Add(source, kernel);
            if (!LayoutResolution.IsVersion(operand.Base))
                continue;
            if (!versionReaders.TryGetValue(operand.Base, out var readers))
                versionReaders[operand.Base] = readers = [];
            readers.Add(node);
        }
    }
}
