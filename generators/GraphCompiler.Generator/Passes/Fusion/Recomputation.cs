using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// Recomputes a cheap value in the kernel that reads it, instead of storing it in the kernel that computes it first.
/// The typical reader is the backward pass: it reads what the forward pass left anyway (an activation, a row's mean),
/// and derives the rest from it.
///
/// For a value that a kernel reads from another, the elementwise chain behind it is followed back to what the kernel
/// reads already, to values that are in memory anyway (an output, an operand of a matrix product), and to values that
/// are not elementwise. The chain is recomputed if it is cheap and adds no more tensor-sized reads than the one it
/// saves. What a user keeps in Float32 beside numbers of 16 bits is not computed again of such.
/// </summary>
internal static class Recomputation
{
    /// <summary>The cost of a chain beyond which loading is cheaper, in multiply-adds an element.</summary>
    const int DearestChain = 40;

    public static void Run(FusedGraph fused, CancellationToken cancellation)
    {
        var inMemory = FindInMemory(fused);
        if (fused.Graph.Nodes.Any(n => n.Type.IsFloat() && n.Type.IsNarrow()))
            inMemory.UnionWith(fused.Graph.Nodes.Where(n => (n.Kept & KeptInFloat32.Result) != 0));
        foreach (var kernel in fused.Kernels.Where(k => k.Kind is KernelKind.Map or KernelKind.Row or KernelKind.Column or KernelKind.MatMul))
        {
            cancellation.ThrowIfCancellationRequested();
            bool changed = true;
            while (changed)
            {
                changed = kernel.Reads().Select(a => a.Base).Distinct().OrderByDescending(n => n.Id)
                    .Any(value => fused.HomeOf(value) is { } home && home != kernel && TryRecompute(fused, value, kernel, inMemory));
            }
        }
    }

    /// <summary>Values that some kernel reads where it could not compute them, and outputs: they are stored whatever is decided here.</summary>
    static HashSet<Node> FindInMemory(FusedGraph fused)
    {
        var inMemory = new HashSet<Node>(fused.OutputBases);
        foreach (var kernel in fused.Kernels)
        {
            foreach (var value in kernel.Reads().Select(a => a.Base).Distinct())
            {
                if (AlignedLevel(value, kernel) is null)
                    inMemory.Add(value);
            }
        }
        return inMemory;
    }

    static bool TryRecompute(FusedGraph fused, Node value, Kernel kernel, HashSet<Node> inMemory)
    {
        if (!IsRecomputable(value) || inMemory.Contains(value) || AlignedLevel(value, kernel) is not { } level)
            return false;
        var read = new HashSet<Node>(kernel.Reads().Select(a => a.Base));
        var chain = new SortedDictionary<int, Node>();
        var added = new HashSet<Node>();
        Follow(value, new LayoutResolution(), kernel, node => read.Contains(node) || inMemory.Contains(node), chain, added);
        if (chain.Values.Sum(n => n.Op.Info().Cost) > DearestChain)
            return false;
        // State that is overwritten since cannot be read any more; what is being overwritten, only where it is.
        if (kernel.UpdatesState && added.Overlaps(fused.Overwritten))
            return false;
        added.ExceptWith(read);
        if (added.Overlaps(fused.Overwritten))
            return false;
        if (added.Sum(n => (double)n.StoredBytes) > 1.25 * BytesSaved(value))
            return false;
        return TryAddChain([.. chain.Values], level, kernel);
    }

    /// <summary>A truth value is worth the number that it is told from: that stays in memory anyway, where the truth value would lie beside it.</summary>
    static double BytesSaved(Node value) => value.Type == ElementType.Bool ? ElementType.Float32.BytesOf(value.Shape.Size.Max) : value.StoredBytes;

    static bool IsRecomputable(Node node) => node.Kind == OpKind.Elementwise && node.Op != Op.Copy && !node.IsStoredCast;

    /// <summary>Collects the elementwise chain behind a value, and the buffers it would newly read.</summary>
    static void Follow(Node node, LayoutResolution layout, Kernel kernel, Func<Node, bool> isInMemory, SortedDictionary<int, Node> chain, HashSet<Node> added)
    {
        if (chain.ContainsKey(node.Id) || chain.Count > DearestChain)
            return;
        chain[node.Id] = node;
        foreach (var source in node.Inputs.Select(i => layout.Resolve(i).Base))
        {
            if (LayoutResolution.IsVirtual(source) || kernel.Contains(source))
                continue;
            if (IsRecomputable(source) && !isInMemory(source))
                Follow(source, layout, kernel, isInMemory, chain, added);
            else
                added.Add(source);
        }
    }

    /// <summary>The level at which every reader in the kernel reads the value where the kernel would compute it.</summary>
    static Level? AlignedLevel(Node value, Kernel kernel)
    {
        if (kernel.Prologues.Any(p => p is not null && p.Operands.Values.Any(o => o.Any(a => a.Base == value))))
            return null;
        var readers = kernel.Members.Where(m => kernel.OperandsOf(m).Any(a => a.Base == value)).ToList();
        if (readers.Any(m => m.Kind is OpKind.MatMul or OpKind.Template || QuantizedProducts.IsLookup(m)))
            return null;
        foreach (var level in kernel.Kind == KernelKind.Row ? new[] { Level.Element, Level.Row } : [Level.Element])
        {
            if (value.Shape.Size == kernel.ShapeOf(level).Size && readers.All(m => ReadsAligned(m, value, kernel, level)))
                return level;
        }
        return null;
    }

    static bool ReadsAligned(Node member, Node value, Kernel kernel, Level level)
    {
        var reader = Domains.OperandLevel(member, kernel.LevelOf(member));
        return kernel.OperandsOf(member).Where(a => a.Base == value).All(a => Domains.IsAligned(a.View, kernel, reader, level));
    }

    static bool TryAddChain(IReadOnlyList<Node> chain, Level level, Kernel kernel)
    {
        var layout = new LayoutResolution();
        var fitted = new List<(Node Node, Level Level, Access[] Operands)>();
        var levels = new Dictionary<Node, Level>();
        foreach (var node in chain)
        {
            var accesses = node.Inputs.Select(layout.Resolve).ToArray();
            var own = node.Shape.Size == kernel.ShapeOf(level).Size ? level : Level.Row;
            if (node.Shape.Size != kernel.ShapeOf(own).Size || (own == Level.Row && kernel.Kind != KernelKind.Row))
                return false;
            if (Domains.Fit(accesses, kernel, own, n => levels.TryGetValue(n, out var l) ? l : kernel.Contains(n) ? kernel.LevelOf(n) : null) is not { } operands)
                return false;
            levels[node] = own;
            fitted.Add((node, own, operands));
        }
        foreach (var (node, own, operands) in fitted)
            kernel.Add(node, own, operands);
        return true;
    }
}
