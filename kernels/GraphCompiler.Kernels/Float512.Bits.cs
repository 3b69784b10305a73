using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

// Lanes as the integers of their bits.
public readonly partial struct Float512
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SplatBits(int bits) => new(Vector512.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 AddBits(Float512 a, Float512 b) => new((a.Lanes.AsInt32() + b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SubtractBits(Float512 a, Float512 b) =>
        new((a.Lanes.AsInt32() - b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MultiplyBits(Float512 a, Float512 b) =>
        new((a.Lanes.AsInt32() * b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MinBits(Float512 a, Float512 b) =>
        new(Vector512.Min(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MaxBits(Float512 a, Float512 b) =>
        new(Vector512.Max(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 IotaBits(int first) => new((Vector512.Create(first) + Vector512<int>.Indices).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 EqualBits(Float512 a, Float512 b) =>
        new(Vector512.Equals(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LessThanBits(Float512 a, Float512 b) =>
        new(Vector512.LessThan(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ShiftBitsLeft(Float512 value, int places) => new((value.Lanes.AsInt32() << places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ShiftBitsRight(Float512 value, int places) =>
        new((value.Lanes.AsInt32() >>> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ShiftBitsRightSigned(Float512 value, int places) =>
        new((value.Lanes.AsInt32() >> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ConvertBitsToSingle(Float512 bits) => new(Vector512.ConvertToSingle(bits.Lanes.AsInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 TruncateToBits(Float512 value) => new(Vector512.ConvertToInt32(value.Lanes).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ScaleByPowerOfTwo(Float512 value, Float512 exponent)
    {
        if (Avx512F.IsSupported)
            return new(Avx512F.Scale(value.Lanes, exponent.Lanes));
        return VectorMath.ScaleInTwoSteps(value, exponent);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ShiftPairsLeft(Float512 value, int places) =>
        new((value.Lanes.AsUInt64() << places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ShiftPairsRight(Float512 value, int places) =>
        new((value.Lanes.AsUInt64() >>> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 MultiplyPairs(Float512 a, Float512 b)
    {
        if (Avx512F.IsSupported)
            return new(Avx512F.Multiply(a.Lanes.AsUInt32(), b.Lanes.AsUInt32()).AsSingle());
        return new(Vector512.Create(
            Float256.MultiplyPairs(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Float256.MultiplyPairs(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 AddDots(Float512 sum, Float512 unsigned, Float512 signed)
    {
        if (Avx512BW.IsSupported)
        {
            // The bytes of even and of odd places as integers of 16 bits, whose products are added in pairs.
            Vector512<ushort> u = unsigned.Lanes.AsUInt16();
            Vector512<short> s = signed.Lanes.AsInt16();
            Vector512<int> even = Avx512BW.MultiplyAddAdjacent((u & Vector512.Create((ushort)0xFF)).AsInt16(), (s << 8) >> 8);
            Vector512<int> odd = Avx512BW.MultiplyAddAdjacent((u >>> 8).AsInt16(), s >> 8);
            return new((sum.Lanes.AsInt32() + even + odd).AsSingle());
        }
        return new(Vector512.Create(
            Float256.AddDots(new(sum.Lanes.GetLower()), new(unsigned.Lanes.GetLower()), new(signed.Lanes.GetLower())).Lanes,
            Float256.AddDots(new(sum.Lanes.GetUpper()), new(unsigned.Lanes.GetUpper()), new(signed.Lanes.GetUpper())).Lanes));
    }
}
