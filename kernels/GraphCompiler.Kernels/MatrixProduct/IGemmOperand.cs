using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// How a matrix product reads A or B. Plain matrices are <see cref="RowMajorMatrix"/> and <see
/// cref="ColumnMajorMatrix"/>, and of other types <see cref="RowMajorMatrix{T}"/> and <see cref="ColumnMajorMatrix{T}"/>; any other struct is a prologue: its elements are computed while a block is packed, so
/// they are never stored whole. An element may be asked for several times (blocks are packed again for other parts of
/// C), so reading must be pure. Methods should be marked for aggressive inlining.
/// </summary>
public unsafe interface IGemmOperand
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

    /// <summary>Asks for an element that will be read soon; of what is computed, nothing. Any row and column will do.</summary>
    /// <typeparam name="TOperand">The implementing type.</typeparam>
    /// <param name="operand">The operand.</param>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    static virtual void Fetch<TOperand>(TOperand operand, int row, int column)
        where TOperand : struct, IGemmOperand
    {
    }

    /// <summary>The columns of B where they lie; the default where they are computed, or their elements are not neighbours.</summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="TOperand">The implementing type.</typeparam>
    /// <param name="operand">The operand.</param>
    internal static virtual ColumnsInPlace Columns<V, TOperand>(TOperand operand)
        where V : unmanaged, IVector<V>
        where TOperand : struct, IGemmOperand
        => default;
}

/// <summary>A matrix of which a part of the rows is one of its own.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IMatrixRows<TSelf>
{
    /// <summary>The rows from one on.</summary>
    TSelf From(int row);
}

/// <summary>A matrix that is another where it lies.</summary>
/// <typeparam name="TTransposed">What its transpose is.</typeparam>
public interface ITransposable<TTransposed>
{
    /// <summary>The transpose, in the same memory.</summary>
    TTransposed Transposed { get; }
}

/// <summary>A matrix stored by rows: element (row, column) is elements[row * stride + column].</summary>
/// <param name="elements">Element (0, 0).</param>
/// <param name="stride">Floats from a row to the next.</param>
public readonly unsafe struct RowMajorMatrix(float* elements, nint stride)
    : IGemmOperand, IMatrixRows<RowMajorMatrix>, ITransposable<ColumnMajorMatrix>
{
    /// <summary>Element (0, 0).</summary>
    public float* Elements { get; } = elements;

    /// <summary>Floats from a row to the next.</summary>
    public nint Stride { get; } = stride;

    /// <inheritdoc/>
    public ColumnMajorMatrix Transposed => new(Elements, Stride);

    /// <inheritdoc/>
    public RowMajorMatrix From(int row) => new(Elements + (row * Stride), Stride);

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

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch<TOperand>(TOperand operand, int row, int column)
        where TOperand : struct, IGemmOperand
        => Prefetch.Middle(InPlace.Element(operand, row, column));

    static ColumnsInPlace IGemmOperand.Columns<V, TOperand>(TOperand operand)
    {
        var matrix = Unsafe.BitCast<TOperand, RowMajorMatrix>(operand);
        return matrix.Stride == 1 ? ColumnsInPlace.Of<V, Float32>((Float32*)matrix.Elements, stride: 1) : default;
    }
}

/// <summary>
/// A matrix stored by columns: element (row, column) is elements[column * stride + row]. A row-major matrix read as its
/// transpose is this.
/// </summary>
/// <param name="elements">Element (0, 0).</param>
/// <param name="stride">Floats from a column to the next.</param>
public readonly unsafe struct ColumnMajorMatrix(float* elements, nint stride) : IGemmOperand, ITransposable<RowMajorMatrix>
{
    /// <summary>Element (0, 0).</summary>
    public float* Elements { get; } = elements;

    /// <summary>Floats from a column to the next.</summary>
    public nint Stride { get; } = stride;

    /// <inheritdoc/>
    public RowMajorMatrix Transposed => new(Elements, Stride);

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

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch<TOperand>(TOperand operand, int row, int column)
        where TOperand : struct, IGemmOperand
        => Prefetch.Middle(InPlace.Element(operand, row, column));

    static ColumnsInPlace IGemmOperand.Columns<V, TOperand>(TOperand operand)
    {
        var matrix = Unsafe.BitCast<TOperand, ColumnMajorMatrix>(operand);
        return ColumnsInPlace.Of<V, Float32>((Float32*)matrix.Elements, matrix.Stride);
    }
}
