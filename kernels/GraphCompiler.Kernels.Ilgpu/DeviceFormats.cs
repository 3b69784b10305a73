using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// By bits alone, as the CPU's vectors do it: half a unit of what stays, less one, is added, and one more where the last bit
// that stays is odd. Conversions of numbers that have been rounded are exact.

/// <summary>The narrower formats of floating-point numbers, which lie in memory as 16 or 8 bits.</summary>
public static class DeviceFormats
{
    const float LargestFloat16 = 65504f;
    const uint Infinity = 0x7F80_0000u, NaN = 0x7FC0_0000u, Sign = 0x8000_0000u;

    /// <summary>The nearest number of bfloat16, ties to even; NaN stays NaN.</summary>
    public static float RoundToBFloat16(float value)
    {
        uint bits = Interop.FloatAsInt(value), rounded = DropBits(bits, 16), nan = (bits & Sign) | NaN;
        return Interop.IntAsFloat((bits & ~Sign) > Infinity ? nan : rounded);
    }

    /// <summary>The nearest number of binary16, ties to even: below 2^-14 a multiple of 2^-24, from 65520 on infinity. NaN stays NaN.</summary>
    public static float RoundToFloat16(float value) => Round(value, 5, 10, LargestFloat16, Infinity);

    /// <summary>
    /// The nearest number of a format, ties to even: below its smallest normal number a multiple of its smallest, and where the nearest
    /// would be larger than its largest what is beyond. NaN stays NaN.
    /// </summary>
    /// <param name="value">The number.</param>
    /// <param name="exponentBits">The format's bits of exponent.</param>
    /// <param name="mantissaBits">Its bits of mantissa.</param>
    /// <param name="largest">Its largest finite number.</param>
    /// <param name="beyond">The bits of infinity in single precision, or of NaN where the format has no infinity.</param>
    public static float Round(float value, int exponentBits, int mantissaBits, float largest, uint beyond)
    {
        uint bits = Interop.FloatAsInt(value), magnitude = bits & ~Sign;
        // From this power of two on, single precision has the multiples of the format's smallest number.
        float sameUnit = PowerOfTwo(Difference(exponentBits) + 24 - mantissaBits);
        float subnormal = Interop.IntAsFloat(magnitude) + sameUnit - sameUnit;
        uint rounded = DropBits(magnitude, 23 - mantissaBits);
        rounded = Interop.IntAsFloat(rounded) > largest ? beyond : rounded;
        rounded = Interop.IntAsFloat(magnitude) < PowerOfTwo(Difference(exponentBits) + 1) ? Interop.FloatAsInt(subnormal) : rounded;
        rounded = magnitude > Infinity ? NaN : rounded;
        return Interop.IntAsFloat(rounded | (bits & Sign));
    }

    /// <summary>The number of a format with these bits, which are shifted to where single precision has them; what then is beyond the largest is none.</summary>
    public static float FromBits(uint bits, int exponentBits, int mantissaBits, float largest)
    {
        int width = exponentBits + mantissaBits;
        uint magnitude = bits & ((1u << width) - 1u);
        uint subnormal = Interop.FloatAsInt((int)magnitude * PowerOfTwo(Difference(exponentBits) + 1 - mantissaBits));
        uint value = (magnitude << (23 - mantissaBits)) + ((uint)Difference(exponentBits) << 23);
        value = magnitude < 1u << mantissaBits ? subnormal : value;
        value = Interop.IntAsFloat(value) > largest ? value | Infinity : value;
        return Interop.IntAsFloat(value | (bits >> width & 1u) << 31);
    }

    /// <summary>The bits of a number of a format, which has these for NaN.</summary>
    public static uint ToBits(float rounded, int exponentBits, int mantissaBits, float largest, uint nan)
    {
        int width = exponentBits + mantissaBits;
        uint bits = Interop.FloatAsInt(rounded), magnitude = bits & ~Sign;
        uint normal = (magnitude - ((uint)Difference(exponentBits) << 23)) >> (23 - mantissaBits);
        // The inverse of the smallest number.
        uint subnormal = (uint)(int)(Interop.IntAsFloat(magnitude) * PowerOfTwo(253 - Difference(exponentBits) + mantissaBits));
        uint value = Interop.IntAsFloat(magnitude) < PowerOfTwo(Difference(exponentBits) + 1) ? subnormal : normal;
        value = Interop.IntAsFloat(magnitude) > largest ? (1u << width) - (1u << mantissaBits) : value;
        value = magnitude > Infinity ? nan : value;
        return (bits >> 31 << width) | value;
    }

    /// <summary>By how much the exponents in bits are larger in single precision.</summary>
    static int Difference(int exponentBits) => 128 - (1 << (exponentBits - 1));

    static float PowerOfTwo(int biasedExponent) => Interop.IntAsFloat((uint)biasedExponent << 23);

    /// <summary>The bits of a number of bfloat16.</summary>
    public static ushort ToBFloat16(float rounded) => (ushort)(Interop.FloatAsInt(rounded) >> 16);

    /// <summary>The number of bfloat16 with these bits.</summary>
    public static float FromBFloat16(ushort bits) => Interop.IntAsFloat((uint)bits << 16);

    /// <summary>The bits of a number of binary16.</summary>
    public static ushort ToFloat16(float rounded) => (ushort)ToBits(rounded, 5, 10, LargestFloat16, 0x7E00u);

    /// <summary>The number of binary16 with these bits.</summary>
    public static float FromFloat16(ushort bits) => FromBits(bits, 5, 10, LargestFloat16);

    static uint DropBits(uint bits, int count) => (bits + ((bits >> count) & 1u) + ((1u << (count - 1)) - 1u)) & (uint.MaxValue << count);
}
