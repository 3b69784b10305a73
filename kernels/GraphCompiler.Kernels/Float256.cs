using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphCompiler.Kernels;

/// <summary>8 single-precision lanes in one register of 256 bits.</summary>
/// <remarks>
/// A wrapper of one field, which the JIT keeps in a register. Where the hardware has no such register the same results
/// come from two halves (<see cref="Float128"/>), correct but not fast.
/// </remarks>
public readonly partial struct Float256 : IVector<Float256>
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
}
