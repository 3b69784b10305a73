using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

/// <summary>To fewer bits the upper ones are dropped; to more, as in a register that is wider than its type, the sign goes on.</summary>
readonly struct Resized<TFrom, TTo, TRegister> : IUnary<TFrom, TRegister>
    where TFrom : IBinaryInteger<TFrom>
    where TTo : IBinaryInteger<TTo>
    where TRegister : IBinaryInteger<TRegister>
{
    public static TRegister Of(TFrom a) => TRegister.CreateTruncating(TTo.CreateTruncating(a));
}

/// <summary>To the nearest number that there is.</summary>
readonly struct Saturated<TFrom, TTo, TRegister> : IUnary<TFrom, TRegister>
    where TFrom : IBinaryInteger<TFrom>
    where TTo : IBinaryInteger<TTo>
    where TRegister : IBinaryInteger<TRegister>
{
    public static TRegister Of(TFrom a) => TRegister.CreateTruncating(TTo.CreateSaturating(a));
}

interface IRounding
{
    static abstract double Of(double value);
}

readonly struct ToEven : IRounding
{
    public static double Of(double value) => Math.Round(value, MidpointRounding.ToEven);
}

readonly struct ToZero : IRounding
{
    public static double Of(double value) => Math.Truncate(value);
}

readonly struct Down : IRounding
{
    public static double Of(double value) => Math.Floor(value);
}

readonly struct Up : IRounding
{
    public static double Of(double value) => Math.Ceiling(value);
}

/// <summary>A whole number of a floating-point number; what is none becomes 0, or the top bit where one of the types has 64 bits.</summary>
readonly struct ToInteger<TFrom, TTo, TRegister, TRounding> : IUnary<TFrom, TRegister>
    where TFrom : IFloatingPointIeee754<TFrom>
    where TTo : IBinaryInteger<TTo>
    where TRegister : IBinaryInteger<TRegister>
    where TRounding : IRounding
{
    public static TRegister Of(TFrom a)
    {
        if (TFrom.IsNaN(a))
            return Unsafe.SizeOf<TFrom>() == 8 || Unsafe.SizeOf<TTo>() == 8 ? TRegister.CreateTruncating(TTo.One << 8 * Unsafe.SizeOf<TTo>() - 1) : TRegister.Zero;
        return TRegister.CreateTruncating(TTo.CreateSaturating(TRounding.Of(double.CreateTruncating(a))));
    }
}

/// <summary>The nearest floating-point number of a whole one.</summary>
readonly struct FromInteger<TFrom> : IUnary<TFrom, Half>, IUnary<TFrom, float>, IUnary<TFrom, double>
    where TFrom : IBinaryInteger<TFrom>
{
    static Half IUnary<TFrom, Half>.Of(TFrom a) => (Half)Odd(a);

    static float IUnary<TFrom, float>.Of(TFrom a) => (float)Odd(a);

    static double IUnary<TFrom, double>.Of(TFrom a) => double.CreateTruncating(a);

    /// <summary>A double that rounds to fewer bits as the number itself does: of a long number the last bit says whether anything was dropped.</summary>
    static double Odd(TFrom a)
    {
        if (Unsafe.SizeOf<TFrom>() < 8)
            return double.CreateTruncating(a);
        var magnitude = UInt128.CreateTruncating(TFrom.IsNegative(a) ? -Int128.CreateTruncating(a) : Int128.CreateTruncating(a));
        ulong low = (ulong)magnitude;
        double value = low < 1ul << 53 ? low : (double)(low >> 12 | ((low & 0xFFF) != 0 ? 1u : 0)) * 4096;
        return TFrom.IsNegative(a) ? -value : value;
    }
}

/// <summary>A floating-point number of another size, to nearest.</summary>
readonly struct ToFloat<TFrom, TTo> : IUnary<TFrom, TTo>
    where TFrom : IFloatingPointIeee754<TFrom>
    where TTo : IFloatingPointIeee754<TTo>
{
    public static TTo Of(TFrom a) => TFrom.IsNaN(a) ? FloatFormats.None<TTo>() : TTo.CreateTruncating(a);
}

/// <summary>A whole floating-point number of the same size.</summary>
readonly struct Whole<T, TRounding> : IUnary<T, T>
    where T : IFloatingPointIeee754<T>
    where TRounding : IRounding
{
    public static T Of(T a) => T.IsNaN(a) ? FloatFormats.None<T>() : T.CreateTruncating(TRounding.Of(double.CreateTruncating(a)));
}

readonly struct WholeBelow : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Floats.Canonical(Vector256.Floor(a));
}

readonly struct Int32ToSingle : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Vector256.ConvertToSingle(a.AsInt32());
}

/// <summary>Formats of fewer bits than a float has.</summary>
static class FloatFormats
{
    public static T None<T>()
        where T : IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return (T)(object)BitConverter.UInt32BitsToSingle(0x7FFF_FFFF);
        return typeof(T) == typeof(double) ? (T)(object)BitConverter.UInt64BitsToDouble(0x7FFF_FFFF_FFFF_FFFF) : (T)(object)BitConverter.UInt16BitsToHalf(0x7FFF);
    }

    /// <summary>To nearest, ties to even.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FFF : (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    /// <inheritdoc cref="ToBFloat16"/>
    public static ushort ToFloat16(float value) => float.IsNaN(value) ? (ushort)0x7FFF : BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>To nearest, ties away from zero.</summary>
    public static uint ToTensorFloat32(float value) => float.IsNaN(value) ? 0x7FFF_FFFF : BitConverter.SingleToUInt32Bits(value) + 0x1000 & ~0x1FFFu;
}

/// <summary>Two numbers in one register, the first above.</summary>
readonly struct ToBFloat16Pair : IBinary<float, float, uint>
{
    public static uint Of(float a, float b) => (uint)FloatFormats.ToBFloat16(a) << 16 | FloatFormats.ToBFloat16(b);
}

/// <inheritdoc cref="ToBFloat16Pair"/>
readonly struct ToFloat16Pair : IBinary<float, float, uint>
{
    public static uint Of(float a, float b) => (uint)FloatFormats.ToFloat16(a) << 16 | FloatFormats.ToFloat16(b);
}

readonly struct ToBFloat16 : IUnary<float, ushort>
{
    public static ushort Of(float a) => FloatFormats.ToBFloat16(a);
}

readonly struct FromBFloat16 : IUnary<ushort, float>
{
    public static float Of(ushort a) => Floats.Canonical(BitConverter.UInt32BitsToSingle((uint)a << 16));
}

readonly struct ToTensorFloat32 : IUnary<float, uint>
{
    public static uint Of(float a) => FloatFormats.ToTensorFloat32(a);
}

/// <summary>Between 0 and 1; what is none becomes 0.</summary>
readonly struct Clamped : IUnary<float, float>
{
    public static float Of(float a) => a > 0 ? Math.Min(a, 1) : 0;
}

/// <summary>Conversions that compute several lanes at a time between registers of two widths.</summary>
static unsafe class WideConversions
{
    public static void Extend(Warp warp, Instruction* instruction)
    {
        var target = (long*)(warp.Registers + instruction->Target);
        var source = (int*)(warp.Registers + instruction->First);
        if (warp.Active != uint.MaxValue)
        {
            Lanes.Each<int, long, Resized<int, long, long>>(warp, instruction);
            return;
        }
        for (int lane = 0; lane < 32; lane += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(source + lane));
            Vector256.Store(low, target + lane);
            Vector256.Store(high, target + lane + 4);
        }
    }

    public static void ExtendUnsigned(Warp warp, Instruction* instruction)
    {
        var target = (ulong*)(warp.Registers + instruction->Target);
        var source = (uint*)(warp.Registers + instruction->First);
        if (warp.Active != uint.MaxValue)
        {
            Lanes.Each<uint, ulong, Resized<uint, ulong, ulong>>(warp, instruction);
            return;
        }
        for (int lane = 0; lane < 32; lane += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(source + lane));
            Vector256.Store(low, target + lane);
            Vector256.Store(high, target + lane + 4);
        }
    }

    public static void MultiplyUnsigned(Warp warp, Instruction* instruction)
    {
        var target = (ulong*)(warp.Registers + instruction->Target);
        uint* first = (uint*)(warp.Registers + instruction->First), second = (uint*)(warp.Registers + instruction->Second);
        if (warp.Active != uint.MaxValue)
        {
            Lanes.Each<uint, uint, ulong, WideProduct>(warp, instruction);
            return;
        }
        for (int lane = 0; lane < 32; lane += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(first + lane));
            var (otherLow, otherHigh) = Vector256.Widen(Vector256.Load(second + lane));
            Vector256.Store(low * otherLow, target + lane);
            Vector256.Store(high * otherHigh, target + lane + 4);
        }
    }
}
