using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Matrices of other types than single precision are widened while they are packed: register tiles multiply nothing else. Where dot products
// read columns in place, they are widened in registers.

/// <summary>A matrix of any type of elements stored by rows: element (row, column) is elements[row * stride + column].</summary>
/// <typeparam name="T">How an element lies in memory.</typeparam>
/// <param name="elements">Element (0, 0).</param>
/// <param name="stride">Elements from a row to the next.</param>
public readonly unsafe struct RowMajorMatrix<T>(T* elements, nint stride)
    : IGemmOperand, IMatrixRows<RowMajorMatrix<T>>, ITransposable<ColumnMajorMatrix<T>>
    where T : unmanaged, IElement<T>
{
    readonly T* elements = elements;
    readonly nint stride = stride;

    /// <inheritdoc/>
    public static bool IsRowMajor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    public ColumnMajorMatrix<T> Transposed => new(elements, stride);

    /// <inheritdoc/>
    public RowMajorMatrix<T> From(int row) => new(elements + (row * stride), stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load<V>(int row, int column) where V : unmanaged, IVector<V>
        => T.Load<V>(elements + (row * stride) + column);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V LoadPartial<V>(int row, int column, int count) where V : unmanaged, IVector<V>
        => T.LoadPartial<V>(elements + (row * stride) + column, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch<TOperand>(TOperand operand, int row, int column)
        where TOperand : struct, IGemmOperand
    {
        var matrix = Unsafe.BitCast<TOperand, RowMajorMatrix<T>>(operand);
        Prefetch.Middle(matrix.elements + (row * matrix.stride) + column);
    }

    static ColumnsInPlace IGemmOperand.Columns<V, TOperand>(TOperand operand)
    {
        var matrix = Unsafe.BitCast<TOperand, RowMajorMatrix<T>>(operand);
        return matrix.stride == 1 ? ColumnsInPlace.Of<V, T>(matrix.elements, stride: 1) : default;
    }
}

/// <summary>A matrix of any type of elements stored by columns: element (row, column) is elements[column * stride + row].</summary>
/// <typeparam name="T">How an element lies in memory.</typeparam>
/// <param name="elements">Element (0, 0).</param>
/// <param name="stride">Elements from a column to the next.</param>
public readonly unsafe struct ColumnMajorMatrix<T>(T* elements, nint stride) : IGemmOperand, ITransposable<RowMajorMatrix<T>>
    where T : unmanaged, IElement<T>
{
    readonly T* elements = elements;
    readonly nint stride = stride;

    /// <inheritdoc/>
    public static bool IsRowMajor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => false;
    }

    /// <inheritdoc/>
    public RowMajorMatrix<T> Transposed => new(elements, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load<V>(int row, int column) where V : unmanaged, IVector<V>
        => T.Load<V>(elements + (column * stride) + row);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V LoadPartial<V>(int row, int column, int count) where V : unmanaged, IVector<V>
        => T.LoadPartial<V>(elements + (column * stride) + row, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch<TOperand>(TOperand operand, int row, int column)
        where TOperand : struct, IGemmOperand
    {
        var matrix = Unsafe.BitCast<TOperand, ColumnMajorMatrix<T>>(operand);
        Prefetch.Middle(matrix.elements + (column * matrix.stride) + row);
    }

    static ColumnsInPlace IGemmOperand.Columns<V, TOperand>(TOperand operand)
    {
        var matrix = Unsafe.BitCast<TOperand, ColumnMajorMatrix<T>>(operand);
        return ColumnsInPlace.Of<V, T>(matrix.elements, matrix.stride);
    }
}
