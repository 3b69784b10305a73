using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// How a matrix product reads A or B. Plain matrices are <see cref="RowMajorMatrix"/> and <see
/// cref="ColumnMajorMatrix"/>; any other struct is a prologue: its elements are computed while a block is packed, so
/// they are never stored whole. An element may be asked for several times (blocks are packed again for other parts of
/// C), so reading must be pure. Methods should be marked for aggressive inlining.
/// </summary>
public interface IGemmOperand
{
    /// <summary>
    /// Whether <see cref="Load{V}"/> gives consecutive elements of a row (true) or of a column (false).
    /// </summary>
    static abstract bool IsRowMajor { get; }

    /// <summary>
    /// V.Count consecutive elements from (<paramref name="row"/>, <paramref name="column"/>) on, along the row or the
    /// column.
    /// </summary>
    V Load<V>(int row, int column) where V : unmanaged, IVector<V>;

    /// <summary>
    /// The first <paramref name="count"/> (at least 1, less than V.Count) of these elements; memory beyond them is not
    /// touched and the other lanes are ignored.
    /// </summary>
    V LoadPartial<V>(int row, int column, int count) where V : unmanaged, IVector<V>;
}

/// <summary>A matrix stored by rows: element (row, column) is elements[row * stride + column].</summary>
/// <param name="elements">Element (0, 0).</param>
/// <param name="stride">Floats from a row to the next.</param>
public readonly unsafe struct RowMajorMatrix(float* elements, nint stride) : IGemmOperand
{
    /// <summary>Element (0, 0).</summary>
    public float* Elements { get; } = elements;

    /// <summary>Floats from a row to the next.</summary>
    public nint Stride { get; } = stride;

    /// <inheritdoc/>
    public static bool IsRowMajor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load<V>(int row, int column) where V : unmanaged, IVector<V>
        => V.Load(Elements + (row * Stride) + column);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V LoadPartial<V>(int row, int column, int count) where V : unmanaged, IVector<V>
        => V.LoadPartial(Elements + (row * Stride) + column, count);
}

/// <summary>
/// A matrix stored by columns: element (row, column) is elements[column * stride + row]. A row-major matrix read as its
/// transpose is this.
/// </summary>
/// <param name="elements">Element (0, 0).</param>
/// <param name="stride">Floats from a column to the next.</param>
public readonly unsafe struct ColumnMajorMatrix(float* elements, nint stride) : IGemmOperand
{
    /// <summary>Element (0, 0).</summary>
    public float* Elements { get; } = elements;

    /// <summary>Floats from a column to the next.</summary>
    public nint Stride { get; } = stride;

    /// <inheritdoc/>
    public static bool IsRowMajor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => false;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load<V>(int row, int column) where V : unmanaged, IVector<V>
        => V.Load(Elements + (column * Stride) + row);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V LoadPartial<V>(int row, int column, int count) where V : unmanaged, IVector<V>
        => V.LoadPartial(Elements + (column * Stride) + row, count);
}
