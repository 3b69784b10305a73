using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// Moves a map whose results go to one kernel alone into that kernel: into the loop of a column reduction, or, as a
/// prologue, into the packing of a matrix operand. The map's result is then never stored. A prologue is evaluated once
/// for every time its operand is packed, so it must be cheap. One that rounds is not absorbed where the operand is read by many
/// tiles of the product: stored, it has half the bytes for each of them, and tensor cores take it as it lies. But where the target
/// rounds whatever it multiplies while it packs it, a weight or an input that lies in memory anyway is rounded by all that multiply it,
/// and is not stored a second time.
/// </summary>
internal static class Absorption
{
    const int DearestPrologue = 12;

    public static void Run(FusedGraph fused, CostModel costs, CancellationToken cancellation)
    {
        var readers = fused.Readers();
        foreach (var map in fused.Kernels.Where(k => k.Kind == KernelKind.Map).ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            if (costs.RoundsWhereItLies && TryRoundWhereItLies(fused, map, readers))
                continue;
            if (OnlyReader(fused, map, readers) is not { } reader)
                continue;
            if (reader.Kind == KernelKind.Column)
                AbsorbIntoColumns(fused, map, reader);
            else if (reader.Kind == KernelKind.MatMul)
                AbsorbAsPrologue(fused, map, reader, costs.MostOfRoundingPrologue);
        }
    }

    /// <summary>Lets all that multiply a rounded weight or input round it; false where something else reads it.</summary>
    static bool TryRoundWhereItLies(FusedGraph fused, Kernel map, Dictionary<Node, List<Kernel>> readers)
    {
        if (map.Count != 1 || map.Members.First() is not { Op: Op.Cast } cast || !cast.Type.IsNarrow() || !cast.Type.IsFloat() || fused.OutputBases.Contains(cast))
            return false;
        var (source, whole) = map.OperandsOf(cast)[0];
        if (source.Op is not (Op.Parameter or Op.Input) || source.Type != ElementType.Float32 || !whole.IsContiguous || whole.Shape.Size != source.Shape.Size
            || !readers.TryGetValue(cast, out var multiplying) || !multiplying.All(kernel => OnlyMultiplies(kernel, cast)))
        {
            return false;
        }
        foreach (var kernel in multiplying)
        {
            var operands = kernel.OperandsOf(kernel.Members.First(IsProduct));
            for (int side = 0; side < kernel.Prologues.Length; side++)
            {
                if (operands[side].Base != cast)
                    continue;
                var view = operands[side].View;
                if (kernel.Kind == KernelKind.MatMul)
                    view = view.Broadcast(DomainOf(kernel, view.Shape));
                kernel.Prologues[side] = new Prologue(view.Shape, [cast], new Dictionary<Node, Access[]> { [cast] = [new Access(source, view)] }, cast);
            }
        }
        fused.Kernels.Remove(map);
        return true;
    }

    static bool IsProduct(Node node) => node.Kind is OpKind.MatMul or OpKind.Template;

    /// <summary>Whether a kernel has a value as a factor of its product, and for nothing else.</summary>
    static bool OnlyMultiplies(Kernel kernel, Node value) => kernel.Kind is KernelKind.MatMul or KernelKind.LinearCrossEntropy
        && kernel.Prologues.All(p => p is null || !p.Operands.Values.Any(operands => operands.Any(o => o.Base == value)))
        && kernel.Members.All(m => kernel.OperandsOf(m).Select((operand, place) => (operand.Base, place)).All(o => o.Base != value || (IsProduct(m) && o.place < 2)));

    /// <summary>An operand of so many rows and columns, for all products of a batch.</summary>
    static Shape DomainOf(Kernel product, Shape operand) => new(product.Domain.Take(operand.Rank - 2).Concat(operand.Skip(operand.Rank - 2)));

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
        var domain = DomainOf(product, view.Shape);
        product.Prologues[side] = new Prologue(domain, [.. map.Members], map.Members.ToDictionary(m => m, m => Stretch(map.OperandsOf(m), domain)), result);
        fused.Remove(map, product);
    }

    /// <summary>An operand that every product of a batch shares is read again by each.</summary>
    static Access[] Stretch(Access[] operands, Shape domain) => [.. operands.Select(o => new Access(o.Base, o.View.Broadcast(domain)))];
}
