namespace GraphCompiler;

/// <summary>
/// A symbolic tensor of integers (<c>Tensor&lt;int&gt;</c>: labels, token numbers), of truth values
/// (<c>Tensor&lt;bool&gt;</c>: the result of a comparison), or of floating-point numbers that lie in 64, 16 or 8 bits (<c>Tensor&lt;double&gt;</c>, <c>Tensor&lt;Half&gt;</c>,
/// <c>Tensor&lt;BFloat16&gt;</c>, <c>Tensor&lt;Float8E4M3&gt;</c>, <c>Tensor&lt;Float8E5M2&gt;</c>). It holds no data; through floating-point numbers a gradient
/// passes, integers and truth values have none.
/// </summary>
/// <typeparam name="T">
/// <see cref="long"/>, <see cref="int"/>, <see cref="short"/>, <see cref="sbyte"/>, <see cref="byte"/>, <see cref="bool"/>, <see cref="double"/>,
/// <see cref="Half"/>, <see cref="BFloat16"/>, <see cref="Float8E4M3"/> or <see cref="Float8E5M2"/>.
/// Integers are computed exactly, in 32 bits, or 64 of <see cref="long"/>, that wrap as C#'s do; those that rows, classes or positions are taken by in 64 bits, so
/// that none wraps into range.
/// </typeparam>
public class Tensor<T>
    where T : unmanaged
{
    readonly int[]? sizes;

    private protected Tensor(int[] sizes) => this.sizes = sizes;

    /// <summary>The shape; its dimensions are compile-time values.</summary>
    public TensorShape Shape => sizes is null ? throw Symbolic.Executed() : new(sizes);

    /// <summary>The number of axes, a compile-time value; 0 for a scalar.</summary>
    public int Rank => Shape.Length;

    /// <summary>The number of elements: the product of the shape.</summary>
    public int Size => Shape.ToArray().Aggregate(1, (product, size) => checked(product * size));

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

    /// <summary>Joins the axes from <paramref name="startAxis"/> on into one.</summary>
    /// <param name="startAxis">The first axis to join; 1 keeps the batch.</param>
    public Tensor<T> Flatten(int startAxis = 1) => throw Symbolic.Executed();

    /// <summary>Drops an axis of size 1.</summary>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    public Tensor<T> Squeeze(int axis) => throw Symbolic.Executed();

    /// <summary>Inserts an axis of size 1.</summary>
    /// <param name="axis">Its place in the result; negative ones count from the last.</param>
    public Tensor<T> Unsqueeze(int axis) => throw Symbolic.Executed();

    /// <summary>Repeats axes of size 1, and new leading axes, up to a shape.</summary>
    /// <param name="shape">The new shape.</param>
    public Tensor<T> BroadcastTo(params int[] shape) => throw Symbolic.Executed();

    /// <summary>
    /// The elements as floats: of integers the nearest, exact up to 2²⁴; of truth values 1 and 0. Every other type is given by
    /// <see cref="Ops.To{T}(Tensor)"/>.
    /// </summary>
    /// <typeparam name="TTo">
    /// <see cref="float"/>: the constraint leaves no other type, so that <c>x.To&lt;float&gt;()</c> is a <see cref="Tensor"/> and <c>x.To&lt;Half&gt;()</c>
    /// a <c>Tensor&lt;Half&gt;</c>.
    /// </typeparam>
    public Tensor To<TTo>()
        where TTo : unmanaged, IComparable<float> => throw Symbolic.Executed();

    /// <summary>A constant tensor of an array's elements, of shape [length] as the array.</summary>
    /// <param name="values">The elements, known when the class is compiled.</param>
    public static implicit operator Tensor<T>(T[] values) => throw Symbolic.Executed("constants");

    /// <summary>A constant tensor of an array's elements, of shape [rows, columns] as the array.</summary>
    /// <param name="values">The elements, known when the class is compiled.</param>
    public static implicit operator Tensor<T>(T[,] values) => throw Symbolic.Executed("constants");

    /// <summary>Changes the sign; of integers and doubles only.</summary>
    /// <param name="x">Any shape.</param>
    public static Tensor<T> operator -(Tensor<T> x) => throw Symbolic.Executed("-x");

    /// <summary>Adds elements; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<T> operator +(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a + b");

    /// <summary>Adds elements; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A number; it may be a dimension.</param>
    public static Tensor<T> operator +(Tensor<T> a, int b) => throw Symbolic.Executed("a + b");

    /// <summary>Adds elements; of integers and doubles only.</summary>
    /// <param name="a">A number; it may be a dimension.</param>
    /// <param name="b">Any shape.</param>
    public static Tensor<T> operator +(int a, Tensor<T> b) => throw Symbolic.Executed("a + b");

    /// <summary>Subtracts elements; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<T> operator -(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a - b");

    /// <summary>Subtracts elements; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A number; it may be a dimension.</param>
    public static Tensor<T> operator -(Tensor<T> a, int b) => throw Symbolic.Executed("a - b");

    /// <summary>Subtracts elements; of integers and doubles only.</summary>
    /// <param name="a">A number; it may be a dimension.</param>
    /// <param name="b">Any shape.</param>
    public static Tensor<T> operator -(int a, Tensor<T> b) => throw Symbolic.Executed("a - b");

    /// <summary>Multiplies elements; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<T> operator *(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a * b");

    /// <summary>Multiplies elements; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A number; it may be a dimension.</param>
    public static Tensor<T> operator *(Tensor<T> a, int b) => throw Symbolic.Executed("a * b");

    /// <summary>Multiplies elements; of integers and doubles only.</summary>
    /// <param name="a">A number; it may be a dimension.</param>
    /// <param name="b">Any shape.</param>
    public static Tensor<T> operator *(int a, Tensor<T> b) => throw Symbolic.Executed("a * b");

    /// <summary>Where a is smaller; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator <(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a < b");

    /// <summary>Where a is smaller; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A number; it may be a dimension.</param>
    public static Tensor<bool> operator <(Tensor<T> a, int b) => throw Symbolic.Executed("a < b");

    /// <summary>Where a is larger; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator >(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a > b");

    /// <summary>Where a is larger; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A number; it may be a dimension.</param>
    public static Tensor<bool> operator >(Tensor<T> a, int b) => throw Symbolic.Executed("a > b");

    /// <summary>Where a is smaller or equal; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator <=(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a <= b");

    /// <summary>Where a is smaller or equal; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A number; it may be a dimension.</param>
    public static Tensor<bool> operator <=(Tensor<T> a, int b) => throw Symbolic.Executed("a <= b");

    /// <summary>Where a is larger or equal; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator >=(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a >= b");

    /// <summary>Where a is larger or equal; of integers and doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A number; it may be a dimension.</param>
    public static Tensor<bool> operator >=(Tensor<T> a, int b) => throw Symbolic.Executed("a >= b");

    /// <summary>Adds elements; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<T> operator +(Tensor<T> a, double b) => throw Symbolic.Executed("a + b");

    /// <summary>Adds elements; of doubles only.</summary>
    /// <param name="a">A constant.</param>
    /// <param name="b">Any shape.</param>
    public static Tensor<T> operator +(double a, Tensor<T> b) => throw Symbolic.Executed("a + b");

    /// <summary>Subtracts elements; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<T> operator -(Tensor<T> a, double b) => throw Symbolic.Executed("a - b");

    /// <summary>Subtracts elements; of doubles only.</summary>
    /// <param name="a">A constant.</param>
    /// <param name="b">Any shape.</param>
    public static Tensor<T> operator -(double a, Tensor<T> b) => throw Symbolic.Executed("a - b");

    /// <summary>Multiplies elements; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<T> operator *(Tensor<T> a, double b) => throw Symbolic.Executed("a * b");

    /// <summary>Multiplies elements; of doubles only.</summary>
    /// <param name="a">A constant.</param>
    /// <param name="b">Any shape.</param>
    public static Tensor<T> operator *(double a, Tensor<T> b) => throw Symbolic.Executed("a * b");

    /// <summary>Divides elements; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<T> operator /(Tensor<T> a, Tensor<T> b) => throw Symbolic.Executed("a / b");

    /// <summary>Divides elements; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<T> operator /(Tensor<T> a, double b) => throw Symbolic.Executed("a / b");

    /// <summary>Divides elements; of doubles only.</summary>
    /// <param name="a">A constant.</param>
    /// <param name="b">Any shape.</param>
    public static Tensor<T> operator /(double a, Tensor<T> b) => throw Symbolic.Executed("a / b");

    /// <summary>Where a is smaller; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> operator <(Tensor<T> a, double b) => throw Symbolic.Executed("a < b");

    /// <summary>Where a is larger; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> operator >(Tensor<T> a, double b) => throw Symbolic.Executed("a > b");

    /// <summary>Where a is smaller or equal; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> operator <=(Tensor<T> a, double b) => throw Symbolic.Executed("a <= b");

    /// <summary>Where a is larger or equal; of doubles only.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> operator >=(Tensor<T> a, double b) => throw Symbolic.Executed("a >= b");

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
