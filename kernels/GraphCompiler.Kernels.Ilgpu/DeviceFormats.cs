using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// By bits alone, as the CPU's vectors do it: half a unit of what stays, less one, is added, and one more where the last bit
// that stays is odd. Conversions of numbers that have been rounded are exact.

/// <summary>The narrower formats of floating-point numbers, bfloat16 and IEEE 754's binary16, which lie in memory as 16 bits.</summary>
public static class DeviceFormats
{
    const float SmallestNormalFloat16 = 6.103515625e-5f, LargestFloat16 = 65504f;
    const uint Infinity = 0x7F80_0000u, NaN = 0x7FC0_0000u, Sign = 0x8000_0000u;

    /// <summary>2^24 and 2^-24: the smallest binary16 is 2^-24.</summary>
    const float SmallestInOne = 16777216f, SmallestFloat16 = 5.9604645e-8f;

    /// <summary>What a binary16's exponent is raised by to be a float's, where that lies.</summary>
    const uint Rebias = 112u << 23;

    /// <summary>The nearest number of bfloat16, ties to even; NaN stays NaN.</summary>
    public static float RoundToBFloat16(float value)
    {
        uint bits = Interop.FloatAsInt(value), rounded = DropBits(bits, 16), nan = (bits & Sign) | NaN;
        return Interop.IntAsFloat((bits & ~Sign) > Infinity ? nan : rounded);
    }

    /// <summary>The nearest number of binary16, ties to even: below 2^-14 a multiple of 2^-24, from 65520 on infinity. NaN stays NaN.</summary>
    public static float RoundToFloat16(float value)
    {
        uint bits = Interop.FloatAsInt(value), magnitude = bits & ~Sign;
        // The numbers from 1/2 to 1 are multiples of 2^-24.
        float subnormal = Interop.IntAsFloat(magnitude) + 0.5f - 0.5f;
        float rounded = Interop.IntAsFloat(DropBits(magnitude, 13));
        rounded = rounded > LargestFloat16 ? float.PositiveInfinity : rounded;
        rounded = Interop.IntAsFloat(magnitude) < SmallestNormalFloat16 ? subnormal : rounded;
        uint bitsOfRounded = Interop.FloatAsInt(rounded);
        bitsOfRounded = magnitude > Infinity ? NaN : bitsOfRounded;
        return Interop.IntAsFloat(bitsOfRounded | (bits & Sign));
    }

    /// <summary>The nearest numbers of bfloat16.</summary>
    public static Four RoundToBFloat16(Four x) => new() { X = RoundToBFloat16(x.X), Y = RoundToBFloat16(x.Y), Z = RoundToBFloat16(x.Z), W = RoundToBFloat16(x.W) };

    /// <summary>The nearest numbers of binary16.</summary>
    public static Four RoundToFloat16(Four x) => new() { X = RoundToFloat16(x.X), Y = RoundToFloat16(x.Y), Z = RoundToFloat16(x.Z), W = RoundToFloat16(x.W) };

    /// <summary>The bits of a number of bfloat16.</summary>
    public static ushort ToBFloat16(float rounded) => (ushort)(Interop.FloatAsInt(rounded) >> 16);

    /// <summary>The number of bfloat16 with these bits.</summary>
    public static float FromBFloat16(ushort bits) => Interop.IntAsFloat((uint)bits << 16);

    /// <summary>The bits of a number of binary16.</summary>
    public static ushort ToFloat16(float rounded)
    {
        uint bits = Interop.FloatAsInt(rounded), magnitude = bits & ~Sign;
        uint normal = (magnitude - Rebias) >> 13;
        uint subnormal = (uint)(int)(Interop.IntAsFloat(magnitude) * SmallestInOne);
        uint half = Interop.IntAsFloat(magnitude) < SmallestNormalFloat16 ? subnormal : normal;
        half = magnitude == Infinity ? 0x7C00u : half;
        half = magnitude > Infinity ? 0x7E00u : half;
        return (ushort)((bits >> 16 & 0x8000u) | half);
    }

    /// <summary>The number of binary16 with these bits.</summary>
    public static float FromFloat16(ushort bits)
    {
        uint magnitude = (uint)bits & 0x7FFFu;
        uint subnormal = Interop.FloatAsInt((int)magnitude * SmallestFloat16);
        uint value = (magnitude << 13) + Rebias;
        value = magnitude < 0x0400u ? subnormal : value;
        value = magnitude == 0x7C00u ? Infinity : value;
        value = magnitude > 0x7C00u ? NaN : value;
        return Interop.IntAsFloat(value | ((uint)bits & 0x8000u) << 16);
    }

    static uint DropBits(uint bits, int count) => (bits + ((bits >> count) & 1u) + ((1u << (count - 1)) - 1u)) & (uint.MaxValue << count);
}
