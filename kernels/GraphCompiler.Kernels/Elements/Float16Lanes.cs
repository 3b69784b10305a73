using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphCompiler.Kernels;

// Models of binary16 convert in every kernel, several times in one loop. As operations of IVector, of which each is some calls to be inlined,
// these conversions exceed what the JIT inlines into a method, and then every operation of it is a call. So those of the wide vectors
// are written here over the vectors of .NET, whose operations are instructions from the start; the algorithm is that of VectorMath.Narrow, FromBits
// and ToBits, and the tests hold every width against one definition.

/// <summary>Numbers of binary16 in lanes of single precision.</summary>
internal static class Float16Lanes
{
    const int DroppedBits = 13;
    const uint ExponentDifference = 112, InfinityBits = 0x7C00, NaNBits = 0x7E00;
    const float Largest = 65504, SmallestNormal = 1f / (1 << 14);

    /// <summary>The power of two from which on single precision has the multiples of the smallest number, and no others.</summary>
    const float SmallestsUnit = 0.5f;

    /// <inheritdoc cref="VectorMath.FromBits{TVector, TFormat}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V FromBits<V>(V bits)
        where V : unmanaged, IVector<V>
    {
        if (typeof(V) == typeof(Float512))
            return Unsafe.BitCast<Vector512<float>, V>(FromBits(Unsafe.BitCast<V, Vector512<uint>>(bits)));
        if (typeof(V) == typeof(Float256))
            return Unsafe.BitCast<Vector256<float>, V>(FromBits(Unsafe.BitCast<V, Vector256<uint>>(bits)));
        return VectorMath.FromBits<V, Float16>(bits);
    }

    /// <inheritdoc cref="VectorMath.Narrow{TVector, TFormat}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value)
        where V : unmanaged, IVector<V>
    {
        if (typeof(V) == typeof(Float512))
            return Unsafe.BitCast<Vector512<float>, V>(Narrow(Unsafe.BitCast<V, Vector512<float>>(value)));
        if (typeof(V) == typeof(Float256))
            return Unsafe.BitCast<Vector256<float>, V>(Narrow(Unsafe.BitCast<V, Vector256<float>>(value)));
        return VectorMath.Narrow<V, Float16>(value);
    }

    /// <inheritdoc cref="VectorMath.ToBits{TVector, TFormat}(TVector)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ToBits<V>(V value)
        where V : unmanaged, IVector<V>
    {
        if (typeof(V) == typeof(Float512))
            return Unsafe.BitCast<Vector512<uint>, V>(ToBits(Unsafe.BitCast<V, Vector512<float>>(value)));
        if (typeof(V) == typeof(Float256))
            return Unsafe.BitCast<Vector256<uint>, V>(ToBits(Unsafe.BitCast<V, Vector256<float>>(value)));
        return VectorMath.ToBits<V, Float16>(value);
    }

    /// <summary>The numbers whose bits the lanes hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> FromBits(Vector512<uint> bits)
    {
        Vector512<float> number = (((bits & Vector512.Create(0x7FFFu)) << DroppedBits) + Vector512.Create(ExponentDifference << 23)).AsSingle();
        Vector512<float> smallest = Vector512.Create(SmallestNormal);
        number = Vector512.ConditionalSelect(Vector512.LessThan(number, smallest), Vector512.FusedMultiplyAdd(number, Vector512.Create(2f), -smallest), number);
        number = Vector512.ConditionalSelect(Vector512.GreaterThan(number, Vector512.Create(Largest)), number | Vector512.Create(float.PositiveInfinity), number);
        return number | ((bits << 16).AsSingle() & Vector512.Create(-0f));
    }

    /// <summary>The nearest numbers, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Narrow(Vector512<float> value)
    {
        Vector512<float> sign = Vector512.Create(-0f), magnitude = Vector512.AndNot(value, sign);
        Vector512<int> power = (magnitude & Vector512.Create(float.PositiveInfinity)).AsInt32();
        power = Vector512.Min(Vector512.Max(power, Vector512.Create(SmallestNormal).AsInt32()), Vector512.Create(2 * Largest).AsInt32());
        Vector512<float> sameUnit = (power + Vector512.Create(((int)DroppedBits << 23) + (1 << 22))).AsSingle();
        Vector512<float> rounded = magnitude + sameUnit - sameUnit;
        rounded = Vector512.ConditionalSelect(Vector512.GreaterThan(rounded, Vector512.Create(Largest)), Vector512.Create(float.PositiveInfinity), rounded);
        return rounded | (value & sign);
    }

    /// <summary>The bits of numbers of the format.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> ToBits(Vector512<float> value)
    {
        Vector512<float> magnitude = Vector512.AndNot(value, Vector512.Create(-0f)), sameUnit = Vector512.Create(SmallestsUnit);
        Vector512<uint> subnormal = (magnitude + sameUnit).AsUInt32() - sameUnit.AsUInt32();
        Vector512<uint> normal = (magnitude.AsUInt32() >> DroppedBits) - Vector512.Create(ExponentDifference << 10);
        Vector512<uint> bits = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(SmallestNormal)).AsUInt32(), subnormal, normal);
        bits = Vector512.Min(bits, Vector512.Create(InfinityBits));
        bits = Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), bits, Vector512.Create(NaNBits));
        return bits | ((value.AsUInt32() >> 16) & Vector512.Create(0x8000u));
    }

    /// <summary>The numbers whose bits the lanes hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> FromBits(Vector256<uint> bits)
    {
        Vector256<float> number = (((bits & Vector256.Create(0x7FFFu)) << DroppedBits) + Vector256.Create(ExponentDifference << 23)).AsSingle();
        Vector256<float> smallest = Vector256.Create(SmallestNormal);
        number = Vector256.ConditionalSelect(Vector256.LessThan(number, smallest), Vector256.FusedMultiplyAdd(number, Vector256.Create(2f), -smallest), number);
        number = Vector256.ConditionalSelect(Vector256.GreaterThan(number, Vector256.Create(Largest)), number | Vector256.Create(float.PositiveInfinity), number);
        return number | ((bits << 16).AsSingle() & Vector256.Create(-0f));
    }

    /// <summary>The nearest numbers, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Narrow(Vector256<float> value)
    {
        Vector256<float> sign = Vector256.Create(-0f), magnitude = Vector256.AndNot(value, sign);
        Vector256<int> power = (magnitude & Vector256.Create(float.PositiveInfinity)).AsInt32();
        power = Vector256.Min(Vector256.Max(power, Vector256.Create(SmallestNormal).AsInt32()), Vector256.Create(2 * Largest).AsInt32());
        Vector256<float> sameUnit = (power + Vector256.Create(((int)DroppedBits << 23) + (1 << 22))).AsSingle();
        Vector256<float> rounded = magnitude + sameUnit - sameUnit;
        rounded = Vector256.ConditionalSelect(Vector256.GreaterThan(rounded, Vector256.Create(Largest)), Vector256.Create(float.PositiveInfinity), rounded);
        return rounded | (value & sign);
    }

    /// <summary>The bits of numbers of the format.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> ToBits(Vector256<float> value)
    {
        Vector256<float> magnitude = Vector256.AndNot(value, Vector256.Create(-0f)), sameUnit = Vector256.Create(SmallestsUnit);
        Vector256<uint> subnormal = (magnitude + sameUnit).AsUInt32() - sameUnit.AsUInt32();
        Vector256<uint> normal = (magnitude.AsUInt32() >> DroppedBits) - Vector256.Create(ExponentDifference << 10);
        Vector256<uint> bits = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(SmallestNormal)).AsUInt32(), subnormal, normal);
        bits = Vector256.Min(bits, Vector256.Create(InfinityBits));
        bits = Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), bits, Vector256.Create(NaNBits));
        return bits | ((value.AsUInt32() >> 16) & Vector256.Create(0x8000u));
    }
}
