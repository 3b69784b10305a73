using System.Collections.Generic;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// What fusion and planning must know of the target that a plan is for, and of nothing else: what its kernels work in, what
/// is worth sharing, what is worth storing.
/// </summary>
internal abstract class CostModel
{
    /// <summary>
    /// The most rows or columns of a product for which an operand is rounded while it is read: beyond them it is stored
    /// rounded, which costs a write and saves half of what each tile of the product reads.
    /// </summary>
    public abstract long MostOfRoundingPrologue { get; }

    /// <summary>
    /// Whether products and the loss of a large vocabulary round weights and inputs, which lie in memory in Float32, whenever they read
    /// them, whatever the sizes: no rounded copy of any is stored then.
    /// </summary>
    public abstract bool RoundsWhereItLies { get; }

    /// <summary>Memory of the arena that a kernel works in while it runs, beside its operands and results.</summary>
    public abstract long WorkspaceBytes(Kernel kernel);

    /// <summary>Whether one worker runs a kernel, because the others would not pay for waiting for each other.</summary>
    public abstract bool RunsAlone(Kernel kernel);

    /// <summary>Whether one worker runs a whole program.</summary>
    public abstract bool RunsAlone(IEnumerable<Kernel> program);
}
