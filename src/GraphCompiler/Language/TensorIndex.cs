namespace GraphCompiler;

/// <summary>
/// What a tensor's indexer takes for one axis: a range keeps the axis (<c>x[1..3]</c>, <c>x[.., ^2..]</c>), an index
/// picks one position and drops it (<c>x[0]</c>, <c>x[.., ^1]</c>).
/// </summary>
public readonly struct TensorIndex
{
    /// <summary>Picks one position; the axis is dropped.</summary>
    /// <param name="index">The position; negative ones count from the end, as in NumPy.</param>
    public static implicit operator TensorIndex(int index) => throw Symbolic.Executed("x[index]");

    /// <summary>Picks one position; the axis is dropped.</summary>
    /// <param name="index">The position, from either end.</param>
    public static implicit operator TensorIndex(Index index) => throw Symbolic.Executed("x[index]");

    /// <summary>Keeps a range of positions.</summary>
    /// <param name="range">The positions.</param>
    public static implicit operator TensorIndex(Range range) => throw Symbolic.Executed("x[range]");
}
