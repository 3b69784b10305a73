using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>How the lines of a matrix lie, which are its rows or its columns.</summary>
public interface IMatrixLines
{
    /// <summary>Whether lines begin at multiples of four numbers, where the last one ends too.</summary>
    bool AreByFours { get; }

    /// <summary>Whether lines begin at multiples of 16 bytes, and their numbers have the format that the product multiplies.</summary>
    bool AreCopied { get; }
}

/// <summary>Lines of any length.</summary>
public readonly struct AnyLines : IMatrixLines
{
    /// <inheritdoc/>
    public bool AreByFours => false;

    /// <inheritdoc/>
    public bool AreCopied => false;
}

/// <summary>Lines that are read four numbers at a time.</summary>
public readonly struct LinesOfFours : IMatrixLines
{
    /// <inheritdoc/>
    public bool AreByFours => true;

    /// <inheritdoc/>
    public bool AreCopied => false;
}

/// <summary>Lines that a product on tensor cores copies as they are; others read them four numbers at a time.</summary>
public readonly struct CopiedLines : IMatrixLines
{
    /// <inheritdoc/>
    public bool AreByFours => true;

    /// <inheritdoc/>
    public bool AreCopied => true;
}

/// <summary>A matrix whose rows lie one after the other.</summary>
/// <typeparam name="TNumbers">The format that its numbers have in memory.</typeparam>
/// <typeparam name="TLines">How the rows lie.</typeparam>
public struct RowMajorMatrix<TNumbers, TLines> : ITensorOperand
    where TNumbers : struct, INumberView
    where TLines : struct, IMatrixLines
{
    /// <summary>Where it lies.</summary>
    public TNumbers Numbers;

    /// <summary>Its first element there, and how far rows lie apart.</summary>
    public int Offset, Line;

    /// <inheritdoc/>
    public readonly bool IsRowMajor => true;

    /// <inheritdoc/>
    public readonly float Load(int item, int row, int column) => Numbers[Offset + row * Line + column];

    /// <inheritdoc/>
    public readonly bool IsVector => default(TLines).AreByFours;

    /// <inheritdoc/>
    public readonly Four LoadFour(int item, int row, int column) => Numbers.LoadFour(Offset + row * Line + column);

    /// <inheritdoc/>
    public readonly bool IsStored => default(TLines).AreCopied;

    /// <inheritdoc/>
    public readonly int Stride => Line;

    /// <inheritdoc/>
    public readonly nuint Address(int item) => Numbers.Address(Offset);
}

/// <summary>A matrix whose columns lie one after the other.</summary>
/// <typeparam name="TNumbers">The format that its numbers have in memory.</typeparam>
/// <typeparam name="TLines">How the columns lie.</typeparam>
public struct ColumnMajorMatrix<TNumbers, TLines> : ITensorOperand
    where TNumbers : struct, INumberView
    where TLines : struct, IMatrixLines
{
    /// <summary>Where it lies.</summary>
    public TNumbers Numbers;

    /// <summary>Its first element there, and how far columns lie apart.</summary>
    public int Offset, Line;

    /// <inheritdoc/>
    public readonly bool IsRowMajor => false;

    /// <inheritdoc/>
    public readonly float Load(int item, int row, int column) => Numbers[Offset + column * Line + row];

    /// <inheritdoc/>
    public readonly bool IsVector => default(TLines).AreByFours;

    /// <inheritdoc/>
    public readonly Four LoadFour(int item, int row, int column) => Numbers.LoadFour(Offset + column * Line + row);

    /// <inheritdoc/>
    public readonly bool IsStored => default(TLines).AreCopied;

    /// <inheritdoc/>
    public readonly int Stride => Line;

    /// <inheritdoc/>
    public readonly nuint Address(int item) => Numbers.Address(Offset);
}

/// <summary>Stores the sums as a matrix, rows one after the other.</summary>
/// <typeparam name="TLines">How the rows lie.</typeparam>
public struct StoreTo<TLines> : IProductEpilogue
    where TLines : struct, IMatrixLines
{
    /// <summary>Where it lies.</summary>
    public ArrayView<float> Values;

    /// <summary>Its first element there, how far rows lie apart, and how far the items of a batch.</summary>
    public int Offset, Stride, ItemStride;

    /// <inheritdoc/>
    public readonly void Store(int item, int row, int column, float sum) => Values[At(item, row, column)] = sum;

    /// <inheritdoc/>
    public readonly bool IsVector => default(TLines).AreByFours;

    /// <inheritdoc/>
    public readonly void StoreFour(int item, int row, int column, Four sums) => Four.Store(Values, At(item, row, column), sums);

    readonly int At(int item, int row, int column) => Offset + item * ItemStride + row * Stride + column;
}

/// <summary>Stores the sums and a number a column that is added to them.</summary>
/// <typeparam name="TLines">How the rows lie, and the bias.</typeparam>
public struct StoreWithBias<TLines> : IProductEpilogue
    where TLines : struct, IMatrixLines
{
    /// <summary>Where the matrix lies, and what is added to its rows.</summary>
    public ArrayView<float> Values, Bias;

    /// <summary>How far rows lie apart.</summary>
    public int Stride;

    /// <inheritdoc/>
    public readonly void Store(int item, int row, int column, float sum) => Values[row * Stride + column] = sum + Bias[column];

    /// <inheritdoc/>
    public readonly bool IsVector => default(TLines).AreByFours;

    /// <inheritdoc/>
    public readonly void StoreFour(int item, int row, int column, Four sums) => Four.Store(Values, row * Stride + column, sums + Four.Load(Bias, column));
}

/// <summary>Hands the sums, times a factor, to another epilogue.</summary>
public struct ScaledBy<TEpilogue> : IProductEpilogue
    where TEpilogue : struct, IProductEpilogue
{
    /// <summary>What takes them.</summary>
    public TEpilogue Epilogue;

    /// <summary>The factor.</summary>
    public float Factor;

    /// <inheritdoc/>
    public readonly void Store(int item, int row, int column, float sum) => Epilogue.Store(item, row, column, sum * Factor);

    /// <inheritdoc/>
    public readonly bool IsVector => Epilogue.IsVector;

    /// <inheritdoc/>
    public readonly void StoreFour(int item, int row, int column, Four sums) => Epilogue.StoreFour(item, row, column, sums * Factor);
}

/// <summary>Adds the sums to a matrix, or stores them where they are the first.</summary>
/// <typeparam name="TLines">How the rows lie.</typeparam>
public struct AddTo<TLines> : IProductEpilogue
    where TLines : struct, IMatrixLines
{
    /// <summary>Where the matrix lies, rows one after the other.</summary>
    public ArrayView<float> Values;

    /// <summary>How far rows lie apart.</summary>
    public int Stride;

    /// <summary>Whether nothing was stored there before.</summary>
    public bool IsFirst;

    /// <inheritdoc/>
    public readonly void Store(int item, int row, int column, float sum)
    {
        int at = row * Stride + column;
        // Not a conditional expression: what nothing was stored to is not to be read.
        if (!IsFirst)
            sum += Values[at];
        Values[at] = sum;
    }

    /// <inheritdoc/>
    public readonly bool IsVector => default(TLines).AreByFours;

    /// <inheritdoc/>
    public readonly void StoreFour(int item, int row, int column, Four sums)
    {
        int at = row * Stride + column;
        if (!IsFirst)
            sums += Four.Load(Values, at);
        Four.Store(Values, at, sums);
    }
}
