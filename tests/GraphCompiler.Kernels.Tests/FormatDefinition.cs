namespace GraphCompiler.Kernels.Tests;

/// <summary>An eight-bit format by its definition (OCP's OFP8), in double precision, one number after the other.</summary>
internal sealed class FormatDefinition
{
    readonly int mantissaBits, bias, exponents;
    readonly bool hasInfinity;

    FormatDefinition(int exponentBits, bool hasInfinity)
    {
        mantissaBits = 7 - exponentBits;
        bias = (1 << (exponentBits - 1)) - 1;
        exponents = 1 << exponentBits;
        this.hasInfinity = hasInfinity;
    }

    public static FormatDefinition E4M3 { get; } = new(4, hasInfinity: false);

    public static FormatDefinition E5M2 { get; } = new(5, hasInfinity: true);

    /// <summary>The bits of the largest finite number.</summary>
    public int Largest => hasInfinity ? 0x7B : 0x7E;

    /// <summary>The number with these bits.</summary>
    public double Number(int bits)
    {
        int magnitude = bits & 0x7F;
        double number = magnitude <= Largest ? OfMagnitude(magnitude) : hasInfinity && magnitude == Largest + 1 ? double.PositiveInfinity : double.NaN;
        return bits < 0x80 ? number : -number;
    }

    double OfMagnitude(int bits)
    {
        int exponent = (bits >> mantissaBits) % exponents, mantissa = bits & ((1 << mantissaBits) - 1);
        return exponent == 0 ? Math.ScaleB(mantissa, 1 - bias - mantissaBits) : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
    }

    /// <summary>
    /// The nearest number: all magnitudes are tried, and the one after the largest as if the format went on, which stands for what is beyond.
    /// Of two equally near the one whose last bit is 0.
    /// </summary>
    public double Nearest(float x)
    {
        if (float.IsNaN(x) || float.IsInfinity(x))
            return hasInfinity ? x : double.NaN;
        // Beyond twice the largest, distances would be rounded.
        double magnitude = Math.Min(Math.Abs((double)x), 2 * OfMagnitude(Largest));
        int nearest = 0;
        for (int bits = 1; bits <= Largest + 1; bits++)
        {
            double distance = Math.Abs(magnitude - OfMagnitude(bits)), best = Math.Abs(magnitude - OfMagnitude(nearest));
            if (distance < best || (distance == best && bits % 2 == 0))
                nearest = bits;
        }
        return Number(float.IsNegative(x) ? nearest | 0x80 : nearest);
    }
}
