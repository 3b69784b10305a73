namespace GraphCompiler;

/// <summary>
/// The shape of a symbolic tensor. In a graph method its dimensions are compile-time values:
/// <c>x.Shape[0]</c>, <c>x.Shape[^1]</c>, <c>var (batch, width) = x.Shape</c>.
/// </summary>
public readonly struct TensorShape
{
    /// <summary>The number of axes.</summary>
    public int Length => throw Symbolic.Executed();

    /// <summary>The size of one axis.</summary>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public int this[int axis] => throw Symbolic.Executed();

    /// <summary>The size of one axis.</summary>
    /// <param name="axis">The axis, from either end.</param>
    public int this[Index axis] => throw Symbolic.Executed();

    /// <summary>The sizes of consecutive axes.</summary>
    /// <param name="axes">The axes.</param>
    public int[] this[Range axes] => throw Symbolic.Executed();

    /// <summary>Takes apart the shape of a matrix.</summary>
    /// <param name="first">Axis 0.</param>
    /// <param name="second">Axis 1.</param>
    public void Deconstruct(out int first, out int second) => throw Symbolic.Executed();

    /// <summary>Takes apart the shape of a tensor with three axes.</summary>
    /// <param name="first">Axis 0.</param>
    /// <param name="second">Axis 1.</param>
    /// <param name="third">Axis 2.</param>
    public void Deconstruct(out int first, out int second, out int third) => throw Symbolic.Executed();

    /// <summary>Takes apart the shape of a tensor with four axes.</summary>
    /// <param name="first">Axis 0.</param>
    /// <param name="second">Axis 1.</param>
    /// <param name="third">Axis 2.</param>
    /// <param name="fourth">Axis 3.</param>
    public void Deconstruct(out int first, out int second, out int third, out int fourth) => throw Symbolic.Executed();

    /// <summary>The sizes of all axes, outermost first.</summary>
    public int[] ToArray() => throw Symbolic.Executed();

    /// <summary>The sizes of all axes, outermost first: <c>Reshape(y, x.Shape)</c>.</summary>
    /// <param name="shape">The shape.</param>
    public static implicit operator int[](TensorShape shape) => throw Symbolic.Executed(nameof(ToArray));
}
