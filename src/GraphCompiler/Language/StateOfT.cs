namespace GraphCompiler;

/// <summary>
/// A <see cref="State"/> whose elements are of another type than <see cref="float"/>, and lie in memory and in files as that: counters of steps, masks,
/// statistics of 16 bits.
/// </summary>
/// <typeparam name="T">A type of elements that <see cref="Tensor{T}"/> has.</typeparam>
public sealed class State<T> : UpdatableTensor<T>
    where T : unmanaged
{
    /// <summary>Declares state of the model.</summary>
    /// <param name="shape">Its dimensions, outermost first, all positive; empty for a scalar.</param>
    /// <param name="initializer">
    /// Its first values, one of <see cref="Init"/>, rounded to the type; of integers and truth values the same whole number everywhere. Zeros if left out.
    /// </param>
    public State(int[] shape, Initializer? initializer = null)
        : base(shape, initializer)
    {
    }
}
