using GraphCompiler.Kernels;

namespace GraphCompiler.Runtime;

/// <summary>
/// The forward and backward pass of an objective. A run writes the loss and the gradient of every trainable parameter: it
/// overwrites, it does not add.
/// </summary>
public abstract unsafe class TrainingProgram : CompiledProgram
{
    readonly AlignedMemory gradients;

    /// <summary>Allocates the arena and the gradient block.</summary>
    /// <param name="model">The model whose parameters are trained.</param>
    /// <param name="arenaBytes">The size of the arena as planned, in bytes, gradients not included.</param>
    protected TrainingProgram(GraphModel model, long arenaBytes)
        : base(model, arenaBytes)
    {
        gradients = new AlignedMemory(model.ModelLayout.Trainable.TotalBytes);
    }

    /// <summary>
    /// The gradient block: every trainable parameter's gradient at the parameter's own offset. What lies between parameters is
    /// never read.
    /// </summary>
    public float* Gradients => (float*)gradients.Pointer;

    /// <summary>The objective's value after a run.</summary>
    public virtual float Loss { get; protected set; }

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
