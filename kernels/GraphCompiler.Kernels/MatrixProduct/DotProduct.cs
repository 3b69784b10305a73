using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// One worker's part of C where A's rows and B's columns are contiguous and there are few rows: columns are taken
// V.Count at a time, all rows of C pass by, and these few columns of B stay in the caches meanwhile.

/// <summary>The product by dot products along k.</summary>
internal static unsafe class DotProduct
{
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

    /// <summary>Computes the rows and columns of C that are one worker's part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V>(
        float* scratch, in TilePart part, int k, in LeftOperand a, in RightOperand b, in Output output)
        where V : unmanaged, IVector<V>
    {
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
                    DotKernel.Run<V>(
                        rows, int.Min(DotKernel.Columns, columns - c), k, a.Elements + (row * a.RowStride), a.RowStride,
                        b.Elements + ((column + c) * b.ColumnStride), b.ColumnStride, scratch + c, V.Count, asksAhead);
                }
                output.Finish(scratch, V.Count, row, rows, column, columns);
            }
        }
    }
}
