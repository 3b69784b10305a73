using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>Copies rows of queries, keys and values to where the register tiles read them in order.</summary>
internal static unsafe class AttentionPacking
{
    /// <summary>
    /// destination[c * destinationStride + r] = factor * source[r * rowStride + c]; rows past the last are zeros, up
    /// to a whole register.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transposed<V, T>(
        T* source, nint rowStride, int rows, int columns, float factor, float* destination, nint destinationStride,
        float* square)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        V scale = V.Splat(factor);
        for (int row = 0; row < rows; row += V.Count, source += V.Count * rowStride, destination += V.Count)
        {
            int count = int.Min(V.Count, rows - row);
            for (int i = count; i < V.Count; i++)
                V.Store(square + (i * V.Count), V.Zero);
            int column = 0;
            for (; column <= columns - V.Count; column += V.Count)
            {
                if (typeof(T) == typeof(Float32) && count == V.Count && factor == 1)
                {
                    Transpose.Square<V>(
                        (float*)source + column, rowStride, destination + (column * destinationStride), destinationStride);
                    continue;
                }
                for (int i = 0; i < count; i++)
                    V.Store(square + (i * V.Count), T.Load<V>(source + (i * rowStride) + column) * scale);
                Transpose.Square<V>(square, V.Count, destination + (column * destinationStride), destinationStride);
            }
            if (column < columns)
            {
                for (int i = 0; i < count; i++)
                {
                    V part = T.LoadPartial<V>(source + (i * rowStride) + column, columns - column);
                    V.Store(square + (i * V.Count), part * scale);
                }
                Transpose.Rows<V>(
                    square, V.Count, columns - column, destination + (column * destinationStride), destinationStride);
            }
        }
    }

    /// <summary>
    /// Copies rows as panels of columns as wide as a register tile: the panel that begins at a column begins at
    /// capacity * column, and its rows follow each other. The last register of a row is filled up with zeros; so are
    /// rows that the mask leaves out, since zero weights times what they hold need not be zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<V, T>(
        T* source, nint rowStride, int rows, int columns, byte* mask, float* destination, int capacity)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        for (int column = 0; column < columns;)
        {
            int vectors = PanelVectors<V>(columns - column);
            float* panel = destination + ((nint)capacity * column);
            for (int vector = 0; vector < vectors; vector++, column += V.Count, panel += V.Count)
            {
                if (columns - column >= V.Count)
                {
                    for (int row = 0; row < rows; row++)
                        V.Store(panel + ((nint)row * vectors * V.Count), T.Load<V>(source + (row * rowStride) + column));
                }
                else
                {
                    for (int row = 0; row < rows; row++)
                    {
                        V part = T.LoadPartial<V>(source + (row * rowStride) + column, columns - column);
                        V.Store(panel + ((nint)row * vectors * V.Count), part);
                    }
                }
            }
        }
        if (mask != null)
            ClearMaskedRows<V>(rows, columns, mask, destination, capacity);
    }

    /// <summary>
    /// strip[r, q] = sum over c of rows[r, c] * packed[c, q], for registers [first, end) of a panel's packed queries:
    /// the scores of a strip of keys.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyStrip<V>(
        int height, int first, int end, int depth, float* rows, nint rowStride, float* packed, float* strip)
        where V : unmanaged, IVector<V>
    {
        while (first < end)
        {
            int vectors = Tiles.Next(end - first, TileShape.Vectors);
            RankOneKernel.Run<V>(
                height, vectors, depth, rows, rowStride, 1, packed + (first * V.Count), AttentionBlocks.PanelWidth,
                strip + (first * V.Count), AttentionBlocks.PanelWidth, false);
            first += vectors;
        }
    }

    /// <summary>Registers of the panel that begins where so many columns are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PanelVectors<V>(int columnsLeft)
        where V : unmanaged, IVector<V>
        => Tiles.Next((columnsLeft + V.Count - 1) / V.Count, TileShape.Vectors);

    static void ClearMaskedRows<V>(int rows, int columns, byte* mask, float* destination, int capacity)
        where V : unmanaged, IVector<V>
    {
        for (int row = 0; row < rows; row++)
        {
            if (mask[row] != 0)
                continue;
            for (int column = 0; column < columns;)
            {
                int width = PanelVectors<V>(columns - column) * V.Count;
                new Span<float>(destination + ((nint)capacity * column) + ((nint)row * width), width).Clear();
                column += width;
            }
        }
    }
}
