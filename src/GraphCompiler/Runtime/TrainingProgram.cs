using System.Runtime.InteropServices;
using GraphCompiler.Kernels;

namespace GraphCompiler.Runtime;

/// <summary>
/// The forward and backward pass of an objective. A run writes the loss and the gradient of every trainable parameter: it
/// overwrites, it does not add.
/// </summary>
public abstract unsafe class TrainingProgram : CompiledProgram
{
    readonly AlignedMemory gradients;
    readonly float[] lossScale = GC.AllocateArray<float>(1, pinned: true);

    /// <summary>Allocates the arena and the gradient block.</summary>
    /// <param name="model">The model whose parameters are trained.</param>
    /// <param name="arenaBytes">The size of the arena as planned, in bytes, gradients not included.</param>
    protected TrainingProgram(GraphModel model, long arenaBytes)
        : base(model, arenaBytes)
    {
        gradients = new AlignedMemory(model.ModelLayout.Trainable.TotalBytes);
    }

    /// <summary>
    /// The gradient block: every trainable parameter's gradient at its place in <see cref="ModelLayout.Trainable"/>. What lies between
    /// is never read.
    /// </summary>
    public float* Gradients => (float*)gradients.Pointer;

    /// <summary>Whether the gradients are those of a multiple of the objective, which is itself computed as it is.</summary>
    public virtual bool ScalesLoss => false;

    /// <summary>The number that the gradient of the objective begins with, where <see cref="ScalesLoss"/> says so.</summary>
    protected float* LossScale => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(lossScale, 0);

    /// <summary>The objective's value after a run.</summary>
    public virtual float Loss { get; protected set; }

    /// <summary>Sets the number that the gradient of the objective begins with.</summary>
    internal void ScaleLossBy(float scale) => lossScale[0] = scale;

    /// <summary>
    /// Says, between a run and what follows it, that the objective's value will be asked for; where the program runs elsewhere, it can
    /// then come back before the rest of the step is done.
    /// </summary>
    internal virtual void QueueLoss()
    {
    }

    /// <summary>Brings <see cref="Gradients"/> up to date, where the program ran elsewhere.</summary>
    internal virtual void FetchGradients()
    {
    }

    /// <summary>The optimizer where the program runs; null if that is here.</summary>
    internal virtual IRemoteUpdate? CreateUpdate(TrainingState state) => null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        gradients.Dispose();
        base.Dispose(disposing);
    }
}
