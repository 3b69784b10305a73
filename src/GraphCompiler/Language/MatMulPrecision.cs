using GraphCompiler.Contracts;

namespace GraphCompiler;

/// <summary>
/// What the inputs of matrix products and of attention are rounded to, before they are multiplied: the operands of each
/// product of a model (<c>MatMul</c>, <c>Linear</c>), the query, key and value of attention, and in the
/// backward pass the gradients that are multiplied with them. Every product is summed in float32, and everything else stays
/// float32: parameters, activations between products, losses, gradients, the optimizer's state. The gradient of the rounding
/// is taken to be 1. It means the same on every target; on CUDA devices of compute capability 8.0 or more, products of 16-bit
/// numbers run on tensor cores.
/// </summary>
/// <remarks>
/// Rounding is to the nearest number of the format, ties to even. What attention computes inside (its weights), and the
/// gradient of the logits inside the fused loss of a large vocabulary, are not rounded.
/// </remarks>
public enum MatMulPrecision
{
    /// <summary>Nothing is rounded.</summary>
    Float32 = PrecisionContract.Float32,

    /// <summary>8 bits of exponent, as float32 has, and 7 of mantissa: a relative error of 2⁻⁹ a number, and no new overflow. JAX's and PyTorch's bfloat16.</summary>
    BFloat16 = PrecisionContract.BFloat16,

    /// <summary>
    /// 5 bits of exponent and 10 of mantissa, IEEE 754's binary16: a relative error of 2⁻¹² a number from 6.1e-5 to 65504; less
    /// becomes a multiple of 2⁻²⁴, and from 65520 on infinity. Gradients of large models may need <see cref="BFloat16"/>.
    /// </summary>
    Float16 = PrecisionContract.Float16,
}
