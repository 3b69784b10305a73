using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>
/// How an element of a tensor lies in memory. Kernels load lanes of what they compute with, numbers of single
/// precision or masks, and store these: a further type is a further struct, and no kernel's text changes. What is stored is a number of the type already; a kernel rounds
/// before, in the lanes, since what it stores it may also go on with.
/// </summary>
/// <typeparam name="TSelf">The implementing type, as large as an element.</typeparam>
public unsafe interface IElement<TSelf>
    where TSelf : unmanaged, IElement<TSelf>
{
    /// <summary>The number.</summary>
    static abstract implicit operator float(TSelf element);

    /// <summary>The nearest number of the type, ties to even.</summary>
    static abstract explicit operator TSelf(float number);

    /// <summary>
    /// Lanes of what the type holds: of floating-point numbers the nearest, ties to even, of integers the lower bits, as C# converts.
    /// </summary>
    static abstract V Narrow<V>(V value) where V : unmanaged, IVector<V>;

    /// <summary>Reads V.Count consecutive elements; no alignment is required.</summary>
    static abstract V Load<V>(TSelf* source) where V : unmanaged, IVector<V>;

    /// <summary>
    /// Reads the first <paramref name="count"/> elements; the lanes after them are 0, and the memory after them is not touched.
    /// </summary>
    static abstract V LoadPartial<V>(TSelf* source, int count) where V : unmanaged, IVector<V>;

    /// <summary>Writes V.Count consecutive elements, numbers of the type; no alignment is required.</summary>
    static abstract void Store<V>(TSelf* destination, V value) where V : unmanaged, IVector<V>;

    /// <summary>Writes the first <paramref name="count"/> lanes and touches no memory after them.</summary>
    static abstract void StorePartial<V>(TSelf* destination, int count, V value) where V : unmanaged, IVector<V>;
}

/// <summary>What all types of elements have in common.</summary>
internal static unsafe class Elements
{
    const int MostLanes = LanesContract.Widest;

    [InlineArray(MostLanes)]
    struct Lanes<T>
        where T : unmanaged
    {
        T first;
    }

    /// <summary>Reads lane i from <c>source[i * stride]</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V LoadStrided<V, T>(T* source, nint stride)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T> => LoadStridedPartial<V, T>(source, stride, V.Count);

    /// <summary>As above, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V LoadStridedPartial<V, T>(T* source, nint stride, int count)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        Lanes<T> lanes = default;
        T* gathered = (T*)&lanes;
        for (int i = 0; i < int.Min(count, V.Count); i++)
            gathered[i] = source[i * stride];
        return T.Load<V>(gathered);
    }

    /// <summary>Rows in single precision: where they lie, if they are; else copied.</summary>
    /// <typeparam name="V">The width to copy with.</typeparam>
    /// <typeparam name="T">How the rows lie in memory.</typeparam>
    /// <param name="source">The first row.</param>
    /// <param name="stride">Elements from a row to the next; becomes the floats between rows of the result.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="copy">Where a copy may go.</param>
    /// <param name="copyStride">Floats from a row of the copy to the next: the columns, in whole vectors, at least.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* InSinglePrecision<V, T>(T* source, ref nint stride, int rows, int columns, float* copy, nint copyStride)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        if (typeof(T) == typeof(Float32))
            return (float*)source;
        Widen<V, T>(source, stride, rows, columns, copy, copyStride);
        stride = copyStride;
        return copy;
    }

    /// <summary>Copies rows as single precision.</summary>
    /// <typeparam name="V">The width to copy with.</typeparam>
    /// <typeparam name="T">How the rows lie in memory.</typeparam>
    /// <param name="source">The first row.</param>
    /// <param name="stride">Elements from a row to the next.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="destination">Where rows go; up to V.Count - 1 floats after the columns of each are overwritten with 0.</param>
    /// <param name="destinationStride">Floats from a row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen<V, T>(T* source, nint stride, int rows, int columns, float* destination, nint destinationStride)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        for (int row = 0; row < rows; row++, source += stride, destination += destinationStride)
        {
            int column = 0;
            for (; column <= columns - V.Count; column += V.Count)
                V.Store(destination + column, T.Load<V>(source + column));
            if (column < columns)
                V.Store(destination + column, T.LoadPartial<V>(source + column, columns - column));
        }
    }
}
