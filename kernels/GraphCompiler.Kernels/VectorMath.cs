using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>Elementary functions, one text for all widths.</summary>
public static unsafe class VectorMath
{
    /// <summary>e to the power of the lane.</summary>
    public static TVector Exp<TVector>(TVector value) where TVector : unmanaged, IVector<TVector> => Map(value, &MathF.Exp);

    /// <summary>The natural logarithm.</summary>
    public static TVector Log<TVector>(TVector value) where TVector : unmanaged, IVector<TVector> => Map(value, &MathF.Log);

    /// <summary>The hyperbolic tangent.</summary>
    public static TVector Tanh<TVector>(TVector value) where TVector : unmanaged, IVector<TVector> => Map(value, &MathF.Tanh);

    /// <summary>1 / (1 + e^-x).</summary>
    public static TVector Sigmoid<TVector>(TVector value) where TVector : unmanaged, IVector<TVector> =>
        TVector.Splat(1) / (TVector.Splat(1) + Exp(-value));

    /// <summary>The error function.</summary>
    public static TVector Erf<TVector>(TVector value) where TVector : unmanaged, IVector<TVector>
    {
        // Abramowitz and Stegun 7.1.26.
        TVector magnitude = TVector.Abs(value);
        TVector t = TVector.Splat(1) / (TVector.Splat(1) + TVector.Splat(0.3275911f) * magnitude);
        TVector polynomial = ((((TVector.Splat(1.061405429f) * t + TVector.Splat(-1.453152027f)) * t
            + TVector.Splat(1.421413741f)) * t + TVector.Splat(-0.284496736f)) * t + TVector.Splat(0.254829592f)) * t;
        return (TVector.Splat(1) - polynomial * Exp(-(magnitude * magnitude))) * Sign(value);
    }

    /// <summary>log(1 + e^x).</summary>
    public static TVector Softplus<TVector>(TVector value) where TVector : unmanaged, IVector<TVector> =>
        TVector.Relu(value) + Log(TVector.Splat(1) + Exp(-TVector.Abs(value)));

    /// <summary>The sine.</summary>
    public static TVector Sin<TVector>(TVector value) where TVector : unmanaged, IVector<TVector> => Map(value, &MathF.Sin);

    /// <summary>The cosine.</summary>
    public static TVector Cos<TVector>(TVector value) where TVector : unmanaged, IVector<TVector> => Map(value, &MathF.Cos);

    /// <summary>value to the power of exponent.</summary>
    public static TVector Power<TVector>(TVector value, TVector exponent) where TVector : unmanaged, IVector<TVector>
    {
        float* values = stackalloc float[TVector.Count], exponents = stackalloc float[TVector.Count];
        TVector.Store(values, value);
        TVector.Store(exponents, exponent);
        for (int i = 0; i < TVector.Count; i++)
            values[i] = MathF.Pow(values[i], exponents[i]);
        return TVector.Load(values);
    }

    /// <summary>1 for positive lanes, -1 for negative ones; zeros and NaN stay what they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sign<TVector>(TVector value) where TVector : unmanaged, IVector<TVector>
    {
        TVector signedOne = TVector.Or(TVector.And(value, TVector.Splat(-0f)), TVector.Splat(1));
        return TVector.Select(TVector.GreaterThan(TVector.Abs(value), TVector.Zero), signedOne, value);
    }

    /// <summary>value * 2^exponent for hardware that has no instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector ScaleInTwoSteps<TVector>(TVector value, TVector exponent)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector half = TVector.Floor(exponent * TVector.Splat(0.5f));
        return value * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>2^exponent for integers from -126 to 127, by putting the exponent's bits where they belong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector PowerOfTwo<TVector>(TVector exponent) where TVector : unmanaged, IVector<TVector>
    {
        // Adding 1.5 * 2^23 leaves the integer in the low mantissa bits.
        TVector shifted = exponent + TVector.Splat(12582912f + 127f);
        return TVector.ShiftBitsLeft(shifted, 23);
    }

    static TVector Map<TVector>(TVector value, delegate*<float, float> function)
        where TVector : unmanaged, IVector<TVector>
    {
        float* lanes = stackalloc float[TVector.Count];
        TVector.Store(lanes, value);
        for (int i = 0; i < TVector.Count; i++)
            lanes[i] = function(lanes[i]);
        return TVector.Load(lanes);
    }
}
