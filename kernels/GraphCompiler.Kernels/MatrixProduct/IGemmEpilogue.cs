using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// What becomes of the sums of a matrix product. It is called exactly once for every element of C, after its last
/// product was added, while the sums are still in the first-level cache: bias, activation, residual, dropout or a
/// second output fuse here. Coordinates are C's; lanes are consecutive columns. Methods should be marked for aggressive
/// inlining.
/// </summary>
public interface IGemmEpilogue
{
    /// <summary>Takes the sums of columns <paramref name="column"/> to column + V.Count - 1 of a row.</summary>
    void Store<V>(int row, int column, V sum) where V : unmanaged, IVector<V>;

    /// <summary>
    /// Takes the sums of <paramref name="count"/> columns (at least 1, less than V.Count): the row's last ones. The
    /// other lanes are arbitrary and memory beyond these columns must not be touched.
    /// </summary>
    void StorePartial<V>(int row, int column, int count, V sum) where V : unmanaged, IVector<V>;
}

/// <summary>C = product, at elements[row * stride + column].</summary>
/// <param name="elements">Element (0, 0) of C.</param>
/// <param name="stride">Floats from a row of C to the next.</param>
public readonly unsafe struct StoreTo(float* elements, nint stride) : IGemmEpilogue
{
    /// <summary>Element (0, 0) of C.</summary>
    public float* Elements { get; } = elements;

    /// <summary>Floats from a row of C to the next.</summary>
    public nint Stride { get; } = stride;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<V>(int row, int column, V sum) where V : unmanaged, IVector<V>
        => V.Store(Elements + (row * Stride) + column, sum);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StorePartial<V>(int row, int column, int count, V sum) where V : unmanaged, IVector<V>
        => V.StorePartial(Elements + (row * Stride) + column, count, sum);
}

/// <summary>C += product, at elements[row * stride + column].</summary>
/// <param name="elements">Element (0, 0) of C.</param>
/// <param name="stride">Floats from a row of C to the next.</param>
public readonly unsafe struct AddTo(float* elements, nint stride) : IGemmEpilogue
{
    /// <summary>Element (0, 0) of C.</summary>
    public float* Elements { get; } = elements;

    /// <summary>Floats from a row of C to the next.</summary>
    public nint Stride { get; } = stride;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<V>(int row, int column, V sum) where V : unmanaged, IVector<V>
    {
        float* element = Elements + (row * Stride) + column;
        Prefetch.Middle(element + (Prefetch.Rows * Stride));
        V.Store(element, V.Load(element) + sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StorePartial<V>(int row, int column, int count, V sum) where V : unmanaged, IVector<V>
    {
        float* element = Elements + (row * Stride) + column;
        V.StorePartial(element, count, V.LoadPartial(element, count) + sum);
    }
}
