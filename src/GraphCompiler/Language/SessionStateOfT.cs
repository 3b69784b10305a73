namespace GraphCompiler;

/// <summary>
/// A <see cref="SessionState"/> whose elements are of another type than <see cref="float"/>, and lie in memory as that: keys and values of attention in 16
/// bits, tokens that were seen, counters.
/// </summary>
/// <typeparam name="T">A type of elements that <see cref="Tensor{T}"/> has.</typeparam>
public sealed class SessionState<T> : UpdatableTensor<T>
    where T : unmanaged
{
    /// <summary>Declares state of sessions.</summary>
    /// <param name="shape">Its dimensions, outermost first, all positive; empty for a scalar.</param>
    /// <param name="initializer">
    /// Its first values, one of <see cref="Init"/>, rounded to the type; of integers and truth values the same whole number everywhere. Zeros if left out.
    /// </param>
    public SessionState(int[] shape, Initializer? initializer = null)
        : base(shape, initializer)
    {
    }
}
