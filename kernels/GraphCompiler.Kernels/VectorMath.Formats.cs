using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>What a floating-point format can say that has fewer bits of exponent than single precision.</summary>
internal interface INarrowFormat
{
    /// <summary>The bits of the exponent.</summary>
    static abstract int ExponentBits { get; }

    /// <summary>The bits behind the point.</summary>
    static abstract int MantissaBits { get; }

    /// <summary>The largest finite number.</summary>
    static abstract float Largest { get; }

    /// <summary>What is beyond the largest: infinity, or NaN where the format has none.</summary>
    static abstract float Beyond { get; }
}

// Rounding to a narrower format is integer arithmetic on the bits: half a unit of what stays, less one, is added, and one
// more where the last bit that stays is odd, so that ties go to the even number; a carry into the exponent is right as it is.
public static partial class VectorMath
{
    /// <summary>
    /// The nearest number of a format, ties to even: below its smallest normal number a multiple of its smallest, and where the nearest
    /// would be larger than its largest what is beyond. NaN stays NaN. A sum with half as much again as the power of two whose neighbours are
    /// as far apart as the format's is rounded to these.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Narrow<TVector, TFormat>(TVector value)
        where TVector : unmanaged, IVector<TVector>
        where TFormat : INarrowFormat
    {
        TVector magnitude = TVector.Abs(value), power = TVector.And(magnitude, TVector.Splat(float.PositiveInfinity));
        power = TVector.MinBits(TVector.MaxBits(power, TVector.Splat(SmallestNormalOf<TFormat>())), TVector.Splat(2 * TFormat.Largest));
        TVector sameUnit = TVector.AddBits(power, TVector.SplatBits(((MantissaBits - TFormat.MantissaBits) << MantissaBits) + (1 << (MantissaBits - 1))));
        TVector rounded = magnitude + sameUnit - sameUnit;
        rounded = TVector.Select(TVector.GreaterThan(rounded, TVector.Splat(TFormat.Largest)), TVector.Splat(TFormat.Beyond), rounded);
        return TVector.Or(rounded, TVector.And(value, TVector.Splat(-0f)));
    }

    /// <summary>The lanes without so many of their lowest bits, rounded to the nearest, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector DropBits<TVector>(TVector value, int count)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector lastKept = TVector.And(TVector.ShiftBitsRight(value, count), TVector.SplatBits(1));
        TVector raised = TVector.AddBits(value, TVector.AddBits(lastKept, TVector.SplatBits((1 << (count - 1)) - 1)));
        return TVector.And(raised, TVector.SplatBits(-1 << count));
    }

    /// <summary>
    /// The numbers of a format whose bits are the lowest of the lanes. Shifted to where single precision has them, with its exponent, they are
    /// the numbers, but for subnormal ones, which then are half of the smallest normal one more, and half as large; infinity and NaN, which look
    /// like numbers beyond the largest, get their exponent. Nothing on the way is subnormal in single precision: hardware is slow with that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector FromBits<TVector, TFormat>(TVector bits)
        where TVector : unmanaged, IVector<TVector>
        where TFormat : INarrowFormat
    {
        int width = TFormat.ExponentBits + TFormat.MantissaBits;
        TVector magnitude = TVector.ShiftBitsLeft(TVector.And(bits, TVector.SplatBits((1 << width) - 1)), MantissaBits - TFormat.MantissaBits);
        TVector number = TVector.AddBits(magnitude, TVector.SplatBits(ExponentDifference<TFormat>() << MantissaBits));
        float smallest = SmallestNormalOf<TFormat>();
        number = TVector.Select(TVector.LessThan(number, TVector.Splat(smallest)), TVector.FusedMultiplyAdd(number, TVector.Splat(2), TVector.Splat(-smallest)), number);
        number = TVector.Select(
            TVector.GreaterThan(number, TVector.Splat(TFormat.Largest)), TVector.Or(number, TVector.Splat(float.PositiveInfinity)), number);
        return TVector.Or(number, TVector.And(TVector.ShiftBitsLeft(bits, 31 - width), TVector.Splat(-0f)));
    }

    /// <summary>The bits, the lowest of the lanes, of numbers of a format; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector ToBits<TVector, TFormat>(TVector value)
        where TVector : unmanaged, IVector<TVector>
        where TFormat : INarrowFormat
    {
        int width = TFormat.ExponentBits + TFormat.MantissaBits, beyond = float.IsNaN(TFormat.Beyond) ? NaNBits<TFormat>() : (1 << width) - (1 << TFormat.MantissaBits);
        TVector magnitude = TVector.Abs(value), sameUnit = TVector.Splat(OfSmallestsUnit<TFormat>());
        TVector subnormal = TVector.SubtractBits(magnitude + sameUnit, sameUnit);
        TVector normal = TVector.SubtractBits(
            TVector.ShiftBitsRight(magnitude, MantissaBits - TFormat.MantissaBits), TVector.SplatBits(ExponentDifference<TFormat>() << TFormat.MantissaBits));
        TVector bits = TVector.Select(TVector.LessThan(magnitude, TVector.Splat(SmallestNormalOf<TFormat>())), subnormal, normal);
        bits = TVector.MinBits(bits, TVector.SplatBits(beyond));
        bits = TVector.Select(TVector.Equal(value, value), bits, TVector.SplatBits(NaNBits<TFormat>()));
        return TVector.Or(bits, TVector.And(TVector.ShiftBitsRight(value, 31 - width), TVector.SplatBits(1 << width)));
    }

    /// <summary>The number of a format with these bits.</summary>
    internal static float FromBits<TFormat>(int bits)
        where TFormat : INarrowFormat
    {
        int width = TFormat.ExponentBits + TFormat.MantissaBits;
        float number = BitConverter.Int32BitsToSingle((bits & ((1 << width) - 1)) << (MantissaBits - TFormat.MantissaBits)) * PowerOf<TFormat>();
        int special = number > TFormat.Largest ? BitConverter.SingleToInt32Bits(float.PositiveInfinity) : 0;
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(number) | special | ((bits >> width & 1) << 31));
    }

    /// <summary>The bits of the number of a format that is nearest, ties to even.</summary>
    internal static unsafe int ToBits<TFormat>(float value)
        where TFormat : INarrowFormat
    {
        int* lanes = stackalloc int[Float128.Count];
        Float128.Store(lanes, ToBits<Float128, TFormat>(Narrow<Float128, TFormat>(Float128.Splat(value))));
        return *lanes;
    }

    /// <summary>The bits of a quiet NaN: all, where no exponent is infinity's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int NaNBits<TFormat>() where TFormat : INarrowFormat =>
        (1 << (TFormat.ExponentBits + TFormat.MantissaBits)) - (float.IsNaN(TFormat.Beyond) ? 1 : 1 << (TFormat.MantissaBits - 1));

    /// <summary>By how much exponents are larger in single precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int ExponentDifference<TFormat>() where TFormat : INarrowFormat => (int)ExponentBias - ((1 << (TFormat.ExponentBits - 1)) - 1);

    /// <summary>Two to the power of that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float PowerOf<TFormat>() where TFormat : INarrowFormat =>
        BitConverter.Int32BitsToSingle(((int)ExponentBias + ExponentDifference<TFormat>()) << MantissaBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float SmallestNormalOf<TFormat>() where TFormat : INarrowFormat => BitConverter.Int32BitsToSingle((ExponentDifference<TFormat>() + 1) << MantissaBits);

    /// <summary>The power of two from which on single precision has the multiples of the smallest number of a format, and no others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float OfSmallestsUnit<TFormat>() where TFormat : INarrowFormat =>
        BitConverter.Int32BitsToSingle((ExponentDifference<TFormat>() + 1 + MantissaBits - TFormat.MantissaBits) << MantissaBits);

    /// <summary>The upper bit of the mantissa: with it, what is left of a NaN when lower bits are dropped is one.</summary>
    internal const int QuietBit = 1 << 22;
}
