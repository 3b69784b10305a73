using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// Moves a map whose results go to one kernel alone into that kernel: into the loop of a column reduction, or, as a
/// prologue, into the packing of a matrix operand. The map's result is then never stored. A prologue is evaluated once
/// for every time its operand is packed, so it must be cheap. One that rounds is not absorbed where the operand is read by many
/// tiles of the product: stored, it has half the bytes for each of them, and tensor cores take it as it lies.
/// </summary>
internal static class Absorption
{
    const int DearestPrologue = 12;

    public static void Run(FusedGraph fused, long mostOfRoundingPrologue, CancellationToken cancellation)
    {
        var readers = fused.Readers();
        foreach (var map in fused.Kernels.Where(k => k.Kind == KernelKind.Map).ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            if (OnlyReader(fused, map, readers) is not { } reader)
                continue;
            if (reader.Kind == KernelKind.Column)
                AbsorbIntoColumns(fused, map, reader);
            else if (reader.Kind == KernelKind.MatMul)
                AbsorbAsPrologue(fused, map, reader, mostOfRoundingPrologue);
        }
    }

    static Kernel? OnlyReader(FusedGraph fused, Kernel map, Dictionary<Node, List<Kernel>> readers)
    {
        if (map.UpdatesState || map.Members.Any(fused.OutputBases.Contains) || map.Reads().Any(a => fused.Overwritten.Contains(a.Base)))
            return null;
        var all = map.Members.Where(readers.ContainsKey).SelectMany(m => readers[m]).Distinct().ToList();
        return all.Count == 1 && fused.Kernels.Contains(all[0]) ? all[0] : null;
    }

    static void AbsorbIntoColumns(FusedGraph fused, Kernel map, Kernel columns)
    {
        if (Domains.TryMergeDomains(map, columns) is not { } refitted)
            return;
        foreach (var (node, level, operands) in refitted)
            columns.Add(node, level, operands);
        fused.Remove(map, columns);
    }

    static void AbsorbAsPrologue(FusedGraph fused, Kernel map, Kernel product, long mostOfRoundingPrologue)
    {
        var matMul = product.Members.First(m => m.Kind == OpKind.MatMul);
        var operands = product.OperandsOf(matMul);
        var uses = product.Members.SelectMany(product.OperandsOf).Where(a => map.Contains(a.Base)).ToList();
        if (uses.Count != 1 || map.RowAxes >= 0 || map.Members.Sum(m => m.Op.Info().Cost) > DearestPrologue)
            return;
        int side = map.Contains(operands[0].Base) ? 0 : 1;
        var (result, view) = operands[side];
        if (!map.Contains(result) || !view.IsContiguous || view.Shape.Size != map.Domain.Size || !map.TryChangeDomain(view.Shape))
            return;
        int rank = view.Shape.Rank;
        if (result.Type.IsNarrow() && product.Domain[rank - 1 - side].Max > mostOfRoundingPrologue)
            return;
        var domain = new Shape(product.Domain.Take(rank - 2).Concat(view.Shape.Skip(rank - 2)));
        product.Prologues[side] = new Prologue(domain, [.. map.Members], map.Members.ToDictionary(m => m, m => Stretch(map.OperandsOf(m), domain)), result);
        fused.Remove(map, product);
    }

    /// <summary>An operand that every product of a batch shares is read again by each.</summary>
    static Access[] Stretch(Access[] operands, Shape domain) => [.. operands.Select(o => new Access(o.Base, o.View.Broadcast(domain)))];
}
