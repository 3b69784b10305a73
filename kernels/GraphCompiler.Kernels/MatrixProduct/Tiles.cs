using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>Rows [RowStart, RowEnd) and columns [ColumnStart, ColumnEnd) of C.</summary>
internal readonly record struct TilePart(int RowStart, int RowEnd, int ColumnStart, int ColumnEnd);

/// <summary>What all forms of the product do with tiles.</summary>
internal static unsafe class Tiles
{
    /// <summary>
    /// The size of the next tile when <paramref name="left"/> are left: the most, but two tiles of middling size rather
    /// than a full one and a remnant, which would wait for its own additions.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(int left, int most)
        => left <= most ? left : left < 2 * most && left - most < (most + 1) / 2 ? (left + 1) / 2 : most;

    /// <summary>Gives the sums of a strip, whose first one is given, to the epilogue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish<V, TEpilogue>(
        float* strip, nint stride, int row, int rows, int column, int columns, in TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
    {
        TEpilogue local = epilogue;
        int wholeEnd = columns - (columns % V.Count);
        for (int r = 0; r < rows; r++)
        {
            float* sums = strip + (r * stride);
            for (int c = 0; c < wholeEnd; c += V.Count)
                local.Store(row + r, column + c, V.Load(sums + c));
            if (wholeEnd < columns)
                local.StorePartial(row + r, column + wholeEnd, columns - wholeEnd, V.Load(sums + wholeEnd));
        }
    }
}
