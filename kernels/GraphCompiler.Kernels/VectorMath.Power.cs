using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

public partial interface IVector<TSelf>
{
    /// <inheritdoc cref="VectorMath.Power{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Power(TSelf value, TSelf exponent) => VectorMath.Power(value, exponent);
}

public static partial class VectorMath
{
    // The first two coefficients of log2(m) as a series in s = (m - 1) / (m + 1), in two parts each: 2 / ln 2, and a
    // minimax value for 2 / (3 ln 2).
    const float UpperFirst = 2.88539004f;
    const float LowerFirst = 3.85192598e-8f;
    const float UpperThird = 0.961796701f;
    const float LowerThird = -2.18214709e-08f;

    /// <summary>
    /// value^exponent, within 1.5 ulp, with the special cases of C's powf: anything^0 = 1^anything = 1, NaN included
    /// otherwise; negative values take integer exponents, and give NaN with others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Power<TVector>(TVector value, TVector exponent)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector one = TVector.Splat(1), infinity = TVector.Splat(float.PositiveInfinity);
        TVector magnitude = TVector.Abs(value);
        TVector result = PowerOfMagnitude(magnitude, exponent);
        TVector isOne = TVector.Or(TVector.Equal(magnitude, one), TVector.Equal(exponent, TVector.Zero));
        result = TVector.Select(isOne, one, result);

        // An odd exponent carries the sign over. Infinities and numbers from 2^24 on are even.
        TVector half = exponent * TVector.Splat(0.5f);
        TVector isInteger = TVector.Equal(TVector.Floor(exponent), exponent);
        TVector isOdd = TVector.And(isInteger, TVector.NotEqual(TVector.Floor(half), half));
        result = TVector.Xor(result, TVector.And(TVector.And(value, TVector.Splat(-0f)), isOdd));

        TVector isNegative = TVector.And(
            TVector.LessThan(value, TVector.Zero), TVector.GreaterThan(value, -infinity));
        TVector isUndefined = TVector.And(isNegative, TVector.Not(isInteger));
        return TVector.Select(isUndefined, TVector.Splat(float.NaN), result);
    }

    /// <summary>magnitude^exponent = 2^(exponent * log2(magnitude)), for magnitudes that have no sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector PowerOfMagnitude<TVector>(TVector magnitude, TVector exponent)
        where TVector : unmanaged, IVector<TVector>
    {
        // The product can reach 150, so an error of its logarithm in single precision would cost seven bits of the
        // result. Hence the logarithm and the product are sums of two numbers each, the second what the first lacks.
        TVector upper = LogOfTwoParts(magnitude, out TVector lower);
        TVector product = exponent * upper;
        TVector rest = TVector.FusedMultiplyAdd(exponent, lower, ErrorOfProduct(exponent, upper, product));
        // Far outside, the rest is of no use, and not a number if the product has overflowed.
        TVector inside = TVector.LessThan(TVector.Abs(product), TVector.Splat(200));
        rest = TVector.And(rest, inside);
        product = TVector.Clamp(product, TVector.Splat(-200), TVector.Splat(200));
        TVector n = TVector.Round(product);
        TVector r = (product - n + rest) * TVector.Splat(0.693147181f);
        return TVector.ScaleByPowerOfTwo(ExpOfReduced(r), n);
    }

    /// <summary>log2 of lanes that are not negative, as a number and what it lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector LogOfTwoParts<TVector>(TVector magnitude, out TVector lower)
        where TVector : unmanaged, IVector<TVector>
    {
        // log(m) = 2 atanh(s) = s (2 + z (2/3 + z (2/5 + …))) with s = f / (2 + f), z = s² and f = m - 1. All but the terms
        // from 2/5 on are sums of two numbers.
        TVector one = TVector.Splat(1), two = TVector.Splat(2), infinity = TVector.Splat(float.PositiveInfinity);
        TVector f = SplitLogarithm(magnitude, out TVector exponent) - one;
        TVector denominator = two + f;
        TVector lostOfDenominator = f - (denominator - two);
        TVector reciprocal = one / denominator;
        TVector s = f * reciprocal;
        TVector back = s * denominator;
        TVector remainder = f - back - ErrorOfProduct(s, denominator, back);
        TVector lostOfS = TVector.FusedMultiplyAdd(-s, lostOfDenominator, remainder) * reciprocal;
        TVector z = s * s;
        TVector lostOfZ = TVector.FusedMultiplyAdd(s + s, lostOfS, ErrorOfProduct(s, s, z));

        TVector tail = TVector.FusedMultiplyAdd(z, TVector.Splat(3.402389884e-1f), TVector.Splat(4.117053151e-1f));
        tail = z * TVector.FusedMultiplyAdd(z, tail, TVector.Splat(5.770828724e-1f));
        TVector inner = TVector.Splat(UpperThird) + tail;
        TVector lostOfInner = tail - (inner - TVector.Splat(UpperThird)) + TVector.Splat(LowerThird);
        TVector term = z * inner;
        TVector lostOfTerm = ErrorOfProduct(z, inner, term);
        lostOfTerm = TVector.FusedMultiplyAdd(z, lostOfInner, TVector.FusedMultiplyAdd(lostOfZ, inner, lostOfTerm));
        TVector factor = TVector.Splat(UpperFirst) + term;
        TVector lostOfFactor = term - (factor - TVector.Splat(UpperFirst)) + (lostOfTerm + TVector.Splat(LowerFirst));
        TVector logarithm = s * factor;
        TVector small = ErrorOfProduct(s, factor, logarithm);
        small = TVector.FusedMultiplyAdd(s, lostOfFactor, TVector.FusedMultiplyAdd(lostOfS, factor, small));

        TVector sum = exponent + logarithm;
        small = small + (logarithm - (sum - exponent));
        TVector upper = sum + small;
        lower = small - (upper - sum);

        TVector isSpecial = TVector.Or(
            TVector.Equal(magnitude, TVector.Zero), TVector.Not(TVector.LessThan(magnitude, infinity)));
        lower = TVector.And(lower, TVector.Not(isSpecial));
        TVector special = TVector.Select(TVector.Equal(magnitude, TVector.Zero), -infinity, magnitude);
        return TVector.Select(isSpecial, special, upper);
    }
}
