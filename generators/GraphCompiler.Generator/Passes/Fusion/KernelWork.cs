using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// How much a kernel has to do, whatever runs it, at the largest sizes of its dimensions: arithmetic, and what must go through memory at
/// least. Where a dimension is named, or keys are masked by the caller, it is an upper bound.
/// </summary>
internal static class KernelWork
{
    /// <summary>The products of two numbers that are summed: those of matrices, attention and the fused loss.</summary>
    public static double MultiplyAdds(Kernel kernel) => kernel.Kind switch
    {
        KernelKind.MatMul => kernel.Domain.Size.Max * (double)Depth(kernel.Members.First(m => m.Kind == OpKind.MatMul)),
        KernelKind.Attention => OfAttention(kernel, products: 2),
        KernelKind.AttentionGradient => OfAttention(kernel, products: 5),
        KernelKind.LinearCrossEntropy => OfLinearCrossEntropy(kernel),
        _ => 0,
    };

    /// <summary>Operations of arithmetic: two for a product that is summed, one for an element of any other operation.</summary>
    public static double Operations(Kernel kernel) => (2 * MultiplyAdds(kernel)) + kernel.Members.Sum(member => member.Kind switch
    {
        OpKind.Elementwise => kernel.ShapeOf(kernel.LevelOf(member)).Size.Max,
        OpKind.Reduction => (double)kernel.Domain.Size.Max,
        _ => 0,
    });

    /// <summary>What is read and written at least: each tensor once, and of a table the rows that are looked up.</summary>
    public static long Bytes(Kernel kernel) =>
        kernel.Reads().Select(access => access.Base).Distinct().Sum(node => BytesRead(kernel, node)) + kernel.Stores.Sum(node => node.StoredBytes);

    /// <summary>The logits that a fused loss computes, row by row.</summary>
    public static double Logits(Kernel kernel)
    {
        var operation = kernel.Members.First();
        return (double)operation.Inputs[0].Shape[0].Max * operation.Inputs[1].Shape[0].Max;
    }

    static long BytesRead(Kernel kernel, Node node)
    {
        var readers = kernel.Members.Where(member => kernel.OperandsOf(member).Any(access => access.Base == node)).ToList();
        bool isLookedUp = readers.Count > 0 && readers.All(reader => reader.Op == Op.Gather && reader.Inputs[0].Shape.Equals(node.Shape));
        return isLookedUp ? Math.Min(node.StoredBytes, readers.Sum(reader => reader.StoredBytes)) : node.StoredBytes;
    }

    static long Depth(Node product)
    {
        var left = product.Inputs[0].Shape;
        return left[product.TransposesLeft ? left.Rank - 2 : left.Rank - 1].Max;
    }

    /// <summary>Some products of every query with every key that it may see.</summary>
    static double OfAttention(Kernel kernel, int products)
    {
        var node = kernel.Members.First();
        var form = node.Get<AttentionAttributes>().Form;
        double keys = new AttentionSizes(node.Inputs[0].Shape, node.Inputs[1].Shape).KeyLength.Max;
        double seen = form.Window > 0 ? Math.Min(keys, form.Window * (form.IsCausal ? 1.0 : 2.0)) : form.IsCausal ? keys / 2 : keys;
        return kernel.Domain.Size.Max * seen * products;
    }

    static double OfLinearCrossEntropy(Kernel kernel)
    {
        int products = kernel.Members.Count(m => m.Attributes is not LinearCrossEntropyGradientAttributes { Operand: LinearCrossEntropyOperand.Bias });
        return Logits(kernel) * kernel.Members.First().Inputs[1].Shape[1].Max * products;
    }
}
