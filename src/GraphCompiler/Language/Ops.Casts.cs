namespace GraphCompiler;

// A method of Tensor itself takes x.To<float>(), whose result is a Tensor; these take all other types.
public static partial class Ops
{
    /// <summary>The elements in another type. Gradients pass from floating-point numbers to floating-point numbers, as they are.</summary>
    /// <remarks>
    /// To <see cref="Half"/>, <see cref="BFloat16"/> and <see cref="Float8E5M2"/>: the nearest number, ties to even, beyond the largest infinity;
    /// to <see cref="Float8E4M3"/>, which has no infinity, NaN there. To <see cref="int"/> and <see cref="long"/>: the
    /// integer next to it towards 0; the least or the largest where it is beyond them, and 0 for NaN. To <see cref="short"/>,
    /// <see cref="sbyte"/> and <see cref="byte"/>: the lower bits of what the number is as an <see cref="int"/>. To <see cref="bool"/>: whether it is
    /// not 0; NaN is true. Truth values become 1 and 0. Numbers of less than 32 bits are kept and moved: to compute with them, take
    /// <c>x.To&lt;float&gt;()</c> or <c>x.To&lt;int&gt;()</c>.
    /// </remarks>
    /// <typeparam name="T">
    /// <see cref="double"/>, <see cref="Half"/>, <see cref="BFloat16"/>, <see cref="Float8E4M3"/>, <see cref="Float8E5M2"/>, <see cref="long"/>,
    /// <see cref="int"/>, <see cref="short"/>, <see cref="sbyte"/>, <see cref="byte"/> or <see cref="bool"/>.
    /// </typeparam>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor<T> To<T>(this Tensor x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<double> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<Half> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<BFloat16> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<Float8E4M3> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<Float8E5M2> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<long> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<int> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<bool> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<short> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<sbyte> x)
        where T : unmanaged => throw Symbolic.Executed();

    /// <inheritdoc cref="To{T}(Tensor)"/>
    public static Tensor<T> To<T>(this Tensor<byte> x)
        where T : unmanaged => throw Symbolic.Executed();
}
