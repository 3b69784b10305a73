using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

public partial interface IVector<TSelf>
{
    /// <inheritdoc cref="VectorMath.Exp{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Exp(TSelf value) => VectorMath.Exp(value);

    /// <inheritdoc cref="VectorMath.Sigmoid{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Sigmoid(TSelf value) => VectorMath.Sigmoid(value);

    /// <inheritdoc cref="VectorMath.Tanh{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Tanh(TSelf value) => VectorMath.Tanh(value);
}

public static partial class VectorMath
{
    const float Log2OfE = 1.44269504f;

    // ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
    const float UpperLn2 = 0.693359375f;
    const float LowerLn2 = -2.12194440e-4f;

    /// <summary>
    /// e^x, within 1.1 ulp. Gives infinity above 88.72, subnormal numbers below -87.33, and 0 below -103.97.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // e^x = 2^n e^r with n = round(x / ln 2) and |r| ≤ ln 2 / 2. The bounds lie where the result has long been
        // infinity and 0.
        TVector x = TVector.Clamp(value, TVector.Splat(-104), TVector.Splat(89));
        TVector r = ReduceByLn2(x, out TVector n);
        return TVector.ScaleByPowerOfTwo(ExpOfReduced(r), n);
    }

    /// <summary>x = n ln 2 + r with an integer n and |r| ≤ ln 2 / 2, which is the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector ReduceByLn2<TVector>(TVector x, out TVector n)
        where TVector : unmanaged, IVector<TVector>
    {
        n = TVector.Round(x * TVector.Splat(Log2OfE));
        TVector r = TVector.FusedMultiplyAdd(n, TVector.Splat(-UpperLn2), x);
        return TVector.FusedMultiplyAdd(n, TVector.Splat(-LowerLn2), r);
    }

    /// <summary>e^r for |r| ≤ ln 2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector ExpOfReduced<TVector>(TVector r)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.Polynomial(r, 1.316917362e-3f, 8.353551850e-3f, 4.167633504e-2f, 1.666670889e-1f, 4.999999106e-1f, 1, 1);

    /// <summary>1 / (1 + e^-x), within 2.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // With the exponential of -|x| nothing overflows, and the far negative side keeps its relative precision.
        TVector exponential = TVector.Exp(-TVector.Abs(value));
        TVector one = TVector.Splat(1);
        TVector numerator = TVector.Select(TVector.LessThan(value, TVector.Zero), exponential, one);
        return numerator / (one + exponential);
    }

    /// <summary>
    /// The hyperbolic tangent, with a relative error below 3e-7, near 0 as well, and never outside [-1, 1].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // x P(x²) / Q(x²); all coefficients are positive, so nothing cancels. From 9.02 on the result is 1.
        TVector x = TVector.Clamp(value, TVector.Splat(-9.02f), TVector.Splat(9.02f));
        TVector z = x * x;
        TVector p = TVector.Polynomial(z, 5.076326559e-8f, 3.158933760e-5f, 4.008520860e-3f, 1.378537267e-1f, 1);
        TVector q = TVector.Polynomial(z, 7.374653666e-10f, 1.617507564e-6f, 4.207429301e-4f, 2.773755416e-2f, 4.711870551e-1f, 1);
        return TVector.Clamp(x * p / q, TVector.Splat(-1), TVector.Splat(1));
    }
}
