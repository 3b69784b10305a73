using System.Collections.Generic;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// A device: every launch has all of it, and follows the one before. What its kernels work in is one block behind the arena,
/// which <see cref="DeviceProgramEmitter"/> sizes for the most demanding launch.
/// </summary>
internal sealed class DeviceCostModel : CostModel
{
    public static DeviceCostModel Instance { get; } = new();

    /// <summary>Two of the largest tiles of a product; tensor cores take what is stored as it lies.</summary>
    public override long MostOfRoundingPrologue => 2 * ProductContract.LargeTile;

    public override bool RoundsWhereItLies => false;

    public override long WorkspaceBytes(Kernel kernel) => 0;

    public override bool RunsAlone(Kernel kernel) => false;

    public override bool RunsAlone(IEnumerable<Kernel> program) => false;
}
