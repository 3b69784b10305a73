namespace GraphCompiler;

/// <summary>
/// A symbolic tensor of integers (<c>Tensor&lt;int&gt;</c>: labels, token numbers) or truth values
/// (<c>Tensor&lt;bool&gt;</c>: the result of a comparison). It holds no data and has no gradient.
/// </summary>
/// <typeparam name="T"><see cref="int"/> or <see cref="bool"/>. Integers are exact up to 2²⁴.</typeparam>
public sealed class Tensor<T>
    where T : unmanaged
{
    Tensor() { }

    /// <summary>The shape; its dimensions are compile-time values.</summary>
    public TensorShape Shape => throw Symbolic.Executed();

    /// <summary>The number of axes, a compile-time value; 0 for a scalar.</summary>
    public int Rank => throw Symbolic.Executed();

    /// <summary>The number of elements: the product of the shape.</summary>
    public int Size => throw Symbolic.Executed();

    /// <summary>A part of the tensor, one selector an axis; the axes not mentioned are kept whole.</summary>
    /// <param name="selectors">Ranges keep an axis, indices drop it: <c>tokens[.., 1..]</c>.</param>
    public Tensor<T> this[params TensorIndex[] selectors] => throw Symbolic.Executed("x[...]");

    /// <summary>The same elements, in row-major order, in another shape.</summary>
    /// <param name="shape">The new shape; one dimension may be -1 and is then worked out.</param>
    public Tensor<T> Reshape(params int[] shape) => throw Symbolic.Executed();

    /// <summary>Swaps the last two axes.</summary>
    public Tensor<T> Transpose() => throw Symbolic.Executed();

    /// <summary>Swaps two axes.</summary>
    /// <param name="first">One axis; negative ones count from the last.</param>
    /// <param name="second">The other axis.</param>
    public Tensor<T> Transpose(int first, int second) => throw Symbolic.Executed();

    /// <summary>Reorders the axes.</summary>
    /// <param name="axes">For each axis of the result, the axis it comes from.</param>
    public Tensor<T> Permute(params int[] axes) => throw Symbolic.Executed();

    /// <summary>Every <paramref name="step"/>-th position of one axis.</summary>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="start">The first position.</param>
    /// <param name="length">The number of positions in the result.</param>
    /// <param name="step">The distance of neighbouring positions.</param>
    public Tensor<T> Slice(int axis, int start, int length, int step = 1) => throw Symbolic.Executed();

    /// <summary>Where both are true; of truth values only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<T> operator &(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a & b");

    /// <summary>Where either is true; of truth values only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<T> operator |(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a | b");

    /// <summary>Where it is false; of truth values only.</summary>
    /// <param name="x">Any shape.</param>
    public static Tensor<T> operator !(Tensor<T> x) => throw Symbolic.Executed("!x");
}
