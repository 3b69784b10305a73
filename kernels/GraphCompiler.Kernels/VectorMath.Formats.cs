using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Rounding to a narrower format is integer arithmetic on the bits: half a unit of what stays, less one, is added, and one
// more where the last bit that stays is odd, so that ties go to the even number; a carry into the exponent is right as it is.
public static partial class VectorMath
{
    /// <summary>The nearest number of bfloat16 (8 bits of exponent, 7 of mantissa), ties to even; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RoundToBFloat16<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.Select(TVector.Equal(value, value), DropBits(value, 16), TVector.Or(value, TVector.SplatBits(QuietBit)));

    /// <summary>
    /// The nearest number of IEEE 754's binary16, ties to even: below 2^-14 a multiple of 2^-24, from 65520 on infinity. NaN
    /// stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RoundToFloat16<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector magnitude = TVector.Abs(value), half = TVector.Splat(0.5f);
        // The numbers from 1/2 to 1 are multiples of 2^-24.
        TVector subnormal = magnitude + half - half;
        TVector rounded = TVector.Select(TVector.LessThan(magnitude, TVector.Splat(SmallestNormalFloat16)), subnormal, DropBits(magnitude, 13));
        rounded = TVector.Select(TVector.GreaterThan(rounded, TVector.Splat(LargestFloat16)), TVector.Splat(float.PositiveInfinity), rounded);
        rounded = TVector.Or(rounded, TVector.And(value, TVector.Splat(-0f)));
        return TVector.Select(TVector.Equal(value, value), rounded, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector DropBits<TVector>(TVector value, int count)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector lastKept = TVector.And(TVector.ShiftBitsRight(value, count), TVector.SplatBits(1));
        TVector raised = TVector.AddBits(value, TVector.AddBits(lastKept, TVector.SplatBits((1 << (count - 1)) - 1)));
        return TVector.And(raised, TVector.SplatBits(-1 << count));
    }

    /// <summary>
    /// The numbers of binary16 whose bits are the lower 16 of the lanes. Shifted to where single precision has them, they are 2^-112
    /// times the number, subnormal ones too; infinity and NaN, which then look like numbers from 2^16 on, get their exponent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector FromBitsOfFloat16<TVector>(TVector bits)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector magnitude = TVector.ShiftBitsLeft(TVector.And(bits, TVector.SplatBits(0x7FFF)), 13);
        TVector sign = TVector.ShiftBitsLeft(TVector.And(bits, TVector.SplatBits(0x8000)), 16);
        TVector number = magnitude * TVector.SplatBits((127 + 112) << 23);
        TVector special = TVector.And(TVector.GreaterThan(number, TVector.Splat(LargestFloat16)), TVector.Splat(float.PositiveInfinity));
        return TVector.Or(TVector.Or(number, special), sign);
    }

    /// <summary>The bits, in the lower 16 of the lanes, of numbers of binary16; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ToBitsOfFloat16<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector magnitude = TVector.Abs(value), half = TVector.Splat(0.5f);
        // A unit of single precision at 1/2 is the smallest number of binary16, 2^-24.
        TVector subnormal = TVector.SubtractBits(magnitude + half, half);
        TVector normal = TVector.SubtractBits(TVector.ShiftBitsRight(magnitude, 13), TVector.SplatBits(112 << 10));
        TVector bits = TVector.Select(TVector.LessThan(magnitude, TVector.Splat(SmallestNormalFloat16)), subnormal, normal);
        bits = TVector.Select(TVector.LessThanOrEqual(magnitude, TVector.Splat(LargestFloat16)), bits, TVector.SplatBits(0x7C00));
        bits = TVector.Select(TVector.Equal(value, value), bits, TVector.SplatBits(0x7E00));
        return TVector.Or(bits, TVector.ShiftBitsRight(TVector.And(value, TVector.Splat(-0f)), 16));
    }

    /// <summary>The upper bit of the mantissa: with it, what is left of a NaN when lower bits are dropped is one.</summary>
    const int QuietBit = 1 << 22;

    const float SmallestNormalFloat16 = 6.103515625e-5f, LargestFloat16 = 65504;
}
