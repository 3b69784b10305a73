using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

public partial interface IVector<TSelf>
{
    /// <inheritdoc cref="VectorMath.Sin{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Sin(TSelf value) => VectorMath.Sin(value);

    /// <inheritdoc cref="VectorMath.Cos{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Cos(TSelf value) => VectorMath.Cos(value);
}

public static partial class VectorMath
{
    /// <summary>Up to here the reduction below is exact enough; beyond, lanes are computed one by one.</summary>
    const float LargestReduced = 8192;

    /// <summary>
    /// The sine of an angle in radians, within 2 ulp. Lanes beyond ±8192 are right too, but slow; NaN at infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sin<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector result = SinOfQuarters(value, TVector.Zero);
        result = TVector.Select(TVector.Equal(value, TVector.Zero), value, result);
        TVector beyond = TVector.GreaterThan(TVector.Abs(value), TVector.Splat(LargestReduced));
        return TVector.AnyLane(beyond) ? SinBeyond(value, result) : result;
    }

    /// <summary>
    /// The cosine of an angle in radians, within 2 ulp. Lanes beyond ±8192 are right too, but slow; NaN at infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cos<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector result = SinOfQuarters(value, TVector.SplatBits(1));
        TVector beyond = TVector.GreaterThan(TVector.Abs(value), TVector.Splat(LargestReduced));
        return TVector.AnyLane(beyond) ? CosBeyond(value, result) : result;
    }

    /// <summary>sin(x + quarters * π/2), where quarters are integers in the lanes' bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector SinOfQuarters<TVector>(TVector x, TVector quarters)
        where TVector : unmanaged, IVector<TVector>
    {
        // x = n π/2 + r with |r| ≤ π/4. π/2 is taken off in four parts, the first three so short that their products with
        // n are exact: then r is right to its last bits even where x is next to a multiple of π.
        TVector shifted = TVector.FusedMultiplyAdd(
            x, TVector.Splat(0.636619772f), TVector.Splat(IntegerInLowBits));
        TVector n = shifted - TVector.Splat(IntegerInLowBits);
        TVector r = TVector.FusedMultiplyAdd(n, TVector.Splat(-1.5703125f), x);
        r = TVector.FusedMultiplyAdd(n, TVector.Splat(-4.837512970e-4f), r);
        r = TVector.FusedMultiplyAdd(n, TVector.Splat(-7.549533620e-8f), r);
        r = TVector.FusedMultiplyAdd(n, TVector.Splat(-2.563344068e-12f), r);
        quarters = TVector.AddBits(quarters, shifted);

        TVector z = r * r;
        TVector sine = TVector.FusedMultiplyAdd(z, TVector.Splat(-1.951665618e-4f), TVector.Splat(8.332173340e-3f));
        sine = TVector.FusedMultiplyAdd(z, sine, TVector.Splat(-1.666665524e-1f));
        sine = TVector.FusedMultiplyAdd(r * z, sine, r);
        TVector cosine = TVector.FusedMultiplyAdd(z, TVector.Splat(2.443772973e-5f), TVector.Splat(-1.388736186e-3f));
        cosine = TVector.FusedMultiplyAdd(z, cosine, TVector.Splat(4.166664556e-2f));
        cosine = TVector.FusedMultiplyAdd(z, cosine, TVector.Splat(-0.5f));
        cosine = TVector.FusedMultiplyAdd(z, cosine, TVector.Splat(1));

        // Odd quarters swap sine and cosine; the second pair of the four has the sign inverted.
        TVector odd = TVector.ShiftBitsRightSigned(TVector.ShiftBitsLeft(quarters, 31), 31);
        TVector sign = TVector.And(TVector.ShiftBitsLeft(quarters, 30), TVector.Splat(-0f));
        return TVector.Xor(TVector.Select(odd, cosine, sine), sign);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static unsafe TVector SinBeyond<TVector>(TVector value, TVector result)
        where TVector : unmanaged, IVector<TVector>
    {
        float* values = (float*)&value, results = (float*)&result;
        for (int i = 0; i < TVector.Count; i++)
        {
            if (MathF.Abs(values[i]) > LargestReduced)
                results[i] = MathF.Sin(values[i]);
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static unsafe TVector CosBeyond<TVector>(TVector value, TVector result)
        where TVector : unmanaged, IVector<TVector>
    {
        float* values = (float*)&value, results = (float*)&result;
        for (int i = 0; i < TVector.Count; i++)
        {
            if (MathF.Abs(values[i]) > LargestReduced)
                results[i] = MathF.Cos(values[i]);
        }
        return result;
    }
}
