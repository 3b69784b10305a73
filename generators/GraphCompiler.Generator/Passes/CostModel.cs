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
            KernelKind.Scatter => steps + (kernel.Members.First().Inputs[1].Shape.Size.Max * 2 / ElementStepsPerNanosecond),
            _ => steps,
        };
    }

    static double InnerSize(Kernel kernel)
    {
        var product = kernel.Members.First(m => m.Op == Op.MatMul);
        var left = product.Inputs[0].Shape;
        return left[product.Attributes.Numbers[0] == 1 ? left.Rank - 2 : left.Rank - 1].Max;
    }
}
