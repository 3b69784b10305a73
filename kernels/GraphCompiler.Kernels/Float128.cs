using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>4 single-precision lanes in one register of 128 bits.</summary>
/// <remarks>
/// A wrapper of one field, which the JIT keeps in a register. Where the hardware has no such register the same results
/// come from the runtime's scalar fallback, correct but not fast.
/// </remarks>
public readonly unsafe struct Float128 : IVector<Float128>
{
    internal readonly Vector128<float> Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Float128(Vector128<float> lanes) => Lanes = lanes;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    public static Float128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.Zero);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Splat(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Iota(float first) => new(Vector128.Create(first) + Vector128<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Float128 value) => value.Lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadPartial(float* source, int count)
    {
        // Not the masked load of AVX-512: .NET 10 compiles it wrongly for the address of a local of the vector's own size.
        if (Avx.IsSupported)
            return new(Avx.MaskLoad(source, FirstLanes(count)));
        return LoadFirst(source, count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* destination, int count, Float128 value)
    {
        if (Avx512F.VL.IsSupported)
            Avx512F.VL.MaskStore(destination, FirstLanes(count), value.Lanes);
        else if (Avx.IsSupported)
            Avx.MaskStore(destination, FirstLanes(count), value.Lanes);
        else
            StoreFirst(destination, count, value);
    }

    /// <summary>The partial load of hardware that has no masked one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Float128 LoadFirst(float* source, int count) => new(count switch
    {
        >= 4 => Vector128.Load(source),
        3 => Vector128.Create(source[0], source[1], source[2], 0),
        2 => Vector128.Create(source[0], source[1], 0, 0),
        1 => Vector128.CreateScalar(source[0]),
        _ => Vector128<float>.Zero,
    });

    /// <summary>The partial store of hardware that has no masked one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreFirst(float* destination, int count, Float128 value)
    {
        if (count >= 4)
        {
            value.Lanes.Store(destination);
            return;
        }
        if (count > 0)
            destination[0] = value.Lanes.GetElement(0);
        if (count > 1)
            destination[1] = value.Lanes.GetElement(1);
        if (count > 2)
            destination[2] = value.Lanes.GetElement(2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStrided(float* source, nint stride)
    {
        return new(Vector128.Create(source[0], source[stride], source[2 * stride], source[3 * stride]));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStridedPartial(float* source, nint stride, int count)
    {
        return new(count switch
        {
            >= 4 => LoadStrided(source, stride).Lanes,
            3 => Vector128.Create(source[0], source[stride], source[2 * stride], 0),
            2 => Vector128.Create(source[0], source[stride], 0, 0),
            1 => Vector128.CreateScalar(source[0]),
            _ => Vector128<float>.Zero,
        });
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Load(int* source) => Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadPartial(int* source, int count) => LoadPartial((float*)source, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStrided(int* source, nint stride) => LoadStrided((float*)source, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStridedPartial(int* source, nint stride, int count) =>
        LoadStridedPartial((float*)source, stride, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* destination, Float128 bits) => Store((float*)destination, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* destination, int count, Float128 bits) =>
        StorePartial((float*)destination, count, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator +(Float128 left, Float128 right) => new(left.Lanes + right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator -(Float128 left, Float128 right) => new(left.Lanes - right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator *(Float128 left, Float128 right) => new(left.Lanes * right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator /(Float128 left, Float128 right) => new(left.Lanes / right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator -(Float128 value) => new(-value.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 FusedMultiplyAdd(Float128 a, Float128 b, Float128 c) =>
        new(Vector128.MultiplyAddEstimate(a.Lanes, b.Lanes, c.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Polynomial(Float128 x, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector128.MultiplyAddEstimate(x.Lanes, Vector128.MultiplyAddEstimate(x.Lanes, Vector128.MultiplyAddEstimate(x.Lanes, Vector128.MultiplyAddEstimate(
            x.Lanes, Vector128.Create(c4), Vector128.Create(c3)), Vector128.Create(c2)), Vector128.Create(c1)), Vector128.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Polynomial(Float128 x, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector128.MultiplyAddEstimate(x.Lanes, Polynomial(x, c5, c4, c3, c2, c1).Lanes, Vector128.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Polynomial(Float128 x, float c6, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector128.MultiplyAddEstimate(x.Lanes, Vector128.MultiplyAddEstimate(
            x.Lanes, Polynomial(x, c6, c5, c4, c3, c2).Lanes, Vector128.Create(c1)), Vector128.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Polynomial(
        Float128 x, float c9, float c8, float c7, float c6, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector128.MultiplyAddEstimate(x.Lanes, Vector128.MultiplyAddEstimate(x.Lanes, Vector128.MultiplyAddEstimate(
            x.Lanes, Polynomial(x, c9, c8, c7, c6, c5, c4, c3).Lanes, Vector128.Create(c2)), Vector128.Create(c1)), Vector128.Create(c0)));

    // x64's minimum and maximum give the second operand when either is NaN, so only the first has to be looked at.

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Min(Float128 a, Float128 b) => new(Vector128.ConditionalSelect(
        Vector128.Equals(a.Lanes, a.Lanes), Vector128.MinNative(a.Lanes, b.Lanes), a.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Max(Float128 a, Float128 b) => new(Vector128.ConditionalSelect(
        Vector128.Equals(a.Lanes, a.Lanes), Vector128.MaxNative(a.Lanes, b.Lanes), a.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Clamp(Float128 value, Float128 low, Float128 high) =>
        new(Vector128.MinNative(high.Lanes, Vector128.MaxNative(low.Lanes, value.Lanes)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Abs(Float128 value) => new(Vector128.Abs(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sign(Float128 value) => VectorMath.Sign(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Floor(Float128 value) => new(Vector128.Floor(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Round(Float128 value) => new(Vector128.Round(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 RoundToBFloat16(Float128 value) => VectorMath.RoundToBFloat16(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 RoundToFloat16(Float128 value) => VectorMath.RoundToFloat16(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sqrt(Float128 value) => new(Vector128.Sqrt(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ReciprocalSqrt(Float128 value) => new(Vector128<float>.One / Vector128.Sqrt(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Relu(Float128 value) => new(Vector128.MaxNative(Vector128<float>.Zero, value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LessThan(Float128 a, Float128 b) => new(Vector128.LessThan(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LessThanOrEqual(Float128 a, Float128 b) => new(Vector128.LessThanOrEqual(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 GreaterThan(Float128 a, Float128 b) => new(Vector128.GreaterThan(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 GreaterThanOrEqual(Float128 a, Float128 b) =>
        new(Vector128.GreaterThanOrEqual(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Equal(Float128 a, Float128 b) => new(Vector128.Equals(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 NotEqual(Float128 a, Float128 b) => new(~Vector128.Equals(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 And(Float128 a, Float128 b) => new(a.Lanes & b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Or(Float128 a, Float128 b) => new(a.Lanes | b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Xor(Float128 a, Float128 b) => new(a.Lanes ^ b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Xor(Float128 a, Float128 b, Float128 c) => new(a.Lanes ^ b.Lanes ^ c.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Not(Float128 value) => new(~value.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Select(Float128 mask, Float128 whenTrue, Float128 whenFalse) =>
        new(Vector128.ConditionalSelect(mask.Lanes, whenTrue.Lanes, whenFalse.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyLane(Float128 mask) => mask.Lanes.AsInt32() != Vector128<int>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Origin(Float128 value) => VectorMath.Origin(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 HalfDistance(Float128 value, Float128 negativeHalf) => VectorMath.HalfDistance(value, negativeHalf);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Mean(Float128 origin, Float128 halfDistance) => VectorMath.Mean(origin, halfDistance);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FirstLane(Float128 value) => value.Lanes.ToScalar();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumLanes(Float128 value)
    {
        Vector128<float> pairs = value.Lanes + Vector128.Shuffle(value.Lanes, Vector128.Create(2, 3, 0, 1));
        return pairs.ToScalar() + pairs.GetElement(1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLanes(Float128 value)
    {
        Float128 pairs = Max(value, new(Vector128.Shuffle(value.Lanes, Vector128.Create(2, 3, 0, 1))));
        return Max(pairs, new(Vector128.Shuffle(pairs.Lanes, Vector128.Create(1, 0, 3, 2)))).Lanes.ToScalar();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinLanes(Float128 value)
    {
        Float128 pairs = Min(value, new(Vector128.Shuffle(value.Lanes, Vector128.Create(2, 3, 0, 1))));
        return Min(pairs, new(Vector128.Shuffle(pairs.Lanes, Vector128.Create(1, 0, 3, 2)))).Lanes.ToScalar();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 KeepFirst(Float128 value, int count, float fill) =>
        new(Vector128.ConditionalSelect(FirstLanes(count), value.Lanes, Vector128.Create(fill)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SplatBits(int bits) => new(Vector128.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits16(ushort* source) => new(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsUInt16()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits16Partial(ushort* source, int count) =>
        new(Vector128.WidenLower(Vector128.CreateScalar(SixteenBits.LoadFour(source, count)).AsUInt16()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16(ushort* destination, Float128 value) => *(ulong*)destination = SixteenBits.Narrow(value.Lanes.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16Partial(ushort* destination, int count, Float128 value) =>
        SixteenBits.StoreFour(destination, count, SixteenBits.Narrow(value.Lanes.AsUInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits8(byte* source) => new(EightBits.Widen(*(uint*)source).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits8Partial(byte* source, int count) => new(EightBits.Widen((uint)EightBits.LoadEight(source, Math.Min(count, 4))).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8(byte* destination, Float128 value) => *(uint*)destination = EightBits.Narrow(value.Lanes.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8Partial(byte* destination, int count, Float128 value) =>
        EightBits.StoreEight(destination, Math.Min(count, 4), EightBits.Narrow(value.Lanes.AsUInt32()));

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

    /// <summary>The mask of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> FirstLanes(int count) =>
        Vector128.GreaterThan(Vector128.Create(count), Vector128<int>.Indices).AsSingle();
}
