using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

// Lanes as the integers of their bits.
public readonly partial struct Float128
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SplatBits(int bits) => new(Vector128.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 AddBits(Float128 a, Float128 b) => new((a.Lanes.AsInt32() + b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SubtractBits(Float128 a, Float128 b) =>
        new((a.Lanes.AsInt32() - b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MultiplyBits(Float128 a, Float128 b) =>
        new((a.Lanes.AsInt32() * b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MinBits(Float128 a, Float128 b) =>
        new(Vector128.Min(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MaxBits(Float128 a, Float128 b) =>
        new(Vector128.Max(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 IotaBits(int first) => new((Vector128.Create(first) + Vector128<int>.Indices).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 EqualBits(Float128 a, Float128 b) =>
        new(Vector128.Equals(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LessThanBits(Float128 a, Float128 b) =>
        new(Vector128.LessThan(a.Lanes.AsInt32(), b.Lanes.AsInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ShiftBitsLeft(Float128 value, int places) => new((value.Lanes.AsInt32() << places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ShiftBitsRight(Float128 value, int places) =>
        new((value.Lanes.AsInt32() >>> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ShiftBitsRightSigned(Float128 value, int places) =>
        new((value.Lanes.AsInt32() >> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ConvertBitsToSingle(Float128 bits) => new(Vector128.ConvertToSingle(bits.Lanes.AsInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 TruncateToBits(Float128 value) => new(Vector128.ConvertToInt32(value.Lanes).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ScaleByPowerOfTwo(Float128 value, Float128 exponent)
    {
        if (Avx512F.VL.IsSupported)
            return new(Avx512F.VL.Scale(value.Lanes, exponent.Lanes));
        return VectorMath.ScaleInTwoSteps(value, exponent);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ShiftPairsLeft(Float128 value, int places) =>
        new((value.Lanes.AsUInt64() << places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ShiftPairsRight(Float128 value, int places) =>
        new((value.Lanes.AsUInt64() >>> places).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 MultiplyPairs(Float128 a, Float128 b)
    {
        if (Sse2.IsSupported)
            return new(Sse2.Multiply(a.Lanes.AsUInt32(), b.Lanes.AsUInt32()).AsSingle());
        if (AdvSimd.IsSupported)
        {
            return new(AdvSimd.MultiplyWideningLower(
                AdvSimd.ExtractNarrowingLower(a.Lanes.AsUInt64()), AdvSimd.ExtractNarrowingLower(b.Lanes.AsUInt64()))
                .AsSingle());
        }
        var low = Vector128.Create(0xFFFF_FFFFUL);
        return new(((a.Lanes.AsUInt64() & low) * (b.Lanes.AsUInt64() & low)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 AddDots(Float128 sum, Float128 unsigned, Float128 signed)
    {
        if (AvxVnni.IsSupported)
            return new(AvxVnni.MultiplyWideningAndAdd(sum.Lanes.AsInt32(), unsigned.Lanes.AsByte(), signed.Lanes.AsSByte()).AsSingle());
        if (Sse2.IsSupported)
        {
            // The bytes of even and of odd places as integers of 16 bits, whose products are added in pairs.
            Vector128<ushort> u = unsigned.Lanes.AsUInt16();
            Vector128<short> s = signed.Lanes.AsInt16();
            Vector128<int> even = Sse2.MultiplyAddAdjacent((u & Vector128.Create((ushort)0xFF)).AsInt16(), (s << 8) >> 8);
            Vector128<int> odd = Sse2.MultiplyAddAdjacent((u >>> 8).AsInt16(), s >> 8);
            return new((sum.Lanes.AsInt32() + even + odd).AsSingle());
        }
        return VectorMath.AddDots(sum, unsigned, signed);
    }
}
