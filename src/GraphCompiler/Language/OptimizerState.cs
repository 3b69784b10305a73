namespace GraphCompiler;

/// <summary>
/// A tensor that an <see cref="Optimizer"/> keeps beside each parameter, as large as the parameter and zero at first: a running mean
/// of gradients, say. It is declared as a field of the optimizer; read in <see cref="Optimizer.Update"/> it is a tensor like
/// another, and <see cref="UpdatableTensor.Set"/> gives it its value for the next update. Checkpoints hold it under the name of the
/// field, or what <see cref="NameAttribute"/> says instead.
/// </summary>
public sealed class OptimizerState : UpdatableTensor
{
    /// <summary>Declares a state of an optimizer.</summary>
    public OptimizerState()
        : base([], null)
    {
    }
}
