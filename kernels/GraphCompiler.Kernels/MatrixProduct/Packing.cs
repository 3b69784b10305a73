using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Packing copies a block of an operand to where the register tiles read it in order, which spares the caches and the
// address translation from large strides. An operand's prologue is computed here, an element at each copy.
//
// B is laid out in panels as wide as a register tile: panel, then k, then the panel's columns; the last vector of the
// last panel may hold arbitrary columns beyond C's. A keeps its direction, so nothing of it is transposed: rows
// MaxDepth floats apart if its rows are contiguous, columns PackedRows floats apart if its columns are.

/// <summary>Copies blocks of A and B to where the register tiles read them.</summary>
internal static unsafe class Packing
{
    /// <summary>How many rows of B before it is packed a row is asked for: memory is far, and rows are far apart in it.</summary>
    const int RowsAhead = 16;

    /// <summary>
    /// Packs <paramref name="columns"/> columns of B from <paramref name="firstColumn"/> and <paramref name="depth"/>
    /// of its rows from <paramref name="firstRow"/> as one panel of <paramref name="vectors"/> vectors.
    /// </summary>
    /// <param name="operand">Where B, a TB, is.</param>
    /// <param name="firstRow">The first k.</param>
    /// <param name="depth">How many k.</param>
    /// <param name="firstColumn">The panel's first column in B.</param>
    /// <param name="columns">Columns of B in the panel, at most vectors * V.Count.</param>
    /// <param name="vectors">The panel's width in vectors.</param>
    /// <param name="panel">depth * vectors * V.Count floats, written whole.</param>
    /// <param name="square">V.Count * V.Count floats to work in.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PanelOfB<V, TB>(
        void* operand, int firstRow, int depth, int firstColumn, int columns, int vectors, float* panel, float* square)
        where V : unmanaged, IVector<V>
        where TB : struct, IGemmOperand
    {
        TB b = Unsafe.AsRef<TB>(operand);
        nint width = vectors * V.Count;
        for (int vector = 0; vector < vectors; vector++)
        {
            int column = firstColumn + (vector * V.Count);
            int count = int.Min(V.Count, firstColumn + columns - column);
            float* destination = panel + (vector * V.Count);
            if (TB.IsRowMajor)
                CopyRows<V, TB>(b, firstRow, depth, column, count, destination, width);
            else
                TransposeColumns<V, TB>(b, firstRow, depth, column, count, destination, width, square);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyRows<V, TB>(TB b, int firstRow, int depth, int column, int count, float* destination, nint width)
        where V : unmanaged, IVector<V>
        where TB : struct, IGemmOperand
    {
        if (count == V.Count)
        {
            for (int k = 0; k < depth; k++, destination += width)
            {
                TB.Fetch(b, firstRow + k + RowsAhead, column);
                V.Store(destination, b.Load<V>(firstRow + k, column));
            }
        }
        else
        {
            for (int k = 0; k < depth; k++, destination += width)
                V.Store(destination, b.LoadPartial<V>(firstRow + k, column, count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void TransposeColumns<V, TB>(
        TB b, int firstRow, int depth, int column, int count, float* destination, nint width, float* square)
        where V : unmanaged, IVector<V>
        where TB : struct, IGemmOperand
    {
        int k = 0;
        for (; k <= depth - V.Count; k += V.Count)
        {
            if (typeof(TB) == typeof(ColumnMajorMatrix) && count == V.Count)
            {
                InPlace.Strides(b, out _, out nint columnStride);
                float* source = InPlace.Element(b, firstRow + k, column);
                // What the next vector of columns will be made of.
                for (int ahead = 0; ahead < V.Count; ahead++)
                    Prefetch.Middle(source + ((V.Count + ahead) * columnStride));
                Transpose.Square<V>(source, columnStride, destination + (k * width), width);
                continue;
            }
            for (int i = 0; i < count; i++)
                V.Store(square + (i * V.Count), b.Load<V>(firstRow + k, column + i));
            Transpose.Square<V>(square, V.Count, destination + (k * width), width);
        }
        if (k < depth)
        {
            for (int i = 0; i < count; i++)
                V.Store(square + (i * V.Count), b.LoadPartial<V>(firstRow + k, column + i, depth - k));
            Transpose.Rows<V>(square, V.Count, depth - k, destination + (k * width), width);
        }
    }

    /// <summary>
    /// Packs <paramref name="rows"/> rows (at most PackedRows) of A from <paramref name="firstRow"/>, k from
    /// <paramref name="firstColumn"/>: element (r, k) goes to [r * RowStrideOfA + k * StepOfA].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowsOfA<V, TA>(
        void* operand, int firstRow, int rows, int firstColumn, int depth, float* packed)
        where V : unmanaged, IVector<V>
        where TA : struct, IGemmOperand
    {
        TA a = Unsafe.AsRef<TA>(operand);
        if (TA.IsRowMajor)
        {
            for (int row = 0; row < rows; row++, packed += TileShape.MaxDepth)
            {
                int k = 0;
                for (; k <= depth - V.Count; k += V.Count)
                    V.Store(packed + k, a.Load<V>(firstRow + row, firstColumn + k));
                if (k < depth)
                    V.Store(packed + k, a.LoadPartial<V>(firstRow + row, firstColumn + k, depth - k));
            }
        }
        else
        {
            for (int k = 0; k < depth; k++, packed += TileShape.PackedRows)
            {
                // What the next call will pack.
                for (int ahead = 0; ahead < TileShape.PackedRows; ahead += 16)
                    TA.Fetch(a, firstRow + TileShape.PackedRows + ahead, firstColumn + k);
                int row = 0;
                for (; row <= rows - V.Count; row += V.Count)
                    V.Store(packed + row, a.Load<V>(firstRow + row, firstColumn + k));
                if (row < rows)
                    V.Store(packed + row, a.LoadPartial<V>(firstRow + row, firstColumn + k, rows - row));
            }
        }
    }

    /// <summary>Floats between neighbours in a column of packed rows of A.</summary>
    public static nint RowStrideOfA(bool isRowMajor) => isRowMajor ? TileShape.MaxDepth : 1;

    /// <summary>Floats between neighbours in a row of packed rows of A.</summary>
    public static nint StepOfA(bool isRowMajor) => isRowMajor ? 1 : TileShape.PackedRows;
}
