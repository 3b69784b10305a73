using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>
/// C = epilogue(A * Wᵀ) with A of m x k in single precision and packed weights W of n x k, for a team of workers. Rows of A become
/// integers of 8 bits, in groups (<see cref="ActivationGroups"/>); weights are read packed and unpacked in registers.
/// </summary>
/// <remarks>
/// Sums of products of integers are exact. What a group gives is added in the order of the groups, element by element of C, so
/// a result's bits depend on its row of A and its row of W alone: neither on the width nor on m nor on the number of workers.
/// <para>All workers of a team call it with equal arguments. It holds no barrier. Operands and results must not overlap.</para>
/// </remarks>
public static unsafe class QuantizedProduct
{
    const int Panel = QuantizationContract.Panel;

    /// <summary>Rows of A that are quantised together at most: each panel of weights is read once for them.</summary>
    const int MostRows = 128;

    /// <summary>How much of <see cref="Worker.Scratch"/> a product uses at most.</summary>
    public static int ScratchFloats => MostRows * 1024 * ((QuantizationContract.Group / sizeof(float)) + 2) / QuantizationContract.Group;

    /// <summary>One product, shared by the workers of the team.</summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="TWeights">The format of the weights.</typeparam>
    /// <typeparam name="TA">How A is read; by rows.</typeparam>
    /// <typeparam name="TEpilogue">What becomes of the sums.</typeparam>
    /// <param name="worker">The calling worker; all workers of its team call.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Rows of W and columns of C.</param>
    /// <param name="k">Columns of A and W.</param>
    /// <param name="a">A.</param>
    /// <param name="weights">W, packed.</param>
    /// <param name="epilogue">Takes each element's sum once.</param>
    public static void Multiply<V, TWeights, TA, TEpilogue>(Worker worker, int m, int n, int k, TA a, void* weights, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TWeights : struct, IPackedWeights<TWeights>
        where TA : struct, IGemmOperand
        where TEpilogue : struct, IGemmEpilogue
    {
        // Registers of 256 bits are the widest with the instruction.
        if (AvxVnni.IsSupported && V.Count > Float256.Count)
            Share<Float256, TWeights, TA, TEpilogue>(worker, m, n, k, a, (byte*)weights, epilogue);
        else
            Share<V, TWeights, TA, TEpilogue>(worker, m, n, k, a, (byte*)weights, epilogue);
    }

    /// <summary>A product at just this width.</summary>
    internal static void Share<V, TWeights, TA, TEpilogue>(Worker worker, int m, int n, int k, TA a, byte* weights, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TWeights : struct, IPackedWeights<TWeights>
        where TA : struct, IGemmOperand
        where TEpilogue : struct, IGemmEpilogue
    {
        var grid = WorkerGrid.For(worker.Count, m, n, Panel);
        if (!grid.Part(worker.Index, m, n, Panel, out TilePart part))
            return;
        float* scratch = worker.Scratch(ScratchFloats);
        int rowsAtOnce = int.Clamp(ScratchFloats / int.Max(1, ActivationGroups.FloatsOfRow(k)), 1, MostRows);
        for (int row = part.RowStart; row < part.RowEnd; row += rowsAtOnce)
        {
            int rows = int.Min(rowsAtOnce, part.RowEnd - row);
            var activations = new ActivationGroups(scratch, rows, k);
            for (int r = 0; r < rows; r++)
                activations.Quantize<V, TA>(a, row + r, r, k);
            Panels<V, TWeights, TEpilogue>(activations, row, rows, part, n, weights, epilogue);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Panels<V, TWeights, TEpilogue>(
        ActivationGroups activations, int firstRow, int rows, TilePart part, int n, byte* weights, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TWeights : struct, IPackedWeights<TWeights>
        where TEpilogue : struct, IGemmEpilogue
    {
        nint panelBytes = ((nint)activations.Count * TWeights.GroupBytes) + TWeights.PanelEndBytes;
        float* results = stackalloc float[QuantizedTile.Rows * Panel];
        for (int column = part.ColumnStart; column < part.ColumnEnd; column += Panel)
        {
            byte* panel = weights + (column / Panel * panelBytes);
            int columns = int.Min(Panel, n - column);
            for (int row = 0; row < rows;)
            {
                int height = rows - row >= QuantizedTile.Rows ? QuantizedTile.Rows : 1;
                if (height == 1)
                    QuantizedTile.One<V, TWeights>(activations, row, panel, results);
                else
                    QuantizedTile.Four<V, TWeights>(activations, row, panel, results);
                for (int r = 0; r < height; r++)
                    Finish<V, TEpilogue>(results + (r * Panel), firstRow + row + r, column, columns, epilogue);
                row += height;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Finish<V, TEpilogue>(float* results, int row, int column, int columns, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
    {
        int c = 0;
        for (; c <= columns - V.Count; c += V.Count)
            epilogue.Store(row, column + c, V.Load(results + c));
        if (c < columns)
            epilogue.StorePartial(row, column + c, columns - c, V.Load(results + c));
    }
}
