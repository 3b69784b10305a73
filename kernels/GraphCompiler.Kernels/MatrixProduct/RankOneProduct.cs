using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

// One worker's part of C, after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), with
// the roles of the caches chosen for wide vectors: a block of B (a run of k by some hundred columns) is packed into the
// second-level cache and streamed from there; a strip of A as high as a register tile stays in the first-level cache
// and is read from where it lies, because one element is broadcast at a time.
//
//   for each block of columns                         at most MaxColumns
//     for each block of rows                            all, unless unfinished sums must wait in the scratch
//       for each run of k                                 at most MaxDepth
//         pack B's block
//         for each strip of rows                            one register tile high
//           for each panel of columns                         one register tile wide
//             register tile
//            epilogue on the tile, if that was the last run of k
//
// Tiles continue the sums that earlier runs of k left, so each element is one chain in the order of k, wherever blocks
// begin.

/// <summary>The product by register tiles of rank-one updates: the general case.</summary>
internal unsafe ref struct RankOneProduct<V>
    where V : unmanaged, IVector<V>
{
    /// <summary>B is packed if at least this many rows of C read it, or if it cannot be read in place.</summary>
    const int LeastRowsToPackB = 64;

    /// <summary>Up to this many floats of B stay in the caches, and reading them in place costs nothing.</summary>
    const int MostFloatsInPlace = 24 * 1024;

    /// <summary>Up to this many floats of A in one run of k, its columns are read where they lie.</summary>
    const int MostColumnMajorFloatsInPlace = 160 * 1024;

    /// <summary>
    /// Rows of B that are packed before the next panel's: a few, so that memory is read in long pieces.
    /// </summary>
    const int RowsPackedTogether = 8;

    const int FloatsOfLine = MemoryContract.Alignment / sizeof(float);

    /// <summary>
    /// From this many k on, a tile takes long enough for the next one's part of C to arrive meanwhile.
    /// </summary>
    const int LeastDepthToPrefetch = 100;

    readonly LeftOperand a;
    readonly RightOperand b;
    readonly Output output;
    readonly float* packedA, packedB, sums, square;
    readonly bool packA, packB, keepSums;
    readonly nint rowStride, step;
    int rowStart, rowEnd, columnStart, columnEnd, depthStart, depth;
    bool isFirst, isLast;
    nint sumsStride;

    RankOneProduct(float* scratch, in TilePart part, int k, in LeftOperand a, in RightOperand b, in Output output)
    {
        this.a = a;
        this.b = b;
        this.output = output;
        packedA = scratch;
        packedB = packedA + TileShape.PackedAFloats;
        sums = packedB + TileShape.PackedBFloats;
        square = sums + TileShape.PartialSumFloats;
        keepSums = k > TileShape.MaxDepth;
        packA = a.Elements == null || (!a.IsRowMajor
            && (part.RowEnd - part.RowStart) * (long)int.Min(k, TileShape.MaxDepth) > MostColumnMajorFloatsInPlace);
        packB = b.Elements == null || !b.IsRowMajor || (part.RowEnd - part.RowStart >= LeastRowsToPackB
            && (long)k * (part.ColumnEnd - part.ColumnStart) > MostFloatsInPlace);
        rowStride = packA ? Packing.RowStrideOfA(a.IsRowMajor) : a.RowStride;
        step = packA ? Packing.StepOfA(a.IsRowMajor) : a.ColumnStride;
    }

    /// <summary>Computes the rows and columns of C that are one worker's part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* scratch, in TilePart part, int k, in LeftOperand a, in RightOperand b, in Output output)
    {
        var product = new RankOneProduct<V>(scratch, part, k, a, b, output);
        int runs = int.Max(1, (k + TileShape.MaxDepth - 1) / TileShape.MaxDepth);
        int depth = (k + runs - 1) / runs;
        int columns = ColumnsOfBlock(part.ColumnEnd - part.ColumnStart, depth);
        product.sumsStride = product.KeepsStrips ? columns : TileShape.Vectors * V.Count;
        int rows = product.keepSums
            ? TileShape.PartialSumFloats / (int)product.sumsStride / TileShape.PackedRows * TileShape.PackedRows
            : int.MaxValue;
        for (int column = part.ColumnStart; column < part.ColumnEnd; column += columns)
        {
            product.columnStart = column;
            product.columnEnd = int.Min(part.ColumnEnd, column + columns);
            for (int row = part.RowStart; row < part.RowEnd; row = product.rowEnd)
            {
                product.rowStart = row;
                product.rowEnd = row + int.Min(rows, part.RowEnd - row);
                for (int run = 0; run < runs; run++)
                {
                    product.depthStart = run * depth;
                    product.depth = int.Min(depth, k - (run * depth));
                    product.isFirst = run == 0;
                    product.isLast = run == runs - 1;
                    product.RunBlock();
                }
            }
        }
    }

    /// <summary>As many whole panels as fit the packed block of B and a strip of sums, evenly spread.</summary>
    static int ColumnsOfBlock(int columns, int depth)
    {
        int panel = TileShape.Vectors * V.Count;
        int most = int.Min(TileShape.MaxColumns, TileShape.PackedBFloats / int.Max(depth, 1)) / panel * panel;
        int blocks = (columns + most - 1) / most;
        int even = (columns + blocks - 1) / blocks;
        return (even + panel - 1) / panel * panel;
    }

    /// <summary>One block of columns, one block of rows, one run of k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void RunBlock()
    {
        PackBlockOfB();
        for (int group = rowStart; group < rowEnd; group += TileShape.PackedRows)
        {
            int groupEnd = int.Min(rowEnd, group + TileShape.PackedRows);
            float* rows = packedA;
            if (packA)
                a.Pack(group, groupEnd - group, depthStart, depth, packedA);
            else
                rows = a.Elements + (group * rowStride) + (depthStart * step);
            for (int row = group; row < groupEnd;)
            {
                int height = Tiles.Next(groupEnd - row, TileShape.Rows);
                RunStrip(row, height, rows + ((row - group) * rowStride));
                row += height;
            }
        }
    }

    /// <summary>Packs B's block; if B is read in place, only a last panel that is no whole number of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackBlockOfB()
    {
        if (!packB && (columnEnd - columnStart) % V.Count == 0)
            return;
        int rows = b.IsRowMajor ? RowsPackedTogether : int.Max(depth, 1);
        for (int k = 0; k < depth; k += rows)
        {
            int count = int.Min(rows, depth - k);
            for (int column = columnStart; column < columnEnd;)
            {
                int vectors = PanelVectors(column);
                int width = vectors * V.Count;
                int columns = int.Min(width, columnEnd - column);
                if (packB || columns < width)
                {
                    float* panel = packedB + ((nint)depth * (column - columnStart)) + ((nint)k * width);
                    b.Pack(depthStart + k, count, column, columns, vectors, panel, square);
                }
                column += columns;
            }
        }
    }

    /// <summary>The width of the panel that begins at a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly int PanelVectors(int column)
        => Tiles.Next((columnEnd - column + V.Count - 1) / V.Count, TileShape.Vectors);

    /// <summary>Whether unfinished sums wait in the scratch for the next run of k, a strip beside the other.</summary>
    readonly bool KeepsStrips => keepSums && output.Elements == null;

    /// <summary>
    /// A strip of C: the register tiles of all panels, each followed by the epilogue. What an epilogue stores goes to
    /// memory while the next tile is computed; a whole strip of it at once would wait for memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void RunStrip(int row, int height, float* rows)
    {
        float* strip = keepSums ? sums + ((row - rowStart) * sumsStride) : sums;
        for (int column = columnStart; column < columnEnd;)
        {
            int vectors = PanelVectors(column);
            int width = vectors * V.Count;
            bool isWhole = width <= columnEnd - column;
            bool isStored = isWhole && output.Elements != null;
            float* panel = packedB + ((nint)depth * (column - columnStart));
            nint panelStride = width;
            if (!packB && isWhole)
            {
                panel = b.Elements + (depthStart * b.RowStride) + column;
                panelStride = b.RowStride;
            }
            float* tile = isStored ? output.Elements + (row * output.Stride) + column
                : KeepsStrips ? strip + (column - columnStart) : strip;
            nint tileStride = isStored ? output.Stride : sumsStride;
            if (depth >= LeastDepthToPrefetch && (isStored || KeepsStrips))
                PrefetchTile(tile + width, tileStride, height, width);
            RankOneKernel.Run<V>(
                height, vectors, depth, rows, rowStride, step, panel, panelStride, tile, tileStride, !isFirst);
            if (isLast && !isStored)
                output.Finish(tile, tileStride, row, height, column, int.Min(width, columnEnd - column));
            column += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PrefetchTile(float* tile, nint stride, int height, int width)
    {
        for (int r = 0; r < height; r++, tile += stride)
        {
            for (int c = 0; c < width; c += FloatsOfLine)
                Prefetch.Near(tile + c);
        }
    }
}
