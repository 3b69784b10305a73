using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The definitions of all operations, from the files of their families.</summary>
internal static class OpTable
{
    static readonly OpDefinition[] Definitions = Ordered(
    [
        .. Leaves.Definitions,
        .. ConstantArrays.Definitions,
        .. Arithmetic.Definitions,
        .. Functions.Definitions,
        .. Activations.Definitions,
        .. Comparisons.Definitions,
        .. Casts.Definitions,
        .. Reductions.Definitions,
        .. Layouts.Definitions,
        .. MatrixProduct.Definitions,
        .. QuantizedProducts.Definitions,
        .. Indexing.Definitions,
        .. LinearCrossEntropy.Definitions,
        .. Attention.Definitions,
        .. States.Definitions,
        .. Statistics.Definitions,
        .. Softmaxes.Definitions,
        .. Extrema.Definitions,
        .. CumulativeSums.Definitions,
        .. Norms.Definitions,
        .. Losses.Definitions,
        .. Dropout.Definitions,
        .. StoppedGradients.Definitions,
    ]);

    /// <summary>In the order of the enum.</summary>
    public static IReadOnlyList<OpDefinition> All => Definitions;

    public static OpDefinition Info(this Op op) => Definitions[(int)op];

    public static OpKind Kind(this Op op) => Definitions[(int)op].Kind;

    static OpDefinition[] Ordered(OpDefinition[] definitions)
    {
        var byOp = definitions.ToLookup(d => d.Op);
        return [.. Enum.GetValues(typeof(Op)).Cast<Op>().Select(op => byOp[op].Count() == 1
            ? byOp[op].First()
            : throw new InvalidOperationException($"{op} has {byOp[op].Count()} definitions; each operation has one, with its family."))];
    }
}
