namespace GraphCompiler;

/// <summary>
/// A tensor of the model whose elements are of another type than <see cref="float"/>, and lie in memory and in files as that: tables of integers,
/// masks, weights of 16 or 8 bits. It is declared, named, loaded and saved as <see cref="Parameter"/> is. Training leaves it as it is: integers and
/// truth values have no gradient, and floating-point numbers must be <see cref="FrozenAttribute">frozen</see> in a class that is trained.
/// </summary>
/// <typeparam name="T">A type of elements that <see cref="Tensor{T}"/> has.</typeparam>
public sealed class Parameter<T> : Tensor<T>
    where T : unmanaged
{
    /// <summary>Declares a parameter.</summary>
    /// <param name="shape">Its dimensions, outermost first, all positive; empty for a scalar.</param>
    /// <param name="initializer">
    /// Its first values, one of <see cref="Init"/>, rounded to the type; of integers and truth values the same whole number everywhere. Zeros if left out.
    /// </param>
    public Parameter(int[] shape, Initializer? initializer = null)
        : base([.. shape ?? throw new ArgumentNullException(nameof(shape))]) => _ = initializer;
}
