namespace GraphCompiler;

/// <summary>
/// A symbolic tensor of 32-bit floats: a value in a graph that the compiler reads at build time. It holds no data.
/// </summary>
/// <remarks>
/// Binary operators broadcast as NumPy does: shapes are aligned at the last axis and axes of size 1 (or missing ones)
/// are repeated. <c>==</c> compares references, which only tests for null; use <see cref="Ops.Equal(Tensor, Tensor)"/>.
/// </remarks>
public class Tensor
{
    readonly int[]? sizes;

    internal Tensor(int[] sizes) => this.sizes = sizes;

    /// <summary>The shape; its dimensions are compile-time values.</summary>
    public TensorShape Shape => sizes is null ? throw Symbolic.Executed() : new(sizes);

    /// <summary>The number of axes, a compile-time value; 0 for a scalar.</summary>
    public int Rank => Shape.Length;

    /// <summary>The number of elements: the product of the shape.</summary>
    public int Size => Shape.ToArray().Aggregate(1, (product, size) => checked(product * size));

    /// <summary>A part of the tensor, one selector an axis; the axes not mentioned are kept whole.</summary>
    /// <param name="selectors">Ranges keep an axis, indices drop it: <c>x[1..3, 0]</c>.</param>
    public Tensor this[params TensorIndex[] selectors] => throw Symbolic.Executed("x[...]");

    /// <summary>A scalar constant, which broadcasts.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Tensor(float value) => throw Symbolic.Executed("constant");

    /// <summary>A scalar constant, rounded to a float.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Tensor(double value) => throw Symbolic.Executed("constant");

    /// <summary>A constant tensor of an array's numbers, of shape [length] as the array.</summary>
    /// <param name="values">The numbers, known when the class is compiled.</param>
    public static implicit operator Tensor(float[] values) => throw Symbolic.Executed("constants");

    /// <summary>A constant tensor of an array's numbers, of shape [rows, columns] as the array.</summary>
    /// <param name="values">The numbers, known when the class is compiled.</param>
    public static implicit operator Tensor(float[,] values) => throw Symbolic.Executed("constants");

    /// <summary>A constant tensor of an array's numbers, of three axes as the array.</summary>
    /// <param name="values">The numbers, known when the class is compiled.</param>
    public static implicit operator Tensor(float[,,] values) => throw Symbolic.Executed("constants");

    /// <summary>A constant tensor of an array's numbers, rounded to floats, of shape [length] as the array.</summary>
    /// <param name="values">The numbers, known when the class is compiled.</param>
    public static implicit operator Tensor(double[] values) => throw Symbolic.Executed("constants");

    /// <summary>A constant tensor of an array's numbers, rounded to floats, of shape [rows, columns] as the array.</summary>
    /// <param name="values">The numbers, known when the class is compiled.</param>
    public static implicit operator Tensor(double[,] values) => throw Symbolic.Executed("constants");

    /// <summary>A constant tensor of an array's numbers, rounded to floats, of three axes as the array.</summary>
    /// <param name="values">The numbers, known when the class is compiled.</param>
    public static implicit operator Tensor(double[,,] values) => throw Symbolic.Executed("constants");

    /// <summary>−x.</summary>
    /// <param name="x">Any shape.</param>
    public static Tensor operator -(Tensor x) => throw Symbolic.Executed("-x");

    /// <summary>x.</summary>
    /// <param name="x">Any shape.</param>
    public static Tensor operator +(Tensor x) => throw Symbolic.Executed("+x");

    /// <summary>a + b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor operator +(Tensor a, Tensor b) => throw Symbolic.Executed("a + b");

    /// <summary>a − b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor operator -(Tensor a, Tensor b) => throw Symbolic.Executed("a - b");

    /// <summary>a · b, element by element.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor operator *(Tensor a, Tensor b) => throw Symbolic.Executed("a * b");

    /// <summary>a / b, element by element.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor operator /(Tensor a, Tensor b) => throw Symbolic.Executed("a / b");

    /// <summary>Where a &lt; b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator <(Tensor a, Tensor b) => throw Symbolic.Executed("a < b");

    /// <summary>Where a &gt; b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator >(Tensor a, Tensor b) => throw Symbolic.Executed("a > b");

    /// <summary>Where a ≤ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator <=(Tensor a, Tensor b) => throw Symbolic.Executed("a <= b");

    /// <summary>Where a ≥ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> operator >=(Tensor a, Tensor b) => throw Symbolic.Executed("a >= b");

    /// <inheritdoc cref="Ops.Sum(Tensor)"/>
    public Tensor Sum() => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Sum(Tensor, int, bool)"/>
    public Tensor Sum(int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Sum(Tensor, int[], bool)"/>
    public Tensor Sum(int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Mean(Tensor)"/>
    public Tensor Mean() => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Mean(Tensor, int, bool)"/>
    public Tensor Mean(int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Mean(Tensor, int[], bool)"/>
    public Tensor Mean(int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Max(Tensor)"/>
    public Tensor Max() => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Max(Tensor, int, bool)"/>
    public Tensor Max(int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Max(Tensor, int[], bool)"/>
    public Tensor Max(int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Min(Tensor)"/>
    public Tensor Min() => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Min(Tensor, int, bool)"/>
    public Tensor Min(int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Min(Tensor, int[], bool)"/>
    public Tensor Min(int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Reshape(Tensor, int[])"/>
    public Tensor Reshape(params int[] shape) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Flatten(Tensor, int)"/>
    public Tensor Flatten(int startAxis = 1) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Squeeze(Tensor, int)"/>
    public Tensor Squeeze(int axis) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Unsqueeze(Tensor, int)"/>
    public Tensor Unsqueeze(int axis) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Transpose(Tensor)"/>
    public Tensor Transpose() => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Transpose(Tensor, int, int)"/>
    public Tensor Transpose(int first, int second) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Permute(Tensor, int[])"/>
    public Tensor Permute(params int[] axes) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.BroadcastTo(Tensor, int[])"/>
    public Tensor BroadcastTo(params int[] shape) => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.Slice(Tensor, int, int, int, int)"/>
    public Tensor Slice(int axis, int start, int length, int step = 1) => throw Symbolic.Executed();

    /// <inheritdoc cref="Tensor{T}.To{TTo}"/>
    public Tensor To<T>()
        where T : unmanaged, IComparable<float> => throw Symbolic.Executed();

    /// <inheritdoc cref="Ops.MatMul(Tensor, Tensor)"/>
    public Tensor MatMul(Tensor other) => throw Symbolic.Executed();
}
