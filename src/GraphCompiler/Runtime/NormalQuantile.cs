namespace GraphCompiler.Runtime;

/// <summary>
/// The inverse of the normal distribution function, by Wichura's algorithm AS 241 (PPND16, Applied Statistics 37, 1988):
/// a ratio of two polynomials in the middle, and two more in <c>sqrt(-log(tail))</c> towards the ends; relative accuracy
/// about 1e-16. It turns one uniform number into one normal number, in order. Only additions, multiplications,
/// divisions and square roots are used, which IEEE 754 rounds the same way everywhere, so that a seed gives the same
/// bits on every machine; library logarithms and cosines do not promise that.
/// </summary>
internal static class NormalQuantile
{
    static ReadOnlySpan<double> MiddleNumerator =>
    [
        3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
    ];

    static ReadOnlySpan<double> MiddleDenominator =>
    [
        1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
        2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
    ];

    static ReadOnlySpan<double> TailNumerator =>
    [
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ];

    static ReadOnlySpan<double> TailDenominator =>
    [
        1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    static ReadOnlySpan<double> FarTailNumerator =>
    [
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    static ReadOnlySpan<double> FarTailDenominator =>
    [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    /// <summary>The value that a standard normal number stays below with this probability.</summary>
    /// <param name="probability">More than 0 and less than 1.</param>
    public static double Of(double probability)
    {
        double fromMiddle = probability - 0.5;
        if (Math.Abs(fromMiddle) <= 0.425)
        {
            double r = 0.180625 - fromMiddle * fromMiddle;
            return fromMiddle * Polynomial(MiddleNumerator, r) / Polynomial(MiddleDenominator, r);
        }

        double tail = fromMiddle < 0 ? probability : 1 - probability;
        double root = Math.Sqrt(-NaturalLogarithm(tail));
        double distance = root <= 5
            ? Polynomial(TailNumerator, root - 1.6) / Polynomial(TailDenominator, root - 1.6)
            : Polynomial(FarTailNumerator, root - 5) / Polynomial(FarTailDenominator, root - 5);
        return fromMiddle < 0 ? -distance : distance;
    }

    static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        double value = 0;
        for (int power = coefficients.Length - 1; power >= 0; power--)
            value = value * x + coefficients[power];
        return value;
    }

    /// <summary>
    /// x = 2^e m with m between sqrt(1/2) and sqrt(2); log m = 2 artanh(s) with s = (m - 1) / (m + 1), whose series in
    /// s², at most 0.03, is exact to a double after twelve terms. Positive normal numbers only.
    /// </summary>
    static double NaturalLogarithm(double x)
    {
        const double naturalLogarithmOf2 = 0.693147180559945309417;
        const double rootOf2 = 1.41421356237309504880;

        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > rootOf2)
        {
            mantissa /= 2;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double series = 0;
        for (int term = 12; term >= 0; term--)
            series = series * square + 1.0 / (2 * term + 1);
        return exponent * naturalLogarithmOf2 + 2 * s * series;
    }
}
