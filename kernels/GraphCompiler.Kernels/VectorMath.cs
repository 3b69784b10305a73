using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

// Every function here is one text for all widths, in single precision throughout, and goes the same way: reduce the
// argument to a small interval, evaluate a polynomial or a quotient of two there, put the reduction back. The
// coefficients are minimax fits of relative error (Remez exchange; weighted least squares for quotients), computed with
// 50 digits. There are no branches on the lanes' values but for the arguments beyond a reduction's range, so what a lane
// gives depends on that lane only.

/// <summary>
/// Elementary functions of <see cref="IVector{TSelf}"/> lanes. Errors are given in units in the last place (ulp) of the
/// true result, as measured on hardware with fused multiply-add; without it they are slightly larger.
/// </summary>
public static partial class VectorMath
{
    /// <summary>1 for positive lanes, -1 for negative ones; zeros and NaN stay what they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sign<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector one = TVector.Or(TVector.And(value, TVector.Splat(-0f)), TVector.Splat(1));
        return TVector.Select(TVector.GreaterThan(TVector.Abs(value), TVector.Zero), one, value);
    }

    /// <summary>
    /// value * 2^exponent for hardware that has no instruction for it. From magnitudes of 1/2 on, only the second of the
    /// two steps can leave the normal numbers, so there is one rounding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector ScaleInTwoSteps<TVector>(TVector value, TVector exponent)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector half = TVector.Floor(exponent * TVector.Splat(0.5f));
        return value * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>2^exponent for integers from -126 to 127, by putting the bits where they belong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector PowerOfTwo<TVector>(TVector exponent)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.ShiftBitsLeft(exponent + TVector.Splat(IntegerInLowBits + ExponentBias), MantissaBits);

    /// <summary>What is lost when a * b is rounded to <paramref name="product"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector ErrorOfProduct<TVector>(TVector a, TVector b, TVector product)
        where TVector : unmanaged, IVector<TVector>
    {
        if (Fma.IsSupported || AdvSimd.IsSupported)
            return TVector.FusedMultiplyAdd(a, b, -product);
        // Dekker's product: the factors are cut into halves whose products are exact.
        TVector upperA = UpperHalf(a), upperB = UpperHalf(b);
        TVector lowerA = a - upperA, lowerB = b - upperB;
        return upperA * upperB - product + upperA * lowerB + lowerA * upperB + lowerA * lowerB;
    }

    /// <summary>The lane without the lower 12 bits of its mantissa.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector UpperHalf<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.And(value, TVector.SplatBits(unchecked((int)0xFFFF_F000)));

    const int MantissaBits = 23;
    const float ExponentBias = 127;

    /// <summary>1.5 * 2^23: a small integer added to it appears in the low bits of the sum.</summary>
    const float IntegerInLowBits = 12582912;

    const float SmallestNormal = 1.17549435e-38f;
}
