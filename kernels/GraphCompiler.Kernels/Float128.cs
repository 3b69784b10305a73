using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphCompiler.Kernels;

/// <summary>4 single-precision lanes in one register of 128 bits.</summary>
/// <remarks>
/// A wrapper of one field, which the JIT keeps in a register. Where the hardware has no such register the same results
/// come from the runtime's scalar fallback, correct but not fast.
/// </remarks>
public readonly partial struct Float128 : IVector<Float128>
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
}
