using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit.Cpu;

/// <summary>Names that say what a kernel computes and over what sizes: "MatMul_Add_Relu_32x16".</summary>
internal static class KernelNames
{
    const int MostOperations = 4;

    public static string Of(Kernel kernel)
    {
        var operations = kernel.Members.Select(m => m.Op).Distinct().ToList();
        var shown = operations.Count <= MostOperations
            ? operations
            : [.. operations.OrderByDescending(Weight).Take(MostOperations).OrderBy(operations.IndexOf)];
        string sizes = string.Join("x", kernel.Domain.Select(d => Literals.Identifier(d.ToString().Replace("·", "")).TrimStart('_')));
        return string.Join("_", shown) + (sizes.Length > 0 ? "_" + sizes : "");
    }

    /// <summary>What distinguishes a kernel is its product and reductions first, then its costly functions.</summary>
    static int Weight(Op op) => op.Kind() switch
    {
        OpKind.MatMul => 1000,
        OpKind.Reduction => 500,
        _ => op.Info().Cost,
    };
}
