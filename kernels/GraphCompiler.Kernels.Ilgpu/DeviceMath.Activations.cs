using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <content>
/// Gelu, GeluTanh, Silu and their slopes, as the CPU computes them: x F(x) = max(x, 0) - |x| F(-|x|), where F(-|x|) is a product
/// with its exponential, so that nothing cancels; |x| stops where that has become 0.
/// </content>
public static partial class DeviceMath
{
    /// <summary>x Φ(x) with the normal distribution function Φ; -0 at -infinity.</summary>
    public static float Gelu(float x)
    {
        float t = MathF.Abs(Clamp(x, 15f));
        float p = NormalDensity(t, out int exponent) * (t * NormalTail(t));
        return Positive(x) - Scale(p, exponent);
    }

    /// <summary>The derivative of <see cref="Gelu(float)"/>.</summary>
    public static float GeluSlope(float x)
    {
        float t = MathF.Abs(Clamp(x, 15f));
        float p = NormalDensity(t, out int exponent) * (NormalTail(t) - t * 0.398942280f);
        return OfSign(x, Scale(p, exponent));
    }

    /// <summary>x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))) / 2; -0 at -infinity.</summary>
    public static float GeluTanh(float x)
    {
        float t = MathF.Abs(Clamp(x, 11f));
        float exponential = ExpOfMinusCubic(t);
        return Positive(x) - t * exponential / (1f + exponential);
    }

    /// <summary>The derivative of <see cref="GeluTanh(float)"/>.</summary>
    public static float GeluTanhSlope(float x)
    {
        float t = MathF.Abs(Clamp(x, 11f));
        float exponential = ExpOfMinusCubic(t);
        float slope = t * (t * t * 0.214064449f + 1.59576912f);
        float complement = 1f / (1f + exponential);
        return OfSign(x, exponential * complement * (1f - complement * slope));
    }

    /// <summary>x / (1 + e^-x); -0 at -infinity.</summary>
    public static float Silu(float x)
    {
        float t = MathF.Abs(Clamp(x, 112f));
        // Where e^-t alone is subnormal, it is taken in two steps.
        float half = Exp(t * -0.5f), product = t * half * half, quotient = product / (1f + half * half);
        return Positive(x) - (t > 80f ? product : quotient);
    }

    /// <summary>The derivative of <see cref="Silu(float)"/>.</summary>
    public static float SiluSlope(float x)
    {
        float t = MathF.Abs(Clamp(x, 110f));
        float exponential = Exp(-t);
        float complement = 1f / (1f + exponential);
        return OfSign(x, exponential * complement * (1f - complement * t));
    }

    /// <summary>The number if it is positive, else a zero of its own sign.</summary>
    static float Positive(float x) => x < 0f ? -0f : x;

    /// <summary>g where x is negative, else 1 - g; NaN stays NaN.</summary>
    static float OfSign(float x, float g)
    {
        float complement = 1f - g;
        return x < 0f ? g : complement;
    }

    /// <summary>
    /// e^(-t²/2) = the result * 2^exponent. What is lost when t² is rounded, which would be multiplied by t² in the result, is
    /// found with Dekker's product: the factor is cut into halves whose products are exact.
    /// </summary>
    static float NormalDensity(float t, out int exponent)
    {
        float upper = Interop.IntAsFloat(Interop.FloatAsInt(t) & 0xFFFF_F000u), lower = t - upper;
        float square = t * t;
        float rest = upper * upper - square + 2f * upper * lower + lower * lower;
        float x = square * -0.5f;
        float n = MathF.Floor(x * Log2OfE + 0.5f);
        float r = n * -UpperLn2 + x;
        r = n * -LowerLn2 + r;
        exponent = (int)n;
        return ExpOfReduced(r + rest * -0.5f);
    }

    /// <summary>Φ(-t) e^(t²/2) for t from 0 to 15.</summary>
    static float NormalTail(float t)
    {
        float p = t * 4.124377850e-3f + 4.068756777e-2f;
        p = t * p + 1.833961226e-1f;
        p = t * p + 4.385121355e-1f;
        p = t * p + 0.5f;
        float q = t * 1.033816417e-2f + 1.019949820e-1f;
        q = t * q + 4.698958820e-1f;
        q = t * q + 1.203171844e+0f;
        q = t * q + 1.674909256e+0f;
        q = t * q + 1f;
        return p / q;
    }

    /// <summary>e^(-2 sqrt(2/π) (t + 0.044715 t³)), by way of 2^-y.</summary>
    static float ExpOfMinusCubic(float t)
    {
        float y = t * (t * t * -0.102943240f + -2.30220820f);
        float n = MathF.Floor(y + 0.5f);
        return Scale(ExpOfReduced((y - n) * 0.693147181f), (int)n);
    }
}
