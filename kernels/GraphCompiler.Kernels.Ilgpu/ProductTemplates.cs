namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>How a kernel computes its product; the host chooses what suits the device when it loads the kernel.</summary>
public interface IProductTemplate
{
    /// <summary>Computes the tile of this group: of m x k by k x n, for each item of a batch.</summary>
    void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue;
}

/// <summary>By <see cref="SmallProduct"/>.</summary>
public readonly struct SmallProductTemplate : IProductTemplate
{
    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => SmallProduct.Multiply(m, n, k, left, right, epilogue);
}

/// <summary>By <see cref="MediumProduct"/>.</summary>
public readonly struct MediumProductTemplate : IProductTemplate
{
    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => MediumProduct.Multiply(m, n, k, left, right, epilogue);
}

/// <summary>By <see cref="LargeProduct"/>.</summary>
public readonly struct LargeProductTemplate : IProductTemplate
{
    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => LargeProduct.Multiply(m, n, k, left, right, epilogue);
}

/// <summary>By <see cref="SmallTensorProduct"/>.</summary>
public readonly struct SmallTensorProductTemplate<TFormat> : IProductTemplate
    where TFormat : struct, ITensorFormat
{
    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => SmallTensorProduct.Multiply(default(TFormat), m, n, k, left, right, epilogue);
}

/// <summary>By <see cref="TensorProduct"/>.</summary>
public readonly struct TensorProductTemplate<TFormat> : IProductTemplate
    where TFormat : struct, ITensorFormat
{
    /// <inheritdoc/>
    public void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => TensorProduct.Multiply(default(TFormat), m, n, k, left, right, epilogue);
}
