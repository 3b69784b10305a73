using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>8 single-precision lanes in one register of 256 bits.</summary>
/// <remarks>
/// A wrapper of one field, which the JIT keeps in a register. Where the hardware has no such register the same results
/// come from two halves (<see cref="Float128"/>), correct but not fast.
/// </remarks>
public readonly unsafe struct Float256 : IVector<Float256>
{
    internal readonly Vector256<float> Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Float256(Vector256<float> lanes) => Lanes = lanes;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    public static Float256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Splat(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Iota(float first) => new(Vector256.Create(first) + Vector256<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Float256 value) => value.Lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadPartial(float* source, int count)
    {
        // Not the masked load of AVX-512: .NET 10 compiles it wrongly for the address of a local of the vector's own size.
        if (Avx.IsSupported)
            return new(Avx.MaskLoad(source, FirstLanes(count)));
        return new(Vector256.Create(
            Float128.LoadPartial(source, count).Lanes, Float128.LoadPartial(source + 4, count - 4).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* destination, int count, Float256 value)
    {
        if (Avx512F.VL.IsSupported)
        {
            Avx512F.VL.MaskStore(destination, FirstLanes(count), value.Lanes);
        }
        else if (Avx.IsSupported)
        {
            Avx.MaskStore(destination, FirstLanes(count), value.Lanes);
        }
        else
        {
            Float128.StorePartial(destination, count, new(value.Lanes.GetLower()));
            Float128.StorePartial(destination + 4, count - 4, new(value.Lanes.GetUpper()));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStrided(float* source, nint stride)
    {
        return new(Vector256.Create(
            Float128.LoadStrided(source, stride).Lanes, Float128.LoadStrided(source + 4 * stride, stride).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStridedPartial(float* source, nint stride, int count)
    {
        return new(Vector256.Create(
            Float128.LoadStridedPartial(source, stride, count).Lanes,
            Float128.LoadStridedPartial(source + 4 * stride, stride, count - 4).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(int* source) => Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadPartial(int* source, int count) => LoadPartial((float*)source, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStrided(int* source, nint stride) => LoadStrided((float*)source, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStridedPartial(int* source, nint stride, int count) =>
        LoadStridedPartial((float*)source, stride, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* destination, Float256 bits) => Store((float*)destination, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* destination, int count, Float256 bits) =>
        StorePartial((float*)destination, count, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator +(Float256 left, Float256 right) => new(left.Lanes + right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator -(Float256 left, Float256 right) => new(left.Lanes - right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator *(Float256 left, Float256 right) => new(left.Lanes * right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator /(Float256 left, Float256 right) => new(left.Lanes / right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator -(Float256 value) => new(-value.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 FusedMultiplyAdd(Float256 a, Float256 b, Float256 c) =>
        new(Vector256.MultiplyAddEstimate(a.Lanes, b.Lanes, c.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Polynomial(Float256 x, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector256.MultiplyAddEstimate(x.Lanes, Vector256.MultiplyAddEstimate(x.Lanes, Vector256.MultiplyAddEstimate(x.Lanes, Vector256.MultiplyAddEstimate(
            x.Lanes, Vector256.Create(c4), Vector256.Create(c3)), Vector256.Create(c2)), Vector256.Create(c1)), Vector256.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Polynomial(Float256 x, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector256.MultiplyAddEstimate(x.Lanes, Polynomial(x, c5, c4, c3, c2, c1).Lanes, Vector256.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Polynomial(Float256 x, float c6, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector256.MultiplyAddEstimate(x.Lanes, Vector256.MultiplyAddEstimate(
            x.Lanes, Polynomial(x, c6, c5, c4, c3, c2).Lanes, Vector256.Create(c1)), Vector256.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Polynomial(
        Float256 x, float c9, float c8, float c7, float c6, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector256.MultiplyAddEstimate(x.Lanes, Vector256.MultiplyAddEstimate(x.Lanes, Vector256.MultiplyAddEstimate(
            x.Lanes, Polynomial(x, c9, c8, c7, c6, c5, c4, c3).Lanes, Vector256.Create(c2)), Vector256.Create(c1)), Vector256.Create(c0)));

    // x64's minimum and maximum give the second operand when either is NaN, so only the first has to be looked at.

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Min(Float256 a, Float256 b) => new(Vector256.ConditionalSelect(
        Vector256.Equals(a.Lanes, a.Lanes), Vector256.MinNative(a.Lanes, b.Lanes), a.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Max(Float256 a, Float256 b) => new(Vector256.ConditionalSelect(
        Vector256.Equals(a.Lanes, a.Lanes), Vector256.MaxNative(a.Lanes, b.Lanes), a.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Clamp(Float256 value, Float256 low, Float256 high) =>
        new(Vector256.MinNative(high.Lanes, Vector256.MaxNative(low.Lanes, value.Lanes)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Abs(Float256 value) => new(Vector256.Abs(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sign(Float256 value) => VectorMath.Sign(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Floor(Float256 value) => new(Vector256.Floor(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Round(Float256 value) => new(Vector256.Round(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 RoundToBFloat16(Float256 value) => VectorMath.RoundToBFloat16(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 RoundToFloat16(Float256 value) => VectorMath.RoundToFloat16(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sqrt(Float256 value) => new(Vector256.Sqrt(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ReciprocalSqrt(Float256 value) => new(Vector256<float>.One / Vector256.Sqrt(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Relu(Float256 value) => new(Vector256.MaxNative(Vector256<float>.Zero, value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LessThan(Float256 a, Float256 b) => new(Vector256.LessThan(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LessThanOrEqual(Float256 a, Float256 b) => new(Vector256.LessThanOrEqual(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 GreaterThan(Float256 a, Float256 b) => new(Vector256.GreaterThan(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 GreaterThanOrEqual(Float256 a, Float256 b) =>
        new(Vector256.GreaterThanOrEqual(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Equal(Float256 a, Float256 b) => new(Vector256.Equals(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 NotEqual(Float256 a, Float256 b) => new(~Vector256.Equals(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 And(Float256 a, Float256 b) => new(a.Lanes & b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Or(Float256 a, Float256 b) => new(a.Lanes | b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Xor(Float256 a, Float256 b) => new(a.Lanes ^ b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Xor(Float256 a, Float256 b, Float256 c) => new(a.Lanes ^ b.Lanes ^ c.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Not(Float256 value) => new(~value.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Select(Float256 mask, Float256 whenTrue, Float256 whenFalse) =>
        new(Vector256.ConditionalSelect(mask.Lanes, whenTrue.Lanes, whenFalse.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyLane(Float256 mask) => mask.Lanes.AsInt32() != Vector256<int>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Origin(Float256 value) => VectorMath.Origin(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 HalfDistance(Float256 value, Float256 negativeHalf) => VectorMath.HalfDistance(value, negativeHalf);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Mean(Float256 origin, Float256 halfDistance) => VectorMath.Mean(origin, halfDistance);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FirstLane(Float256 value) => value.Lanes.ToScalar();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumLanes(Float256 value) =>
        Float128.SumLanes(new(value.Lanes.GetLower() + value.Lanes.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLanes(Float256 value) =>
        Float128.MaxLanes(Float128.Max(new(value.Lanes.GetLower()), new(value.Lanes.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinLanes(Float256 value) =>
        Float128.MinLanes(Float128.Min(new(value.Lanes.GetLower()), new(value.Lanes.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 KeepFirst(Float256 value, int count, float fill) =>
        new(Vector256.ConditionalSelect(FirstLanes(count), value.Lanes, Vector256.Create(fill)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SplatBits(int bits) => new(Vector256.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits16(ushort* source) => new(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits16Partial(ushort* source, int count) =>
        new(Vector256.WidenLower(SixteenBits.LoadFirst(source, count).ToVector256Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16(ushort* destination, Float256 value) => SixteenBits.Narrow(value.Lanes.AsUInt32()).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16Partial(ushort* destination, int count, Float256 value) =>
        SixteenBits.StoreFirst(destination, count, SixteenBits.Narrow(value.Lanes.AsUInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits8(byte* source) => new(EightBits.Widen(*(ulong*)source).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits8Partial(byte* source, int count) => new(EightBits.Widen(EightBits.LoadEight(source, count)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8(byte* destination, Float256 value) => *(ulong*)destination = EightBits.Narrow(value.Lanes.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8Partial(byte* destination, int count, Float256 value) =>
        EightBits.StoreEight(destination, count, EightBits.Narrow(value.Lanes.AsUInt32()));

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

    /// <summary>The mask of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> FirstLanes(int count) =>
        Vector256.GreaterThan(Vector256.Create(count), Vector256<int>.Indices).AsSingle();
}
