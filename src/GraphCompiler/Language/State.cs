namespace GraphCompiler;

/// <summary>
/// A tensor of the model that the optimizer does not change: running statistics, say. It is declared as a field of a
/// model or module; checkpoints hold it under the path of fields to it, like PyTorch's buffers. Training steps update it,
/// inference only reads it: there <see cref="UpdatableTensor.Set"/> and <c>Write</c> leave it as it is. Gradients take it
/// for a constant.
/// </summary>
public sealed class State : UpdatableTensor
{
    /// <summary>Declares state of the model.</summary>
    /// <param name="shape">Its dimensions, outermost first, all positive; empty for a scalar.</param>
    /// <param name="initializer">Its first values, one of <see cref="Init"/>; zeros if left out.</param>
    public State(int[] shape, Initializer? initializer = null)
        : base(shape, initializer)
    {
    }
}
