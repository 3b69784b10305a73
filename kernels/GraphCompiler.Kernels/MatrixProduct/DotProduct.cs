using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

// One worker's part of C where A's rows and B's columns are contiguous and there are few rows: columns are taken
// V.Count at a time, all rows of C pass by, and these few columns of B stay in the caches meanwhile.

/// <summary>The product by dot products along k.</summary>
internal static unsafe class DotProduct
{
    const int WidestVector = LanesContract.Widest;

    /// <summary>
    /// Whether dot products beat rank-one updates: an estimate of both in cycles of a core with 16 lanes and two
    /// multiply-adds a cycle. Rank-one updates compute whole vectors of columns, are slower where a row of C is one
    /// vector, and transpose B first; dot products compute whole vectors of k and add lanes at the end. The sizes are
    /// those of the whole product, so all workers choose the same.
    /// </summary>
    public static bool Pays(int m, int n, int k)
    {
        double strips = (m + 7) / 8;
        double vectors = (n + 15) / 16;
        double lastPanel = vectors % 3 == 1 ? 2.4 : 0;
        double rankOne = k * ((strips * ((vectors * 4) + lastPanel)) + (0.3 * n));
        double dot = (double)m * n * (((k + 15) / 16 * 0.56) + 1.6);
        return dot < rankOne;
    }

    /// <summary>Whether rows of A that do not lie in single precision fit the scratch memory, where dot products read them.</summary>
    public static bool FitsScratch(int m, int k) => (long)m * (k + WidestVector) <= Gemm.ScratchFloats - (DotKernel.Columns * WidestVector);

    /// <summary>Computes the rows and columns of C that are one worker's part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, TB>(
        float* scratch, in TilePart part, int k, in LeftOperand a, void* columnsOfB, nint columnStride, in Output output)
        where V : unmanaged, IVector<V>
        where TB : unmanaged, IElement<TB>
    {
        TB* b = (TB*)columnsOfB;
        float* rowsOfA = a.Elements + (part.RowStart * a.RowStride);
        nint rowStride = a.RowStride;
        if (a.Elements == null)
        {
            rowsOfA = scratch + (DotKernel.Columns * WidestVector);
            rowStride = k + WidestVector;
            Widen(part, k, a, rowsOfA, rowStride);
        }
        for (int column = part.ColumnStart; column < part.ColumnEnd; column += V.Count)
        {
            int columns = int.Min(V.Count, part.ColumnEnd - column);
            for (int row = part.RowStart; row < part.RowEnd; row += DotKernel.Rows)
            {
                int rows = int.Min(DotKernel.Rows, part.RowEnd - row);
                // The first rows bring the columns; the others find them in the caches.
                bool asksAhead = row == part.RowStart;
                for (int c = 0; c < columns; c += DotKernel.Columns)
                {
                    DotKernel.Run<V, TB>(
                        rows, int.Min(DotKernel.Columns, columns - c), k, rowsOfA + ((row - part.RowStart) * rowStride), rowStride,
                        b + ((column + c) * columnStride), columnStride, scratch + c, V.Count, asksAhead);
                }
                output.Finish(scratch, V.Count, row, rows, column, columns);
            }
        }
    }

    /// <summary>Copies a part's rows of A, which may be written up to a vector beyond their end.</summary>
    static void Widen(in TilePart part, int k, in LeftOperand a, float* rows, nint rowStride)
    {
        for (int row = part.RowStart; row < part.RowEnd; row++, rows += rowStride)
        {
            for (int start = 0; start < k; start += TileShape.MaxDepth)
                a.Pack(row, 1, start, int.Min(TileShape.MaxDepth, k - start), rows + start);
        }
    }
}
