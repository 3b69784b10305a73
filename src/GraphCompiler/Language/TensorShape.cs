namespace GraphCompiler;

/// <summary>
/// The shape of a symbolic tensor. In a graph method its dimensions are compile-time values:
/// <c>x.Shape[0]</c>, <c>x.Shape[^1]</c>, <c>var (batch, width) = x.Shape</c>. A parameter's shape can also be read when
/// the program runs, because constructors, which may ask for it, run then too.
/// </summary>
public readonly struct TensorShape
{
    readonly int[]? sizes;

    internal TensorShape(int[] sizes) => this.sizes = sizes;

    int[] Sizes => sizes ?? throw Symbolic.Executed(nameof(Tensor.Shape));

    /// <summary>The number of axes.</summary>
    public int Length => Sizes.Length;

    /// <summary>The size of one axis.</summary>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public int this[int axis] => Sizes[axis < 0 ? axis + Length : axis];

    /// <summary>The size of one axis.</summary>
    /// <param name="axis">The axis, from either end.</param>
    public int this[Index axis] => Sizes[axis];

    /// <summary>The sizes of consecutive axes.</summary>
    /// <param name="axes">The axes.</param>
    public int[] this[Range axes] => Sizes[axes];

    /// <summary>Takes apart the shape of a matrix.</summary>
    /// <param name="first">Axis 0.</param>
    /// <param name="second">Axis 1.</param>
    public void Deconstruct(out int first, out int second)
    {
        RequireLength(2);
        (first, second) = (Sizes[0], Sizes[1]);
    }

    /// <summary>Takes apart the shape of a tensor with three axes.</summary>
    /// <param name="first">Axis 0.</param>
    /// <param name="second">Axis 1.</param>
    /// <param name="third">Axis 2.</param>
    public void Deconstruct(out int first, out int second, out int third)
    {
        RequireLength(3);
        (first, second, third) = (Sizes[0], Sizes[1], Sizes[2]);
    }

    /// <summary>Takes apart the shape of a tensor with four axes.</summary>
    /// <param name="first">Axis 0.</param>
    /// <param name="second">Axis 1.</param>
    /// <param name="third">Axis 2.</param>
    /// <param name="fourth">Axis 3.</param>
    public void Deconstruct(out int first, out int second, out int third, out int fourth)
    {
        RequireLength(4);
        (first, second, third, fourth) = (Sizes[0], Sizes[1], Sizes[2], Sizes[3]);
    }

    void RequireLength(int length)
    {
        if (Length != length)
            throw new InvalidOperationException($"The shape [{string.Join(", ", Sizes)}] has {Length} axes, not {length}.");
    }

    /// <summary>The sizes of all axes, outermost first.</summary>
    public int[] ToArray() => [.. Sizes];

    /// <summary>The sizes of all axes, outermost first: <c>Reshape(y, x.Shape)</c>.</summary>
    /// <param name="shape">The shape.</param>
    public static implicit operator int[](TensorShape shape) => shape.ToArray();
}
