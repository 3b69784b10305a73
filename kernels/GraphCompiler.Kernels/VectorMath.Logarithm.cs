using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

public partial interface IVector<TSelf>
{
    /// <inheritdoc cref="VectorMath.Log{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Log(TSelf value) => VectorMath.Log(value);

    /// <inheritdoc cref="VectorMath.Softplus{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Softplus(TSelf value) => VectorMath.Softplus(value);
}

public static partial class VectorMath
{
    const int BitsOfSqrtHalf = 0x3F35_04F3;

    /// <summary>
    /// The natural logarithm, within 1 ulp, subnormal lanes included. -infinity at 0, NaN below.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector mantissa = SplitLogarithm(value, out TVector exponent);
        TVector logarithm = LogOfReduced(mantissa - TVector.Splat(1), exponent);
        TVector infinity = TVector.Splat(float.PositiveInfinity);
        logarithm = TVector.Select(TVector.Equal(value, infinity), infinity, logarithm);
        TVector notPositive = TVector.Select(
            TVector.Equal(value, TVector.Zero), -infinity, TVector.Splat(float.NaN));
        return TVector.Select(TVector.GreaterThan(value, TVector.Zero), logarithm, notPositive);
    }

    /// <summary>
    /// Takes positive finite lanes apart: value = mantissa * 2^exponent with the mantissa in [sqrt(1/2), sqrt(2)).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector SplitLogarithm<TVector>(TVector value, out TVector exponent)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector tiny = TVector.LessThan(value, TVector.Splat(SmallestNormal));
        TVector normal = TVector.Select(tiny, value * TVector.Splat(1 << MantissaBits), value);
        // Seen from the bits of sqrt(1/2), the exponent field counts the doublings from there.
        TVector offset = TVector.SubtractBits(normal, TVector.SplatBits(BitsOfSqrtHalf));
        TVector doublings = TVector.ShiftBitsRightSigned(offset, MantissaBits);
        exponent = TVector.ConvertBitsToSingle(doublings) - TVector.And(tiny, TVector.Splat(MantissaBits));
        return TVector.SubtractBits(normal, TVector.ShiftBitsLeft(doublings, MantissaBits));
    }

    /// <summary>exponent * ln 2 + log(1 + f) for f from sqrt(1/2) - 1 to sqrt(2) - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector LogOfReduced<TVector>(TVector f, TVector exponent)
        where TVector : unmanaged, IVector<TVector>
    {
        // log(1 + f) = f - f²/2 + f³ P(f); the small terms are added up before the large ones.
        TVector p = TVector.FusedMultiplyAdd(f, TVector.Splat(-7.634498179e-2f), TVector.Splat(1.276157796e-1f));
        p = TVector.FusedMultiplyAdd(f, p, TVector.Splat(-1.316018254e-1f));
        p = TVector.FusedMultiplyAdd(f, p, TVector.Splat(1.420175731e-1f));
        p = TVector.FusedMultiplyAdd(f, p, TVector.Splat(-1.662335694e-1f));
        p = TVector.FusedMultiplyAdd(f, p, TVector.Splat(2.000122666e-1f));
        p = TVector.FusedMultiplyAdd(f, p, TVector.Splat(-2.500081956e-1f));
        p = TVector.FusedMultiplyAdd(f, p, TVector.Splat(3.333333135e-1f));
        TVector z = f * f;
        TVector small = TVector.FusedMultiplyAdd(exponent, TVector.Splat(LowerLn2), f * z * p);
        small = TVector.FusedMultiplyAdd(z, TVector.Splat(-0.5f), small);
        return TVector.FusedMultiplyAdd(exponent, TVector.Splat(UpperLn2), f + small);
    }

    /// <summary>log(1 + e^x) without overflow, within 2 ulp on both sides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // max(x, 0) + log(1 + t) with t = e^-|x| from 0 to 1. The logarithm starts from t, not from the rounded 1 + t, so
        // it keeps its precision however small t is; for large t, 1 + t = 2 (1 + (t - 1) / 2).
        TVector one = TVector.Splat(1);
        TVector t = TVector.Exp(-TVector.Abs(value));
        TVector large = TVector.GreaterThan(t, TVector.Splat(0.41421354f));
        TVector f = TVector.Select(large, (t - one) * TVector.Splat(0.5f), t);
        return TVector.Relu(value) + LogOfReduced(f, TVector.And(large, one));
    }
}
