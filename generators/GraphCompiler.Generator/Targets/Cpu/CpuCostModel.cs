using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Estimates how long a kernel takes on one core, to decide at build time whether a team shares it. Sharing costs a
/// barrier before and after, about a microsecond, so a kernel must be worth several.
/// The rates are those of one current desktop or server core with 512-bit vectors; on slower cores more could be
/// shared with profit, never the reverse.
/// </summary>
internal sealed class CpuCostModel : CostModel
{
    public static CpuCostModel Instance { get; } = new();

    /// <summary>A kernel that takes less runs on one worker.</summary>
    const double SharedKernelNanoseconds = 4_000;

    /// <summary>A program that would gain less than this from a team runs on the calling thread.</summary>
    const double SharedProgramNanoseconds = 25_000;

    /// <summary>How many logits are kept at a time, 48 MiB: rows enough to pay for reading the weights for them.</summary>
    const int MostLogits = 12 << 20;

    /// <summary>So many rows make a tile of a matrix product.</summary>
    const int RowGrain = ProductContract.RowGrain;

    const double MultiplyAddsPerNanosecond = 60;
    const double ElementStepsPerNanosecond = 12;

    public override long MostOfRoundingPrologue => 256;

    /// <summary>What is multiplied is copied to where tiles read it anyway, and rounded on the way.</summary>
    public override bool RoundsWhereItLies => true;

    public override bool RunsAlone(Kernel kernel) => Nanoseconds(kernel) < SharedKernelNanoseconds;

    /// <summary>What sharing would gain is the time of the kernels that are shared.</summary>
    public override bool RunsAlone(IEnumerable<Kernel> program) => program.Select(Nanoseconds).Where(time => time >= SharedKernelNanoseconds).Sum() < SharedProgramNanoseconds;

    static double Nanoseconds(Kernel kernel)
    {
        double elements = kernel.Domain.Size.Max;
        double perElement = 1 + kernel.Reads().Count() + kernel.Stores.Count
            + kernel.Members.Where(m => kernel.LevelOf(m) == Level.Element).Sum(m => m.Op.Info().Cost);
        double steps = elements * perElement / ElementStepsPerNanosecond, products = KernelWork.MultiplyAdds(kernel) / MultiplyAddsPerNanosecond;
        return kernel.Kind switch
        {
            KernelKind.MatMul or KernelKind.Attention or KernelKind.AttentionGradient => steps + products,
            KernelKind.Scatter => (Indexing.TableOf(kernel.Members.First()) is not null ? 0 : steps)
                + (kernel.Members.First().Inputs[1].Shape.Size.Max * 2 / ElementStepsPerNanosecond),
            KernelKind.LinearCrossEntropy => products + (KernelWork.Logits(kernel) * Op.Exp.Info().Cost / ElementStepsPerNanosecond),
            _ => steps,
        };
    }

    /// <summary>Some rows of logits, for all workers together: every row begins at a cache line.</summary>
    public override long WorkspaceBytes(Kernel kernel) => kernel.Kind == KernelKind.LinearCrossEntropy
        ? LogitRows(kernel) * AlignedRow(ElementType.Float32.BytesOf(kernel.Members.First().Inputs[1].Shape[0].Max))
        : 0;

    static long AlignedRow(long bytes) => (bytes + LogitsContract.RowAlignment - 1) / LogitsContract.RowAlignment * LogitsContract.RowAlignment;

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
}
