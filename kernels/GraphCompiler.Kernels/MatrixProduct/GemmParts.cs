using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// The loops over blocks and the register tiles are the same for all products. What differs reaches them through these
// structs, by address and function pointer, so that the JIT compiles the loops once for a vector width and for a
// further operand or epilogue only the code that reads or stores elements. The operands and the epilogue pointed to are
// locals of the caller, who outlives the product.

/// <summary>A, as the block loops see it.</summary>
internal readonly unsafe struct LeftOperand
{
    readonly void* operand;
    readonly delegate*<void*, int, int, int, int, float*, void> packRows;

    LeftOperand(
        float* elements, nint rowStride, nint columnStride, bool isRowMajor, void* operand,
        delegate*<void*, int, int, int, int, float*, void> packRows)
    {
        Elements = elements;
        RowStride = rowStride;
        ColumnStride = columnStride;
        IsRowMajor = isRowMajor;
        this.operand = operand;
        this.packRows = packRows;
    }

    /// <summary>Element (0, 0) of a plain matrix; null if elements are computed.</summary>
    public float* Elements { get; }

    /// <summary>Floats from a row of a plain matrix to the next.</summary>
    public nint RowStride { get; }

    /// <summary>Floats from a column of a plain matrix to the next.</summary>
    public nint ColumnStride { get; }

    /// <summary>Whether elements of a row are neighbours.</summary>
    public bool IsRowMajor { get; }

    /// <summary>An operand that stays at its address.</summary>
    public static LeftOperand Of<V, TA>(ref TA a)
        where V : unmanaged, IVector<V>
        where TA : struct, IGemmOperand
    {
        InPlace.Strides(a, out nint rowStride, out nint columnStride);
        return new LeftOperand(
            InPlace.Element(a, 0, 0), rowStride, columnStride, TA.IsRowMajor, Unsafe.AsPointer(ref a),
            &Packing.RowsOfA<V, TA>);
    }

    /// <inheritdoc cref="Packing.RowsOfA{V, TA}"/>
    public void Pack(int firstRow, int rows, int firstColumn, int depth, float* packed)
        => packRows(operand, firstRow, rows, firstColumn, depth, packed);
}

/// <summary>B, as the block loops see it.</summary>
internal readonly unsafe struct RightOperand
{
    readonly void* operand;
    readonly delegate*<void*, int, int, int, int, int, float*, float*, void> packPanel;

    RightOperand(
        float* elements, nint rowStride, nint columnStride, bool isRowMajor, void* operand,
        delegate*<void*, int, int, int, int, int, float*, float*, void> packPanel)
    {
        Elements = elements;
        RowStride = rowStride;
        ColumnStride = columnStride;
        IsRowMajor = isRowMajor;
        this.operand = operand;
        this.packPanel = packPanel;
    }

    /// <summary>Element (0, 0) of a plain matrix; null if elements are computed.</summary>
    public float* Elements { get; }

    /// <summary>Floats from a row of a plain matrix to the next.</summary>
    public nint RowStride { get; }

    /// <summary>Floats from a column of a plain matrix to the next.</summary>
    public nint ColumnStride { get; }

    /// <summary>Whether elements of a row are neighbours.</summary>
    public bool IsRowMajor { get; }

    /// <summary>An operand that stays at its address.</summary>
    public static RightOperand Of<V, TB>(ref TB b)
        where V : unmanaged, IVector<V>
        where TB : struct, IGemmOperand
    {
        InPlace.Strides(b, out nint rowStride, out nint columnStride);
        return new RightOperand(
            InPlace.Element(b, 0, 0), rowStride, columnStride, TB.IsRowMajor, Unsafe.AsPointer(ref b),
            &Packing.PanelOfB<V, TB>);
    }

    /// <inheritdoc cref="Packing.PanelOfB{V, TB}"/>
    public void Pack(int firstRow, int depth, int firstColumn, int columns, int vectors, float* panel, float* square)
        => packPanel(operand, firstRow, depth, firstColumn, columns, vectors, panel, square);
}

/// <summary>The epilogue, as the block loops see it.</summary>
internal readonly unsafe struct Output
{
    readonly void* epilogue;
    readonly delegate*<void*, float*, nint, int, int, int, int, void> finish;

    Output(float* c, nint stride, void* epilogue, delegate*<void*, float*, nint, int, int, int, int, void> finish)
    {
        Elements = c;
        Stride = stride;
        this.epilogue = epilogue;
        this.finish = finish;
    }

    /// <summary>
    /// Element (0, 0) of C if the sums are simply stored there, so that they may as well be built there; else null.
    /// </summary>
    public float* Elements { get; }

    /// <summary>Floats from a row of that C to the next.</summary>
    public nint Stride { get; }

    /// <summary>An epilogue that stays at its address.</summary>
    public static Output Of<V, TEpilogue>(ref TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
    {
        StoreTo c = typeof(TEpilogue) == typeof(StoreTo) ? Unsafe.BitCast<TEpilogue, StoreTo>(epilogue) : default;
        return new Output(c.Elements, c.Stride, Unsafe.AsPointer(ref epilogue), &Finish<V, TEpilogue>);
    }

    /// <summary>An epilogue for a single column of C that is computed as a row.</summary>
    public static Output OfColumn<V, TEpilogue>(ref TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
        => new(null, 0, Unsafe.AsPointer(ref epilogue), &FinishColumn<V, TEpilogue>);

    /// <summary>Gives rows of sums, whose first is at <paramref name="sums"/>, to the epilogue.</summary>
    public void Finish(float* sums, nint stride, int row, int rows, int column, int columns)
        => finish(epilogue, sums, stride, row, rows, column, columns);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Finish<V, TEpilogue>(
        void* epilogueAddress, float* sums, nint stride, int row, int rows, int column, int columns)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
    {
        TEpilogue epilogue = Unsafe.AsRef<TEpilogue>(epilogueAddress);
        int wholeEnd = columns - (columns % V.Count);
        for (int r = 0; r < rows; r++, sums += stride)
        {
            for (int c = 0; c < wholeEnd; c += V.Count)
                epilogue.Store(row + r, column + c, V.Load(sums + c));
            if (wholeEnd < columns)
                epilogue.StorePartial(row + r, column + wholeEnd, columns - wholeEnd, V.Load(sums + wholeEnd));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FinishColumn<V, TEpilogue>(
        void* epilogueAddress, float* sums, nint stride, int row, int rows, int column, int columns)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
    {
        TEpilogue epilogue = Unsafe.AsRef<TEpilogue>(epilogueAddress);
        for (int c = 0; c < columns; c++)
            epilogue.StorePartial(column + c, 0, 1, V.Splat(sums[c]));
    }
}
