using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>Rows [RowStart, RowEnd) and columns [ColumnStart, ColumnEnd) of C.</summary>
internal readonly record struct TilePart(int RowStart, int RowEnd, int ColumnStart, int ColumnEnd);

/// <summary>What all forms of the product do with tiles.</summary>
internal static class Tiles
{
    /// <summary>
    /// The size of the next tile when <paramref name="left"/> are left: the most, but two tiles of middling size rather
    /// than a full one and a remnant, which would wait for its own additions.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(int left, int most)
        => left <= most ? left : left < 2 * most && left - most < (most + 1) / 2 ? (left + 1) / 2 : most;
}
