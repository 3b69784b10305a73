using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

public partial interface IVector<TSelf>
{
    /// <inheritdoc cref="VectorMath.Gelu{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Gelu(TSelf value) => VectorMath.Gelu(value);

    /// <inheritdoc cref="VectorMath.GeluSlope{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf GeluSlope(TSelf value) => VectorMath.GeluSlope(value);

    /// <inheritdoc cref="VectorMath.GeluTanh{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf GeluTanh(TSelf value) => VectorMath.GeluTanh(value);

    /// <inheritdoc cref="VectorMath.GeluTanhSlope{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf GeluTanhSlope(TSelf value) => VectorMath.GeluTanhSlope(value);

    /// <inheritdoc cref="VectorMath.Silu{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Silu(TSelf value) => VectorMath.Silu(value);

    /// <inheritdoc cref="VectorMath.SiluSlope{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf SiluSlope(TSelf value) => VectorMath.SiluSlope(value);
}

// Gelu, GeluTanh and Silu are x F(x) with a distribution function F: F(-t) = 1 - F(t), and F falls to 0 on the left like an
// exponential. So for t = |x|
//
//     x F(x) = max(x, 0) - t F(-t),
//
// and with g(t) the slope at -t, the slope at t is 1 - g(t). F(-t) is computed as a power, never as a difference from 1:
// nothing cancels, however far left. Few arguments lie so far out that the power overflows; for vectors that have one there is
// a second, slower formula, in which t stops where F(-t) has become 0, so that 0 is not multiplied by infinity.
public static partial class VectorMath
{
    /// <summary>x Φ(x) with the normal distribution function Φ, within 32 ulp where it is smallest; -0 at -infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // 1 / (2 Φ(-t)) grows like e^(t²/2), and its 16th root so slowly that it is a polynomial, 1 + u, from 0 to 6. Squaring
        // 1 + u as 1 + u (2 + u) keeps the digits of a small u.
        TVector t = TVector.Abs(value), one = TVector.Splat(1);
        TVector z = t * t;
        TVector even = TVector.Polynomial(z, -5.59854342043e-8f, -3.3512993927e-6f, 3.96563464477e-5f, 3.28055365301e-3f, 4.98675619909e-2f);
        TVector odd = TVector.Polynomial(z, 2.7213417456e-9f, 6.35481389482e-7f, 1.37367670459e-5f, 4.02960022249e-5f, 2.11392388786e-2f);
        TVector u = t * TVector.FusedMultiplyAdd(t, odd, even);
        TVector power = TVector.FusedMultiplyAdd(u, u, u + u) + one;
        power *= power;
        power *= power;
        power *= power;
        TVector result = TVector.Relu(value) - t * TVector.Splat(0.5f) / power;
        TVector isFar = TVector.GreaterThan(t, TVector.Splat(6));
        return TVector.AnyLane(isFar) ? GeluOfFar(value, isFar, result) : result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static TVector GeluOfFar<TVector>(TVector value, TVector isFar, TVector near)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector t = Magnitude(value, 15);
        TVector mantissa = NormalDensity(t, out TVector exponent);
        TVector p = NormalTail(t, out TVector q);
        TVector tail = TVector.ScaleByPowerOfTwo(mantissa * (t * p) / q, exponent);
        return TVector.Select(isFar, Positive(value) - tail, near);
    }

    /// <summary>The derivative of <see cref="Gelu"/>, Φ(x) + x φ(x) with the normal density φ, within 1.5e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluSlope<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        const float ReciprocalSqrt2Pi = 0.398942280f;
        TVector t = Magnitude(value, 15);
        TVector mantissa = NormalDensity(t, out TVector exponent);
        TVector p = NormalTail(t, out TVector q);
        TVector difference = TVector.FusedMultiplyAdd(t, TVector.Splat(-ReciprocalSqrt2Pi), p / q);
        return OfSign(value, TVector.ScaleByPowerOfTwo(mantissa * difference, exponent));
    }

    /// <summary>
    /// x / (1 + e^-2u) with u = sqrt(2/π) (x + 0.044715 x³), which is x (1 + tanh u) / 2; -0 at -infinity. The error grows
    /// with the exponent, to 140 ulp at -9.95.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector t = TVector.Abs(value), isFar = TVector.GreaterThan(t, TVector.Splat(LargestCubic));
        TVector result = TVector.Relu(value) - t / (TVector.Splat(1) + ExpOfCubic(t));
        return TVector.AnyLane(isFar) ? GeluTanhOfFar(value, isFar, result) : result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static TVector GeluTanhOfFar<TVector>(TVector value, TVector isFar, TVector near)
        where TVector : unmanaged, IVector<TVector>
    {
        // 2^-y times t in one rounding, where it is subnormal.
        TVector t = Magnitude(value, 11), y = ExponentOfCubic(t), n = TVector.Round(-y);
        TVector tail = TVector.ScaleByPowerOfTwo(t * ExpOfReduced((-y - n) * TVector.Splat(0.693147181f)), n);
        return TVector.Select(isFar, Positive(value) - tail, near);
    }

    /// <summary>The derivative of <see cref="GeluTanh"/>, within 1.3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanhSlope<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // With s = 1 / (1 + e^2u): g = s (1 - (1 - s) t 2u'), as good as 0 from 9.9 on.
        TVector t = Magnitude(value, LargestCubic), one = TVector.Splat(1);
        TVector s = one / (one + ExpOfCubic(t));
        TVector slope = t * TVector.FusedMultiplyAdd(t * t, TVector.Splat(0.214064449f), TVector.Splat(1.59576912f));
        TVector g = s * (one - (one - s) * slope);
        return OfSign(value, TVector.And(g, TVector.Not(TVector.GreaterThanOrEqual(t, TVector.Splat(LargestCubic)))));
    }

    /// <summary>x / (1 + e^-x), within 2.3 ulp; -0 at -infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector t = TVector.Abs(value), isFar = TVector.GreaterThan(t, TVector.Splat(LargestExponent));
        TVector result = TVector.Relu(value) - t / (TVector.Splat(1) + ExpOfMagnitude(t));
        return TVector.AnyLane(isFar) ? SiluOfFar(value, isFar, result) : result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static TVector SiluOfFar<TVector>(TVector value, TVector isFar, TVector near)
        where TVector : unmanaged, IVector<TVector>
    {
        // e^-t times t in one rounding, where it is subnormal.
        TVector t = Magnitude(value, 112);
        TVector r = ReduceByLn2(-t, out TVector n);
        return TVector.Select(isFar, Positive(value) - TVector.ScaleByPowerOfTwo(t * ExpOfReduced(r), n), near);
    }

    /// <summary>The derivative of <see cref="Silu"/>, s (1 + x (1 - s)) with s = 1 / (1 + e^-x), within 1.3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SiluSlope<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // As good as 0 or 1 from 87 on.
        TVector t = Magnitude(value, LargestExponent), one = TVector.Splat(1);
        TVector s = one / (one + ExpOfMagnitude(t));
        TVector g = s * (one - (one - s) * t);
        return OfSign(value, TVector.And(g, TVector.Not(TVector.GreaterThanOrEqual(t, TVector.Splat(LargestExponent)))));
    }

    /// <summary>From here on 1 + e^t is near the end of float's range.</summary>
    const float LargestExponent = 87;

    /// <summary>e^t for t from 0 to <see cref="LargestExponent"/>: the result is no subnormal number and no infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector ExpOfMagnitude<TVector>(TVector t)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector r = ReduceByLn2(t, out TVector n);
        return RaiseExponent(ExpOfReduced(r), n);
    }

    /// <summary>value * 2^n by adding to the exponent's bits, where that is in range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector RaiseExponent<TVector>(TVector value, TVector n)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.AddBits(value, TVector.ShiftBitsLeft(n + TVector.Splat(IntegerInLowBits), MantissaBits));

    /// <summary>|x|, but no more than a bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector Magnitude<TVector>(TVector value, float bound)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.Abs(TVector.Clamp(value, TVector.Splat(-bound), TVector.Splat(bound)));

    /// <summary>The lane if it is positive, else a zero of its own sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector Positive<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.Select(TVector.LessThan(value, TVector.Zero), TVector.Splat(-0f), value);

    /// <summary>g where the value is negative, else 1 - g.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector OfSign<TVector>(TVector value, TVector g)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.Select(TVector.LessThan(value, TVector.Zero), g, TVector.Splat(1) - g);

    /// <summary>e^(-t²/2) = the result * 2^exponent. What is lost when t² is rounded would be multiplied by t² in the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector NormalDensity<TVector>(TVector t, out TVector exponent)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector square = t * t, half = TVector.Splat(-0.5f);
        TVector rest = ErrorOfProduct(t, t, square);
        TVector r = ReduceByLn2(square * half, out exponent);
        return ExpOfReduced(TVector.FusedMultiplyAdd(rest, half, r));
    }

    /// <summary>Φ(-t) e^(t²/2) = P(t) / Q(t) for t from 0 to 15: the result is P. All coefficients are positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector NormalTail<TVector>(TVector t, out TVector q)
        where TVector : unmanaged, IVector<TVector>
    {
        q = TVector.Polynomial(t, 1.033816417e-2f, 1.019949820e-1f, 4.698958820e-1f, 1.203171844e+0f, 1.674909256e+0f, 1);
        return TVector.Polynomial(t, 4.124377850e-3f, 4.068756777e-2f, 1.833961226e-1f, 4.385121355e-1f, 0.5f);
    }

    /// <summary>From here on e^2u of GeluTanh is beyond float's range.</summary>
    const float LargestCubic = 9.9f;

    /// <summary>2 sqrt(2/π) (t + 0.044715 t³) / ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector ExponentOfCubic<TVector>(TVector t)
        where TVector : unmanaged, IVector<TVector> =>
        t * TVector.FusedMultiplyAdd(t * t, TVector.Splat(0.102943240f), TVector.Splat(2.30220820f));

    /// <summary>
    /// e^(2 sqrt(2/π) (t + 0.044715 t³)) for t from 0 to <see cref="LargestCubic"/>, by way of 2^y: the part of y that is no
    /// integer is an exact difference, and the integer is added to the exponent's bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector ExpOfCubic<TVector>(TVector t)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector y = ExponentOfCubic(t), n = TVector.Round(y);
        TVector p = TVector.Polynomial(
            y - n, 1.5345804192e-4f, 1.339993105e-3f, 9.6184889853e-3f, 5.5503287775e-2f, 0.2402264689f, 0.69314720574f, 1);
        return RaiseExponent(p, n);
    }
}
