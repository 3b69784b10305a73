using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// One worker's part of C where A's rows and B's columns are contiguous and there are few rows: columns are taken V.Count at
// a time, all rows of C pass by, and these few columns of B stay in the caches meanwhile.

/// <summary>The product by dot products along k.</summary>
internal static unsafe class DotProduct
{
    /// <summary>
    /// Whether dot products beat rank-one updates: an estimate of both in vector instructions, for 16 lanes. Rank-one
    /// updates compute whole vectors of columns and transpose B first; dot products compute whole vectors of k and add
    /// lanes at the end. It knows the sizes of the whole product only, so all workers choose the same.
    /// </summary>
    public static bool Pays(int m, int n, int k)
    {
        double rankOne = (m * (double)((n + 15) / 16) * k) + (0.6 * n * k);
        double dot = (m * (double)n * ((k + 15) / 16) * 1.15) + (4.0 * m * n);
        return dot < rankOne;
    }

    /// <summary>Computes the rows and columns of C that are one worker's part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, TEpilogue>(
        float* scratch, in TilePart part, int k, RowMajorMatrix a, ColumnMajorMatrix b, in TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
    {
        for (int column = part.ColumnStart; column < part.ColumnEnd; column += V.Count)
        {
            int columns = int.Min(V.Count, part.ColumnEnd - column);
            for (int row = part.RowStart; row < part.RowEnd; row += DotKernel.Rows)
            {
                int rows = int.Min(DotKernel.Rows, part.RowEnd - row);
                for (int c = 0; c < columns; c += DotKernel.Columns)
                {
                    DotKernel.Run<V>(
                        rows, int.Min(DotKernel.Columns, columns - c), k, a.Elements + (row * a.Stride), a.Stride,
                        b.Elements + ((column + c) * b.Stride), b.Stride, scratch + c, V.Count);
                }
                Tiles.Finish<V, TEpilogue>(scratch, V.Count, row, rows, column, columns, epilogue);
            }
        }
    }
}
