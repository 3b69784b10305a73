namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>How a kernel computes its product; the host chooses what suits the device when it loads the kernel.</summary>
public interface IProductTemplate
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    int Tile { get; }

    /// <summary>
    /// Computes the tile of this group: of m x k by k x n, for each item of a batch. The depth of each may be cut into slices
    /// (<see cref="DepthSlices"/>); the epilogue then gets each slice's sums as those of an item.
    /// </summary>
    void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue;
}

/// <summary>By <see cref="SmallProduct"/>.</summary>
public readonly struct SmallProductTemplate : IProductTemplate
{
    /// <inheritdoc/>
    public int Tile => SmallProduct.Tile;

    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => SmallProduct.Multiply(m, n, k, left, right, epilogue, slices);
}

/// <summary>By <see cref="MediumProduct"/>.</summary>
public readonly struct MediumProductTemplate : IProductTemplate
{
    /// <inheritdoc/>
    public int Tile => MediumProduct.Tile;

    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => MediumProduct.Multiply(m, n, k, left, right, epilogue, slices);
}

/// <summary>By <see cref="LargeProduct"/>.</summary>
public readonly struct LargeProductTemplate : IProductTemplate
{
    /// <inheritdoc/>
    public int Tile => LargeProduct.Tile;

    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => LargeProduct.Multiply(m, n, k, left, right, epilogue, slices);
}

/// <summary>By <see cref="FewRowsProduct"/>.</summary>
public readonly struct FewRowsProductTemplate : IProductTemplate
{
    /// <inheritdoc/>
    public int Tile => FewRowsProduct.Rows;

    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => FewRowsProduct.Multiply(m, n, k, left, right, epilogue, slices);
}

/// <summary>By <see cref="SmallTensorProduct"/>.</summary>
public readonly struct SmallTensorProductTemplate<TFormat> : IProductTemplate
    where TFormat : struct, ITensorFormat
{
    /// <inheritdoc/>
    public int Tile => SmallTensorProduct.Tile;

    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => SmallTensorProduct.Multiply(default(TFormat), m, n, k, left, right, epilogue, slices);
}

/// <summary>By <see cref="TensorProduct"/>.</summary>
public readonly struct TensorProductTemplate<TFormat> : IProductTemplate
    where TFormat : struct, ITensorFormat
{
    /// <inheritdoc/>
    public int Tile => TensorProduct.Tile;

    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => TensorProduct.Multiply(default(TFormat), m, n, k, left, right, epilogue, slices);
}
