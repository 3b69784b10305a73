using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// The same reductions and polynomials as the CPU's vector functions, one number at a time, from additions,
// multiplications, divisions and bits alone: every device can do these, and all give the same results to the last few bits.
// A device's own functions differ from device to device, and ILGPU maps few of .NET's.
//
// No function has a branch, at which threads of a warp would part: both values of a condition are computed before it, and it
// chooses between two variables or constants, which ILGPU makes an instruction of.

/// <summary>Elementary functions for kernels.</summary>
public static partial class DeviceMath
{
    const float Log2OfE = 1.44269504f;
    const float UpperLn2 = 0.693359375f, LowerLn2 = -2.12194440e-4f;
    const float SmallestNormal = 1.17549435e-38f;
    const int MantissaBits = 23, ExponentBias = 127;
    const uint BitsOfSqrtHalf = 0x3F35_04F3;

    /// <summary>The larger number; NaN if either is.</summary>
    public static float Max(float a, float b)
    {
        float larger = a > b ? a : b;
        return IsNaN(a) ? a : larger;
    }

    /// <inheritdoc cref="Max(float, float)"/>
    public static double Max(double a, double b)
    {
        double larger = a > b ? a : b;
        return IsNaN(a) ? a : larger;
    }

    /// <inheritdoc cref="Max(float, float)"/>
    public static Four Max(Four a, Four b) => new() { X = Max(a.X, b.X), Y = Max(a.Y, b.Y), Z = Max(a.Z, b.Z), W = Max(a.W, b.W) };

    /// <summary>The smaller number; NaN if either is.</summary>
    public static float Min(float a, float b)
    {
        float smaller = a < b ? a : b;
        return IsNaN(a) ? a : smaller;
    }

    /// <inheritdoc cref="Min(float, float)"/>
    public static double Min(double a, double b)
    {
        double smaller = a < b ? a : b;
        return IsNaN(a) ? a : smaller;
    }

    /// <inheritdoc cref="Min(float, float)"/>
    public static Four Min(Four a, Four b) => new() { X = Min(a.X, b.X), Y = Min(a.Y, b.Y), Z = Min(a.Z, b.Z), W = Min(a.W, b.W) };

    /// <summary>The number if positive, else 0; NaN stays NaN.</summary>
    public static float Relu(float x) => x < 0f ? 0f : x;

    /// <inheritdoc cref="Relu(float)"/>
    public static double Relu(double x) => x < 0d ? 0d : x;

    /// <inheritdoc cref="Relu(float)"/>
    public static Four Relu(Four x) => new() { X = Relu(x.X), Y = Relu(x.Y), Z = Relu(x.Z), W = Relu(x.W) };

    /// <summary>1, -1, or what neither is: zeros and NaN.</summary>
    public static float Sign(float x)
    {
        float other = x < 0f ? -1f : x;
        return x > 0f ? 1f : other;
    }

    /// <inheritdoc cref="Sign(float)"/>
    public static double Sign(double x)
    {
        double other = x < 0d ? -1d : x;
        return x > 0d ? 1d : other;
    }

    /// <inheritdoc cref="Sign(float)"/>
    public static Four Sign(Four x) => new() { X = Sign(x.X), Y = Sign(x.Y), Z = Sign(x.Z), W = Sign(x.W) };

    /// <summary>Whether it is not a number: by the bits, since comparisons with NaN are not alike on all devices.</summary>
    public static bool IsNaN(float x) => (Interop.FloatAsInt(x) & 0x7FFF_FFFFu) > 0x7F80_0000u;

    /// <inheritdoc cref="IsNaN(float)"/>
    public static bool IsNaN(double x) => (Interop.FloatAsInt(x) & 0x7FFF_FFFF_FFFF_FFFFul) > 0x7FF0_0000_0000_0000ul;

    /// <summary>Whether it is infinite, by the bits too.</summary>
    static bool IsInfinite(float x) => (Interop.FloatAsInt(x) & 0x7FFF_FFFFu) == 0x7F80_0000u;

    /// <summary>What a mean is measured from: the number, or 0 where it is not finite.</summary>
    public static float Origin(float x) => (Interop.FloatAsInt(x) & 0x7F80_0000u) == 0x7F80_0000u ? 0f : x;

    /// <inheritdoc cref="Origin(float)"/>
    public static Four Origin(Four x) => new() { X = Origin(x.X), Y = Origin(x.Y), Z = Origin(x.Z), W = Origin(x.W) };

    /// <summary>The mean, from its origin and half its distance from there.</summary>
    public static float Mean(float origin, float halfDistance) => origin + halfDistance + halfDistance;

    /// <inheritdoc cref="Mean(float, float)"/>
    public static Four Mean(Four origin, Four halfDistance) => origin + halfDistance + halfDistance;

    /// <summary>The integer next to a number towards zero: the smallest or the largest there is where it is beyond them, and 0 for NaN.</summary>
    public static int ToInteger(float x)
    {
        int whole = (int)Clamp(IsNaN(x) ? 0f : x, -2147483648f, 2147483520f);
        return x >= 2147483648f ? int.MaxValue : whole;
    }

    /// <summary>As <see cref="ToInteger(float)"/>, in 64 bits.</summary>
    public static long ToLong(float x)
    {
        long whole = (long)Clamp(IsNaN(x) ? 0f : x, -9223372036854775808f, 9223371487098961920f);
        return x >= 9223372036854775808f ? long.MaxValue : whole;
    }

    /// <inheritdoc cref="ToInteger(float)"/>
    public static int ToInteger(double x) => x >= 2147483647d ? int.MaxValue : x >= -2147483648d ? (int)x : x < 0d ? int.MinValue : 0;

    /// <inheritdoc cref="ToLong(float)"/>
    public static long ToLong(double x) =>
        x >= 9223372036854775808d ? long.MaxValue : x >= -9223372036854775808d ? (long)x : x < 0d ? long.MinValue : 0L;

    /// <summary>e^x; infinity above 88.72, 0 below -103.97.</summary>
    public static float Exp(float value)
    {
        float x = Clamp(value, -104f, 89f);
        float n = MathF.Floor(x * Log2OfE + 0.5f);
        float r = n * -UpperLn2 + x;
        r = n * -LowerLn2 + r;
        float result = Scale(ExpOfReduced(r), (int)n);
        return IsNaN(value) ? value : result;
    }

    /// <inheritdoc cref="Exp(float)"/>
    public static Four Exp(Four x) => new() { X = Exp(x.X), Y = Exp(x.Y), Z = Exp(x.Z), W = Exp(x.W) };

    /// <summary>The natural logarithm; -infinity at 0, NaN below.</summary>
    public static float Log(float value)
    {
        bool isTiny = value < SmallestNormal;
        float enlarged = value * (1 << MantissaBits);
        uint bits = Interop.FloatAsInt(isTiny ? enlarged : value);
        int doublings = (int)(bits - BitsOfSqrtHalf) >> MantissaBits, fewer = doublings - MantissaBits;
        float mantissa = Interop.IntAsFloat(bits - (uint)(doublings << MantissaBits));
        float result = LogOfReduced(mantissa - 1f, isTiny ? fewer : doublings);
        result = value > float.MaxValue ? value : result;
        result = value == 0f ? float.NegativeInfinity : result;
        result = value < 0f ? float.NaN : result;
        return IsNaN(value) ? value : result;
    }

    /// <inheritdoc cref="Log(float)"/>
    public static Four Log(Four x) => new() { X = Log(x.X), Y = Log(x.Y), Z = Log(x.Z), W = Log(x.W) };

    /// <summary>1 / (1 + e^-x).</summary>
    public static float Sigmoid(float x)
    {
        float exponential = Exp(-MathF.Abs(x));
        return (x < 0f ? exponential : 1f) / (1f + exponential);
    }

    /// <inheritdoc cref="Sigmoid(float)"/>
    public static Four Sigmoid(Four x) => new() { X = Sigmoid(x.X), Y = Sigmoid(x.Y), Z = Sigmoid(x.Z), W = Sigmoid(x.W) };

    /// <summary>The hyperbolic tangent.</summary>
    public static float Tanh(float value)
    {
        float x = Clamp(value, 9.02f);
        float z = x * x;
        float p = z * 5.076326559e-8f + 3.158933760e-5f;
        p = z * p + 4.008520860e-3f;
        p = z * p + 1.378537267e-1f;
        p = z * p + 1f;
        float q = z * 7.374653666e-10f + 1.617507564e-6f;
        q = z * q + 4.207429301e-4f;
        q = z * q + 2.773755416e-2f;
        q = z * q + 4.711870551e-1f;
        q = z * q + 1f;
        return Clamp(x * p / q, 1f);
    }

    /// <inheritdoc cref="Tanh(float)"/>
    public static Four Tanh(Four x) => new() { X = Tanh(x.X), Y = Tanh(x.Y), Z = Tanh(x.Z), W = Tanh(x.W) };

    /// <summary>The error function.</summary>
    public static float Erf(float value)
    {
        float x = Clamp(value, 3.93f);
        float z = x * x;
        float p = z * -1.285754792e-8f + 4.619957053e-6f;
        p = z * p + 3.771648626e-4f;
        p = z * p + 3.840337740e-3f;
        p = z * p + 5.425483733e-2f;
        p = z * p + 1.851490438e-1f;
        p = z * p + 1.128379226e+0f;
        float q = z * 6.249990111e-5f + 1.302414923e-3f;
        q = z * q + 1.543492172e-2f;
        q = z * q + 1.138874367e-1f;
        q = z * q + 4.974174798e-1f;
        q = z * q + 1f;
        return Clamp(x * p / q, 1f);
    }

    /// <inheritdoc cref="Erf(float)"/>
    public static Four Erf(Four x) => new() { X = Erf(x.X), Y = Erf(x.Y), Z = Erf(x.Z), W = Erf(x.W) };

    /// <summary>log(1 + e^x) without overflow.</summary>
    public static float Softplus(float x)
    {
        float t = Exp(-MathF.Abs(x));
        float half = (t - 1f) * 0.5f;
        bool isLarge = t > 0.41421354f;
        return Relu(x) + LogOfReduced(isLarge ? half : t, isLarge ? 1 : 0);
    }

    /// <inheritdoc cref="Softplus(float)"/>
    public static Four Softplus(Four x) => new() { X = Softplus(x.X), Y = Softplus(x.Y), Z = Softplus(x.Z), W = Softplus(x.W) };

    /// <summary>The sine of an angle in radians; beyond ±8192 it loses digits.</summary>
    public static float Sin(float x)
    {
        float sine = SinOfQuarters(x, 0);
        return x == 0f ? x : sine;
    }

    /// <inheritdoc cref="Sin(float)"/>
    public static Four Sin(Four x) => new() { X = Sin(x.X), Y = Sin(x.Y), Z = Sin(x.Z), W = Sin(x.W) };

    /// <summary>The cosine of an angle in radians; beyond ±8192 it loses digits.</summary>
    public static float Cos(float x) => SinOfQuarters(x, 1);

    /// <inheritdoc cref="Cos(float)"/>
    public static Four Cos(Four x) => new() { X = Cos(x.X), Y = Cos(x.Y), Z = Cos(x.Z), W = Cos(x.W) };

    /// <summary>value^exponent, within a relative error of 1e-6 for results near 1, with the special cases of C's powf.</summary>
    public static float Power(float value, float exponent)
    {
        float magnitude = Exp(exponent * Log(MathF.Abs(value))), opposite = -magnitude, half = exponent * 0.5f;
        bool isInteger = MathF.Floor(exponent) == exponent, isOdd = isInteger & MathF.Floor(half) != half;
        bool isNegative = (Interop.FloatAsInt(value) >> 31) != 0;
        float result = isNegative & isOdd ? opposite : magnitude;
        result = value < 0f & value >= -float.MaxValue & !isInteger ? float.NaN : result;
        return exponent == 0f | value == 1f | (value == -1f & IsInfinite(exponent)) ? 1f : result;
    }

    /// <inheritdoc cref="Power(float, float)"/>
    public static Four Power(Four value, Four exponent) => new()
    {
        X = Power(value.X, exponent.X),
        Y = Power(value.Y, exponent.Y),
        Z = Power(value.Z, exponent.Z),
        W = Power(value.W, exponent.W),
    };

    /// <summary>2^exponent for integers from -126 to 127, by putting the bits where they belong.</summary>
    static float PowerOfTwo(int exponent) => Interop.IntAsFloat((uint)(exponent + ExponentBias) << MantissaBits);

    /// <summary>value * 2^exponent in two steps, of which only the second can leave the normal numbers.</summary>
    static float Scale(float value, int exponent)
    {
        int half = exponent >> 1;
        return value * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>e^r for |r| ≤ ln 2 / 2.</summary>
    static float ExpOfReduced(float r)
    {
        float p = r * 1.316917362e-3f + 8.353551850e-3f;
        p = r * p + 4.167633504e-2f;
        p = r * p + 1.666670889e-1f;
        p = r * p + 4.999999106e-1f;
        p = r * p + 1f;
        return r * p + 1f;
    }

    static float Clamp(float x, float bound) => Clamp(x, -bound, bound);

    static float Clamp(float x, float low, float high)
    {
        x = x < low ? low : x;
        return x > high ? high : x;
    }

    /// <summary>exponent * ln 2 + log(1 + f) for f from sqrt(1/2) - 1 to sqrt(2) - 1.</summary>
    static float LogOfReduced(float f, int exponent)
    {
        float p = f * -7.634498179e-2f + 1.276157796e-1f;
        p = f * p + -1.316018254e-1f;
        p = f * p + 1.420175731e-1f;
        p = f * p + -1.662335694e-1f;
        p = f * p + 2.000122666e-1f;
        p = f * p + -2.500081956e-1f;
        p = f * p + 3.333333135e-1f;
        float z = f * f;
        float small = exponent * LowerLn2 + f * z * p;
        small = z * -0.5f + small;
        return exponent * UpperLn2 + (f + small);
    }

    /// <summary>sin(x + quarters * π/2).</summary>
    static float SinOfQuarters(float x, int quarters)
    {
        float n = MathF.Floor(x * 0.636619772f + 0.5f);
        float r = n * -1.5703125f + x;
        r = n * -4.837512970e-4f + r;
        r = n * -7.549533620e-8f + r;
        r = n * -2.563344068e-12f + r;
        int quarter = (int)n + quarters;
        float z = r * r;
        float sine = z * -1.951665618e-4f + 8.332173340e-3f;
        sine = z * sine + -1.666665524e-1f;
        sine = r * z * sine + r;
        float cosine = z * 2.443772973e-5f + -1.388736186e-3f;
        cosine = z * cosine + 4.166664556e-2f;
        cosine = z * cosine + -0.5f;
        cosine = z * cosine + 1f;
        float value = (quarter & 1) != 0 ? cosine : sine, opposite = -value;
        return (quarter & 2) != 0 ? opposite : value;
    }
}
