using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// The single-precision matrix product C = epilogue(A * B), with A of m x k, B of k x n and C of m x n, for a team of
/// workers. Operands may be plain matrices of either storage order or computed while they are packed; the epilogue
/// takes the finished sums and stores what it likes.
/// </summary>
/// <remarks>
/// <para>All workers of a team call it with equal arguments. It holds no barrier: the caller must have one before, if
/// operands were just written, and one after, if the result is read next. Operands and results must not overlap.</para>
/// <para>Every element's sum is one chain of fused multiply-adds in the order of k or, for some products with few rows
/// or columns, V.Count chains that are added in a fixed order. Which of them depends on m, n, k and the kinds of the
/// operands only: the bits of the result do not depend on the number of workers. Zeros are multiplied like any number,
/// so NaN and infinities propagate.</para>
/// </remarks>
public static unsafe class Gemm
{
    /// <summary>
    /// How much of <see cref="Worker.Scratch"/> a product uses at most, whatever its sizes. Reserve it with
    /// <see cref="WorkerTeam.ReserveScratch"/> before the first product; nothing else is needed.
    /// </summary>
    public static int ScratchFloats =>
        TileShape.PackedAFloats + TileShape.PackedBFloats + TileShape.PartialSumFloats + (16 * 16);

    /// <summary>One product, shared by the workers of the team.</summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="TA">How A is read.</typeparam>
    /// <typeparam name="TB">How B is read.</typeparam>
    /// <typeparam name="TEpilogue">What becomes of the sums.</typeparam>
    /// <param name="worker">The calling worker; all workers of its team call.</param>
    /// <param name="m">Rows of A and C; 0 or more.</param>
    /// <param name="n">Columns of B and C; 0 or more.</param>
    /// <param name="k">Columns of A and rows of B; with 0 all sums are 0.</param>
    /// <param name="a">A, m x k.</param>
    /// <param name="b">B, k x n.</param>
    /// <param name="epilogue">Takes each element's sum once.</param>
    public static void Multiply<V, TA, TB, TEpilogue>(
        Worker worker, int m, int n, int k, TA a, TB b, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TA : struct, IGemmOperand
        where TB : struct, IGemmOperand
        where TEpilogue : struct, IGemmEpilogue
    {
        var grid = WorkerGrid.For(worker.Count, m, n, V.Count);
        if (grid.Part(worker.Index, m, n, V.Count, out TilePart part))
            MultiplyPart<V, TA, TB, TEpilogue>(worker, part, m, n, k, a, b, epilogue);
    }

    /// <summary>Products of equal sizes, shared by the workers of the team.</summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="TA">How A is read.</typeparam>
    /// <typeparam name="TB">How B is read.</typeparam>
    /// <typeparam name="TEpilogue">What becomes of the sums.</typeparam>
    /// <typeparam name="TBatch">Where each item's operands and result lie.</typeparam>
    /// <param name="worker">The calling worker; all workers of its team call.</param>
    /// <param name="count">How many products.</param>
    /// <param name="m">Rows of each A and C.</param>
    /// <param name="n">Columns of each B and C.</param>
    /// <param name="k">Columns of each A and rows of each B.</param>
    /// <param name="batch">Gives operands and epilogue of each item.</param>
    public static void MultiplyBatched<V, TA, TB, TEpilogue, TBatch>(
        Worker worker, int count, int m, int n, int k, TBatch batch)
        where V : unmanaged, IVector<V>
        where TA : struct, IGemmOperand
        where TB : struct, IGemmOperand
        where TEpilogue : struct, IGemmEpilogue
        where TBatch : struct, IGemmBatch<TA, TB, TEpilogue>
    {
        var grid = WorkerGrid.For(PartsOfItem(worker.Count, count), m, n, V.Count);
        worker.Share(count * grid.Parts, 1, out int start, out int end);
        for (int unit = start; unit < end; unit++)
        {
            int item = unit / grid.Parts;
            if (grid.Part(unit - (item * grid.Parts), m, n, V.Count, out TilePart part))
            {
                MultiplyPart<V, TA, TB, TEpilogue>(
                    worker, part, m, n, k, batch.A(item), batch.B(item), batch.Epilogue(item));
            }
        }
    }

    /// <summary>Into how many parts to cut each item, so that all workers get about the same.</summary>
    static int PartsOfItem(int workers, int items)
    {
        if (items == 0)
            return 1;
        int parts = 1;
        while (parts < workers)
        {
            long units = (long)items * parts;
            long largestShare = (units + workers - 1) / workers;
            // At most a tenth of the time is spent waiting for whoever has one unit more.
            if (largestShare * workers * 10 <= units * 11)
                break;
            parts++;
        }
        return parts;
    }

    static void MultiplyPart<V, TA, TB, TEpilogue>(
        Worker worker, in TilePart part, int m, int n, int k, TA a, TB b, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TA : struct, IGemmOperand
        where TB : struct, IGemmOperand
        where TEpilogue : struct, IGemmEpilogue
    {
        float* scratch = worker.Scratch(ScratchFloats);
        if (n == 1 && typeof(TA) == typeof(ColumnMajorMatrix) && InPlace.Is<TB>())
        {
            MultiplyByVector<V, TB, TEpilogue>(scratch, part, k, Unsafe.BitCast<TA, ColumnMajorMatrix>(a), b, epilogue);
            return;
        }
        LeftOperand left = LeftOperand.Of<V, TA>(ref a);
        RightOperand right = RightOperand.Of<V, TB>(ref b);
        Output output = Output.Of<V, TEpilogue>(ref epilogue);
        var columns = TB.IsRowMajor && n != 1 ? default : TB.Columns<V, TB>(b);
        bool alongK = columns.Exist && TA.IsRowMajor && (typeof(TA) == typeof(RowMajorMatrix) || DotProduct.FitsScratch(m, k));
        if (alongK && DotProduct.Pays(m, n, k))
            columns.Multiply(scratch, part, k, left, output);
        else
            RankOneProduct<V>.Run(scratch, part, k, left, right, output);
    }

    /// <summary>
    /// A column-major matrix times a column, turned into a row times a row-major matrix to fill the lanes.
    /// </summary>
    static void MultiplyByVector<V, TB, TEpilogue>(
        float* scratch, in TilePart part, int k, ColumnMajorMatrix a, TB b, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TB : struct, IGemmOperand
        where TEpilogue : struct, IGemmEpilogue
    {
        InPlace.Strides(b, out nint rowStride, out _);
        var row = new ColumnMajorMatrix(InPlace.Element(b, 0, 0), rowStride);
        var matrix = new RowMajorMatrix(a.Elements, a.Stride);
        RankOneProduct<V>.Run(
            scratch, new TilePart(0, 1, part.RowStart, part.RowEnd), k, LeftOperand.Of<V, ColumnMajorMatrix>(ref row),
            RightOperand.Of<V, RowMajorMatrix>(ref matrix), Output.OfColumn<V, TEpilogue>(ref epilogue));
    }
}
