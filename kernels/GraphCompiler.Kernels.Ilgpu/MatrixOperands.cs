using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>A matrix whose rows lie one after the other.</summary>
public struct RowMajorMatrix : IProductOperand
{
    /// <summary>Where it lies.</summary>
    public ArrayView<float> Values;

    /// <summary>Its first element there, and how far rows lie apart.</summary>
    public int Offset, Stride;

    /// <inheritdoc/>
    public readonly bool IsRowMajor => true;

    /// <inheritdoc/>
    public readonly float Load(int item, int row, int column) => Values[Offset + row * Stride + column];

    /// <inheritdoc/>
    public readonly bool IsVector => false;

    /// <inheritdoc/>
    public readonly Four LoadFour(int item, int row, int column) => default;
}

/// <summary>A matrix whose columns lie one after the other.</summary>
public struct ColumnMajorMatrix : IProductOperand
{
    /// <summary>Where it lies.</summary>
    public ArrayView<float> Values;

    /// <summary>Its first element there, and how far columns lie apart.</summary>
    public int Offset, Stride;

    /// <inheritdoc/>
    public readonly bool IsRowMajor => false;

    /// <inheritdoc/>
    public readonly float Load(int item, int row, int column) => Values[Offset + column * Stride + row];

    /// <inheritdoc/>
    public readonly bool IsVector => false;

    /// <inheritdoc/>
    public readonly Four LoadFour(int item, int row, int column) => default;
}

/// <summary>A matrix whose rows lie one after the other and begin, as the matrix does, at multiples of four floats, where the last one ends too.</summary>
public struct AlignedRowMajorMatrix : IProductOperand
{
    /// <summary>Where it lies.</summary>
    public ArrayView<float> Values;

    /// <summary>Its first element there, and how far rows lie apart.</summary>
    public int Offset, Stride;

    /// <inheritdoc/>
    public readonly bool IsRowMajor => true;

    /// <inheritdoc/>
    public readonly float Load(int item, int row, int column) => Values[Offset + row * Stride + column];

    /// <inheritdoc/>
    public readonly bool IsVector => true;

    /// <inheritdoc/>
    public readonly Four LoadFour(int item, int row, int column) => Four.Load(Values, Offset + row * Stride + column);
}

/// <summary>A matrix whose columns lie one after the other and begin, as the matrix does, at multiples of four floats, where the last one ends too.</summary>
public struct AlignedColumnMajorMatrix : IProductOperand
{
    /// <summary>Where it lies.</summary>
    public ArrayView<float> Values;

    /// <summary>Its first element there, and how far columns lie apart.</summary>
    public int Offset, Stride;

    /// <inheritdoc/>
    public readonly bool IsRowMajor => false;

    /// <inheritdoc/>
    public readonly float Load(int item, int row, int column) => Values[Offset + column * Stride + row];

    /// <inheritdoc/>
    public readonly bool IsVector => true;

    /// <inheritdoc/>
    public readonly Four LoadFour(int item, int row, int column) => Four.Load(Values, Offset + column * Stride + row);
}

/// <summary>Stores the sums as a matrix, rows one after the other.</summary>
public struct StoreTo : IProductEpilogue
{
    /// <summary>Where it lies.</summary>
    public ArrayView<float> Values;

    /// <summary>Its first element there, how far rows lie apart, and how far the items of a batch.</summary>
    public int Offset, Stride, ItemStride;

    /// <inheritdoc/>
    public readonly void Store(int item, int row, int column, float sum) => Values[Offset + item * ItemStride + row * Stride + column] = sum;
}

/// <summary>Stores the sums and a number a column that is added to them.</summary>
public struct StoreWithBias : IProductEpilogue
{
    /// <summary>Where the matrix lies, and what is added to its rows.</summary>
    public ArrayView<float> Values, Bias;

    /// <summary>How far rows lie apart.</summary>
    public int Stride;

    /// <inheritdoc/>
    public readonly void Store(int item, int row, int column, float sum) => Values[row * Stride + column] = sum + Bias[column];
}

/// <summary>Adds the sums to a matrix, or stores them where they are the first.</summary>
public struct AddTo : IProductEpilogue
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
}
