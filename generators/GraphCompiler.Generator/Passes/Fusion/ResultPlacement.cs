using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// Lets attention write its results where they are wanted. Its template takes any strides for batch, time and heads, so a
/// result that is only copied into another layout, or put together with the other results of the same kernel (the
/// gradients of a fused projection), is written there at once: the copy or the concatenation joins the kernel and is
/// stored in place of what it is made of.
/// </summary>
internal static class ResultPlacement
{
    public static void Run(FusedGraph fused, CancellationToken cancellation)
    {
        var readers = fused.Readers();
        foreach (var kernel in fused.Kernels.ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            if (kernel.Members.Count() != 1 || kernel.Members.First() is not { Op: Op.Copy or Op.Concat } gathering)
                continue;
            var operands = kernel.OperandsOf(gathering);
            if (fused.HomeOf(operands[0].Base) is not { Kind: KernelKind.Attention or KernelKind.AttentionGradient } source)
                continue;
            var results = operands.Select(o => o.Base).ToList();
            bool isOnlyUse = results.Distinct().Count() == results.Count
                && results.All(r => r.Op is Op.Attention or Op.AttentionGradient && fused.HomeOf(r) == source && !fused.OutputBases.Contains(r) && readers[r].Count == 1);
            if (!isOnlyUse || results.Any(r => PlaceOf(r, gathering, operands) is null))
                continue;
            fused.Remove(kernel, source);
            source.Add(gathering, Level.Element, operands);
        }
    }

    /// <summary>Where a result of attention is written: its own memory, or a part of that of a member it is gathered in.</summary>
    public static Access PlaceOf(Node result, Kernel kernel)
    {
        foreach (var member in kernel.Members.Where(m => m.Op is Op.Copy or Op.Concat))
        {
            if (PlaceOf(result, member, kernel.OperandsOf(member)) is { } place)
                return new Access(member, place);
        }
        return new Access(result, View.Contiguous(result.Shape));
    }

    /// <summary>A result's elements, over its own shape, in the memory of what it is copied or joined into; null where strides cannot say it.</summary>
    static View? PlaceOf(Node result, Node gathering, Access[] operands)
    {
        Dim start = 0;
        for (int part = 0; part < operands.Length; part++)
        {
            var shape = gathering.Inputs[part].Shape;
            var place = View.Contiguous(gathering.Shape);
            if (gathering.Op == Op.Concat)
            {
                int axis = gathering.Axis;
                place = place.Part(axis, start, shape[axis]);
                if (!start.TryAdd(shape[axis], out start))
                    return null;
            }
            if (operands[part].Base == result)
                return Transfer(result.Shape, operands[part].View, place);
        }
        return null;
    }

    /// <summary>
    /// Two views of one shape, of a whole tensor and of a place: the tensor's own elements in that place. The tensor's axes
    /// are looked for in their own order, and with time and heads swapped.
    /// </summary>
    static View? Transfer(Shape tensor, View source, View place)
    {
        int rank = tensor.Rank;
        if (source.Shape.Size != tensor.Size || source.Offset.Count > 0)
            return null;
        int[] swap = [.. Enumerable.Range(0, rank - 3), rank - 2, rank - 3, rank - 1];
        foreach (int[] order in new[] { [.. Enumerable.Range(0, rank)], swap })
        {
            var axes = View.Contiguous(tensor).Permute(order);
            if (source.TryReshape(axes.Shape) is { } same && same.Equals(axes) && place.TryReshape(axes.Shape)?.Permute(order) is { } found
                && found.Runs(0, rank - 3).Count <= 1 && (found.Shape[rank - 1].IsOne || found.Strides[rank - 1].IsOne))
            {
                return found;
            }
        }
        return null;
    }
}
