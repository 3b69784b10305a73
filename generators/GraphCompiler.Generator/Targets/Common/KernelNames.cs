using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// Names that say what a kernel computes and over what sizes: "MatMul_Add_Relu_32x16x784" has 784 products in a sum,
/// "ColumnSum_32x16" adds 32 rows, "Attention_4x12x64x96x32" has a batch of 4, 12 heads, 64 queries, 96 keys and heads of 32.
/// </summary>
internal static class KernelNames
{
    const int MostOperations = 4;

    public static string Of(Kernel kernel)
    {
        var operations = kernel.Kind is KernelKind.Attention or KernelKind.AttentionGradient ? [kernel.Members.First().Op] : kernel.Members.Select(m => m.Op).Distinct().ToList();
        var shown = operations.Count <= MostOperations
            ? operations
            : [.. operations.OrderByDescending(Weight).Take(MostOperations).OrderBy(operations.IndexOf)];
        string sizes = string.Join("x", SizesOf(kernel).Select(d => Literals.Identifier(d.ToString().Replace("·", "")).TrimStart('_', '@')));
        return string.Join("_", shown.Select(op => NameOf(op, kernel.Kind))) + (sizes.Length > 0 ? "_" + sizes : "");
    }

    static string NameOf(Op op, KernelKind kind) => op.Kind() == OpKind.Reduction
        ? op.ToString().Replace("Reduce", kind == KernelKind.Column ? "Column" : "Row")
        : op.ToString();

    static IEnumerable<Dim> SizesOf(Kernel kernel)
    {
        if (kernel.Kind == KernelKind.LinearCrossEntropy)
        {
            var operands = kernel.Members.First().Inputs;
            return [operands[0].Shape[0], operands[1].Shape[0], operands[1].Shape[1]];
        }
        if (kernel.Kind is KernelKind.Attention or KernelKind.AttentionGradient)
        {
            var inputs = kernel.Members.First().Inputs;
            var sizes = new AttentionSizes(inputs[0].Shape, inputs[1].Shape);
            return [sizes.Batch, sizes.Heads, sizes.QueryLength, sizes.KeyLength, sizes.HeadSize];
        }
        if (kernel.Members.FirstOrDefault(m => m.Kind == OpKind.MatMul) is not { } product)
            return kernel.Domain;
        int rank = product.Shape.Rank;
        bool isTransposed = product.TransposesLeft;
        return kernel.Domain.Append(product.Inputs[0].Shape[isTransposed ? rank - 2 : rank - 1]);
    }

    /// <summary>What distinguishes a kernel is its product and reductions first, then its costly functions.</summary>
    static int Weight(Op op) => op.Kind() switch
    {
        OpKind.MatMul => 1000,
        OpKind.Reduction => 500,
        _ => op.Info().Cost,
    };
}
