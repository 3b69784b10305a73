using GraphCompiler.Contracts;

namespace GraphCompiler;

/// <summary>
/// What a model's activations and their gradients are kept in, in training and inference. Where one of 16 bits goes through memory it takes
/// 2 bytes: it is rounded where it is computed, to the nearest number, ties to even, and everything reads the rounded number. Matrix
/// products and attention multiply numbers of the same format (<see cref="MatMulPrecision"/> has the rules) and sum in float32.
/// </summary>
/// <remarks>
/// Everything is computed in float32, and this is kept in float32 too: parameters and their gradients, the optimizer's state, states of the
/// model and of sessions, inputs and results, sums, means and norms, losses. The gradient of the rounding is taken to be 1. It means the
/// same on every target.
/// </remarks>
public enum Precision
{
    /// <summary>Nothing is rounded.</summary>
    Float32 = PrecisionContract.Float32,

    /// <summary>8 bits of exponent, as float32 has, and 7 of mantissa: a relative error of 2⁻⁹ a number, and no new overflow.</summary>
    BFloat16 = PrecisionContract.BFloat16,

    /// <summary>
    /// 5 bits of exponent and 10 of mantissa, IEEE 754's binary16: a relative error of 2⁻¹² a number from 6.1e-5 to 65504; less
    /// becomes a multiple of 2⁻²⁴, and from 65520 on infinity. Trainers scale the loss (<see cref="LossScaling"/>).
    /// </summary>
    Float16 = PrecisionContract.Float16,
}
