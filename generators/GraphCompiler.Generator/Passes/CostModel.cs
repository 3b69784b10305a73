using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Estimates how long a kernel takes on one core, to decide at build time whether a team shares it. Sharing costs a
/// barrier before and after, about a microsecond, so a kernel must be worth several.
/// The rates are those of one current desktop or server core with 512-bit vectors; on slower cores more could be
/// shared with profit, never the reverse.
/// </summary>
internal static class CostModel
{
    /// <summary>A kernel that takes less runs on one worker.</summary>
    public const double SharedKernelNanoseconds = 4_000;

    /// <summary>A program that would gain less than this from a team runs on the calling thread.</summary>
    public const double SharedProgramNanoseconds = 25_000;

    /// <summary>With this many classes and logits, 4 MiB, a cross-entropy does not keep the logits.</summary>
    public const int ManyClasses = 1024, ManyLogits = 1 << 20;

    /// <summary>How many logits are kept then, 48 MiB: rows enough to pay for reading the weights for them.</summary>
    const int MostLogits = 12 << 20;

    /// <summary>So many rows make a tile of a matrix product.</summary>
    const int RowGrain = 8;

    /// <summary>A tensor of more numbers, 256 KiB, is not expected to be in a core's caches when a product's epilogue touches it.</summary>
    public const int FarTensor = 1 << 16;

    const double MultiplyAddsPerNanosecond = 60;
    const double ElementStepsPerNanosecond = 12;

    public static double Nanoseconds(Kernel kernel)
    {
        double elements = kernel.Domain.Size.Max;
        double perElement = 1 + kernel.Reads().Count() + kernel.Stores.Count
            + kernel.Members.Where(m => kernel.LevelOf(m) == Level.Element).Sum(m => m.Op.Info().Cost);
        double steps = elements * perElement / ElementStepsPerNanosecond;
        return kernel.Kind switch
        {
            KernelKind.MatMul => steps + (elements * InnerSize(kernel) / MultiplyAddsPerNanosecond),
            KernelKind.Attention => steps + (AttentionProducts(kernel, 2) / MultiplyAddsPerNanosecond),
            KernelKind.AttentionGradient => steps + (AttentionProducts(kernel, 5) / MultiplyAddsPerNanosecond),
            KernelKind.Scatter => (kernel.Members.First().Inputs.Count > 2 ? 0 : steps)
                + (kernel.Members.First().Inputs[1].Shape.Size.Max * 2 / ElementStepsPerNanosecond),
            KernelKind.LinearCrossEntropy => LinearCrossEntropy(kernel),
            _ => steps,
        };
    }

    /// <summary>Memory that a kernel works in beside its operands and results, for all workers together: every row of logits begins at a cache line.</summary>
    public static long WorkspaceBytes(Kernel kernel) => kernel.Kind == KernelKind.LinearCrossEntropy
        ? LogitRows(kernel) * TensorBlock.Aligned(ElementType.Float32.BytesOf(kernel.Members.First().Inputs[1].Shape[0].Max))
        : 0;

    static double LinearCrossEntropy(Kernel kernel)
    {
        var operation = kernel.Members.First();
        var weight = operation.Inputs[1].Shape;
        double logits = (double)operation.Inputs[0].Shape[0].Max * weight[0].Max;
        int products = kernel.Members.Sum(m => m.Attributes is not LinearCrossEntropyGradientAttributes { Operand: LinearCrossEntropyOperand.Bias } ? 1 : 0);
        return (logits * weight[1].Max * products / MultiplyAddsPerNanosecond) + (logits * Op.Exp.Info().Cost / ElementStepsPerNanosecond);
    }

    /// <summary>
    /// Of how many rows a <see cref="KernelKind.LinearCrossEntropy"/> holds the logits at a time: never all, where there
    /// are rows enough for several tiles.
    /// </summary>
    public static int LogitRows(Kernel kernel)
    {
        var operation = kernel.Members.First();
        long rows = operation.Inputs[0].Shape[0].Max, classes = operation.Inputs[1].Shape[0].Max;
        long most = System.Math.Max(RowGrain, MostLogits / classes / RowGrain * RowGrain);
        long half = ((rows + 1) / 2 + RowGrain - 1) / RowGrain * RowGrain;
        return (int)System.Math.Min(rows, System.Math.Min(most, half));
    }

    /// <summary>The multiply-adds of several products of every query with every key that it may see.</summary>
    static double AttentionProducts(Kernel kernel, int products)
    {
        var node = kernel.Members.First();
        var form = node.Get<AttentionAttributes>().Form;
        double keys = new AttentionSizes(node.Inputs[0].Shape, node.Inputs[1].Shape).KeyLength.Max;
        double seen = form.Window > 0 ? System.Math.Min(keys, form.Window * (form.IsCausal ? 1.0 : 2.0)) : form.IsCausal ? keys / 2 : keys;
        return kernel.Domain.Size.Max * seen * products;
    }

    static double InnerSize(Kernel kernel)
    {
        var product = kernel.Members.First(m => m.Op == Op.MatMul);
        var left = product.Inputs[0].Shape;
        return left[product.TransposesLeft ? left.Rank - 2 : left.Rank - 1].Max;
    }
}
