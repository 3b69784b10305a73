using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

// Lanes as the integers of their bits.
public readonly partial struct Float256
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SplatBits(int bits) => new(Vector256.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 AddBits(Float256 a, Float256 b) => new((a.Lanes.AsInt32() + b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SubtractBits(Float256 a, Float256 b) =>
        new((a.Lanes.AsInt32() - b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MultiplyBits(Float256 a, Float256 b) =>
        new((a.Lanes.AsInt32() * b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MinBits(Float256 a, Float256 b) =>
        new(Vector256.Min(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MaxBits(Float256 a, Float256 b) =>
        new(Vector256.Max(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 IotaBits(int first) => new((Vector256.Create(first) + Vector256<int>.Indices).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 EqualBits(Float256 a, Float256 b) =>
        new(Vector256.Equals(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LessThanBits(Float256 a, Float256 b) =>
        new(Vector256.LessThan(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ShiftBitsLeft(Float256 value, int places) => new((value.Lanes.AsInt32() << places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ShiftBitsRight(Float256 value, int places) =>
        new((value.Lanes.AsInt32() >>> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ShiftBitsRightSigned(Float256 value, int places) =>
        new((value.Lanes.AsInt32() >> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ConvertBitsToSingle(Float256 bits) => new(Vector256.ConvertToSingle(bits.Lanes.AsInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 TruncateToBits(Float256 value) => new(Vector256.ConvertToInt32(value.Lanes).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ScaleByPowerOfTwo(Float256 value, Float256 exponent)
    {
        if (Avx512F.VL.IsSupported)
            return new(Avx512F.VL.Scale(value.Lanes, exponent.Lanes));
        return VectorMath.ScaleInTwoSteps(value, exponent);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ShiftPairsLeft(Float256 value, int places) =>
        new((value.Lanes.AsUInt64() << places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ShiftPairsRight(Float256 value, int places) =>
        new((value.Lanes.AsUInt64() >>> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 MultiplyPairs(Float256 a, Float256 b)
    {
        if (Avx2.IsSupported)
            return new(Avx2.Multiply(a.Lanes.AsUInt32(), b.Lanes.AsUInt32()).AsSingle());
        return new(Vector256.Create(
            Float128.MultiplyPairs(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Float128.MultiplyPairs(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 AddDots(Float256 sum, Float256 unsigned, Float256 signed)
    {
        if (AvxVnni.IsSupported)
            return new(AvxVnni.MultiplyWideningAndAdd(sum.Lanes.AsInt32(), unsigned.Lanes.AsByte(), signed.Lanes.AsSByte()).AsSingle());
        if (Avx2.IsSupported)
        {
            // The bytes of even and of odd places as integers of 16 bits, whose products are added in pairs.
            Vector256<ushort> u = unsigned.Lanes.AsUInt16();
            Vector256<short> s = signed.Lanes.AsInt16();
            Vector256<int> even = Avx2.MultiplyAddAdjacent((u & Vector256.Create((ushort)0xFF)).AsInt16(), (s << 8) >> 8);
            Vector256<int> odd = Avx2.MultiplyAddAdjacent((u >>> 8).AsInt16(), s >> 8);
            return new((sum.Lanes.AsInt32() + even + odd).AsSingle());
        }
        return new(Vector256.Create(
            Float128.AddDots(new(sum.Lanes.GetLower()), new(unsigned.Lanes.GetLower()), new(signed.Lanes.GetLower())).Lanes,
            Float128.AddDots(new(sum.Lanes.GetUpper()), new(unsigned.Lanes.GetUpper()), new(signed.Lanes.GetUpper())).Lanes));
    }
}
