using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphCompiler.Kernels;

/// <summary>16 single-precision lanes in one register of 512 bits.</summary>
/// <remarks>
/// A wrapper of one field, which the JIT keeps in a register. Where the hardware has no such register the same results
/// come from two halves (<see cref="Float256"/>), correct but not fast.
/// </remarks>
public readonly partial struct Float512 : IVector<Float512>
{
    internal readonly Vector512<float> Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Float512(Vector512<float> lanes) => Lanes = lanes;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    public static Float512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<float>.Zero);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Splat(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Iota(float first) => new(Vector512.Create(first) + Vector512<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator +(Float512 left, Float512 right) => new(left.Lanes + right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator -(Float512 left, Float512 right) => new(left.Lanes - right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator *(Float512 left, Float512 right) => new(left.Lanes * right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator /(Float512 left, Float512 right) => new(left.Lanes / right.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator -(Float512 value) => new(-value.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 FusedMultiplyAdd(Float512 a, Float512 b, Float512 c) =>
        new(Vector512.MultiplyAddEstimate(a.Lanes, b.Lanes, c.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Polynomial(Float512 x, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector512.MultiplyAddEstimate(x.Lanes, Vector512.MultiplyAddEstimate(x.Lanes, Vector512.MultiplyAddEstimate(x.Lanes, Vector512.MultiplyAddEstimate(
            x.Lanes, Vector512.Create(c4), Vector512.Create(c3)), Vector512.Create(c2)), Vector512.Create(c1)), Vector512.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Polynomial(Float512 x, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector512.MultiplyAddEstimate(x.Lanes, Polynomial(x, c5, c4, c3, c2, c1).Lanes, Vector512.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Polynomial(Float512 x, float c6, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector512.MultiplyAddEstimate(x.Lanes, Vector512.MultiplyAddEstimate(
            x.Lanes, Polynomial(x, c6, c5, c4, c3, c2).Lanes, Vector512.Create(c1)), Vector512.Create(c0)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Polynomial(
        Float512 x, float c9, float c8, float c7, float c6, float c5, float c4, float c3, float c2, float c1, float c0) =>
        new(Vector512.MultiplyAddEstimate(x.Lanes, Vector512.MultiplyAddEstimate(x.Lanes, Vector512.MultiplyAddEstimate(
            x.Lanes, Polynomial(x, c9, c8, c7, c6, c5, c4, c3).Lanes, Vector512.Create(c2)), Vector512.Create(c1)), Vector512.Create(c0)));

    // x64's minimum and maximum give the second operand when either is NaN, so only the first has to be looked at.

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Min(Float512 a, Float512 b) => new(Vector512.ConditionalSelect(
        Vector512.Equals(a.Lanes, a.Lanes), Vector512.MinNative(a.Lanes, b.Lanes), a.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Max(Float512 a, Float512 b) => new(Vector512.ConditionalSelect(
        Vector512.Equals(a.Lanes, a.Lanes), Vector512.MaxNative(a.Lanes, b.Lanes), a.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Clamp(Float512 value, Float512 low, Float512 high) =>
        new(Vector512.MinNative(high.Lanes, Vector512.MaxNative(low.Lanes, value.Lanes)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Abs(Float512 value) => new(Vector512.Abs(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sign(Float512 value) => VectorMath.Sign(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Floor(Float512 value) => new(Vector512.Floor(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Round(Float512 value) => new(Vector512.Round(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sqrt(Float512 value) => new(Vector512.Sqrt(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ReciprocalSqrt(Float512 value) => new(Vector512<float>.One / Vector512.Sqrt(value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Relu(Float512 value) => new(Vector512.MaxNative(Vector512<float>.Zero, value.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LessThan(Float512 a, Float512 b) => new(Vector512.LessThan(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LessThanOrEqual(Float512 a, Float512 b) => new(Vector512.LessThanOrEqual(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 GreaterThan(Float512 a, Float512 b) => new(Vector512.GreaterThan(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 GreaterThanOrEqual(Float512 a, Float512 b) =>
        new(Vector512.GreaterThanOrEqual(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Equal(Float512 a, Float512 b) => new(Vector512.Equals(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 NotEqual(Float512 a, Float512 b) => new(~Vector512.Equals(a.Lanes, b.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 And(Float512 a, Float512 b) => new(a.Lanes & b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Or(Float512 a, Float512 b) => new(a.Lanes | b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Xor(Float512 a, Float512 b) => new(a.Lanes ^ b.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Xor(Float512 a, Float512 b, Float512 c) => new(a.Lanes ^ b.Lanes ^ c.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Not(Float512 value) => new(~value.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Select(Float512 mask, Float512 whenTrue, Float512 whenFalse) =>
        new(Vector512.ConditionalSelect(mask.Lanes, whenTrue.Lanes, whenFalse.Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyLane(Float512 mask) => mask.Lanes.AsInt32() != Vector512<int>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Origin(Float512 value) => VectorMath.Origin(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 HalfDistance(Float512 value, Float512 negativeHalf) => VectorMath.HalfDistance(value, negativeHalf);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Mean(Float512 origin, Float512 halfDistance) => VectorMath.Mean(origin, halfDistance);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FirstLane(Float512 value) => value.Lanes.ToScalar();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumLanes(Float512 value) =>
        Float256.SumLanes(new(value.Lanes.GetLower() + value.Lanes.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLanes(Float512 value) =>
        Float256.MaxLanes(Float256.Max(new(value.Lanes.GetLower()), new(value.Lanes.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinLanes(Float512 value) =>
        Float256.MinLanes(Float256.Min(new(value.Lanes.GetLower()), new(value.Lanes.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 KeepFirst(Float512 value, int count, float fill) =>
        new(Vector512.ConditionalSelect(FirstLanes(count), value.Lanes, Vector512.Create(fill)));
}
