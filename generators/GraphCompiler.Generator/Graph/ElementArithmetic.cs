using System;

namespace GraphCompiler.Generator.Graphs;

/// <summary>
/// Elementwise operations from their definitions, in double precision, with the functions they need that .NET Standard lacks:
/// for constants that are folded, and for the tests' oracle.
/// </summary>
internal static class ElementArithmetic
{
    /// <summary>One element of an elementwise node; operands that it lacks are ignored.</summary>
    public static double Compute(Node node, double a, double b, double c) => Compute(node.Op, node.Type, a, b, c);

    /// <summary>One element of an elementwise operation; operands that the operation lacks are ignored.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="type">The type of its result, for casts.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <param name="c">The third operand.</param>
    public static double Compute(Op op, ElementType type, double a, double b, double c) => op switch
    {
        Op.Copy => a,
        Op.Negate => -a,
        Op.Abs => Math.Abs(a),
        Op.Sign => double.IsNaN(a) ? a : Math.Sign(a),
        Op.Exp => Math.Exp(a),
        Op.Log => Math.Log(a),
        Op.Sqrt => Math.Sqrt(a),
        Op.ReciprocalSqrt => 1 / Math.Sqrt(a),
        Op.Sin => Math.Sin(a),
        Op.Cos => Math.Cos(a),
        Op.Tanh => Math.Tanh(a),
        Op.Sigmoid => Sigmoid(a),
        Op.Erf => Erf(a),
        Op.Softplus => Softplus(a),
        Op.Gelu => a <= double.MinValue ? -0.0 : a * NormalDistribution(a),
        Op.GeluTanh => a <= double.MinValue ? -0.0 : a * Sigmoid(GeluTanhExponent(a)),
        Op.Silu => a <= double.MinValue ? -0.0 : a * Sigmoid(a),
        Op.GeluSlope => GeluSlope(a),
        Op.GeluTanhSlope => GeluTanhSlope(a),
        Op.SiluSlope => SigmoidSlope(a, a, 1),
        Op.Relu => Math.Max(a, 0),
        Op.Floor => Math.Floor(a),
        Op.Not => Truth(a == 0),
        Op.Cast => Cast(a, type),

        Op.Add => a + b,
        Op.Subtract => a - b,
        Op.Multiply => a * b,
        Op.Divide => a / b,
        Op.Power => Power(a, b),
        Op.Maximum => Math.Max(a, b),
        Op.Minimum => Math.Min(a, b),
        Op.Less => Truth(a < b),
        Op.LessOrEqual => Truth(a <= b),
        Op.Greater => Truth(a > b),
        Op.GreaterOrEqual => Truth(a >= b),
        Op.Equal => Truth(a == b),
        Op.NotEqual => Truth(a != b),
        Op.And => Truth(a != 0 && b != 0),
        Op.Or => Truth(a != 0 || b != 0),
        Op.Select => a != 0 ? b : c,
        _ => throw new NotSupportedException($"{op} is no elementwise operation."),
    };

    /// <summary>
    /// A value in another type: to a narrower format it is rounded, as an integer it is the one next to it towards 0 as far as there is
    /// one, and any other holds what the oracle computes.
    /// </summary>
    static double Cast(double value, ElementType type) => type == ElementType.Bool ? Truth(value != 0)
        : type == ElementType.Int32 ? (double.IsNaN(value) ? 0 : Math.Min(Math.Max(Math.Truncate(value), int.MinValue), int.MaxValue))
        : type.IsNarrow() && type.IsFloat() ? Rounded(value, type)
        : value;

    /// <summary>One element of an elementwise node of integers, which wrap as C#'s do.</summary>
    public static double ComputeWrapped(Node node, double a, double b, double c) => node.Op == Op.Multiply
        ? unchecked((int)((long)a * (long)b))
        : unchecked((int)(long)Compute(node, a, b, c));

    /// <summary>
    /// The nearest number of a format, ties to even, of the nearest single-precision number: what is rounded is always a value
    /// that kernels hold in single precision.
    /// </summary>
    public static double Rounded(double value, ElementType format)
    {
        double x = (float)value;
        if (!format.IsNarrow() || x == 0 || double.IsNaN(x) || double.IsInfinity(x))
            return x;
        var (mantissaBits, smallestExponent, largest) = format.Info().Float!;
        // The exponent is read from the bits of the double, to which every single-precision number is a normal one.
        int exponent = (int)((BitConverter.DoubleToInt64Bits(x) >> 52) & 0x7FF) - 1023;
        double quantum = Math.Pow(2, Math.Max(exponent, smallestExponent) - mantissaBits);
        double rounded = Math.Round(x / quantum, MidpointRounding.ToEven) * quantum;
        return Math.Abs(rounded) <= largest ? rounded : Math.Sign(x) * double.PositiveInfinity;
    }

    static double Truth(bool condition) => condition ? 1 : 0;

    static double Sigmoid(double x)
    {
        double exponential = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + exponential) : exponential / (1 + exponential);
    }

    /// <summary>2√(2/π)(x + 0.044715x³): ½(1 + tanh(u)) is sigmoid(2u).</summary>
    static double GeluTanhExponent(double x) => 2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x));

    static double GeluTanhSlope(double x) =>
        SigmoidSlope(x, GeluTanhExponent(x), 2 * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x)));

    /// <summary>
    /// The derivative of x·sigmoid(u) where u has the derivative <paramref name="slope"/>. Beyond |u| = 1000 it is 0 or 1, also
    /// where x is infinite.
    /// </summary>
    static double SigmoidSlope(double x, double u, double slope) => Math.Abs(u) > 1000
        ? Truth(u > 0)
        : Sigmoid(u) * (1 + (x * slope * Sigmoid(-u)));

    static double GeluSlope(double x) => Math.Abs(x) > 50
        ? Truth(x > 0)
        : NormalDistribution(x) + (x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));

    /// <summary>
    /// Φ(x). From −3 on down, where 1 + erf cancels, by the continued fraction φ(t)/(t + 1/(t + 2/(t + 3/…))) at t = −x
    /// (Abramowitz and Stegun 26.2.14).
    /// </summary>
    static double NormalDistribution(double x)
    {
        if (!(x < -3))
            return 0.5 * (1 + Erf(x / Math.Sqrt(2)));
        double fraction = -x;
        for (int k = 200; k >= 1; k--)
            fraction = (k / fraction) - x;
        return Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI) / fraction;
    }

    /// <summary>log(1 + exp(x)), in the form max(x, 0) + log(1 + exp(−|x|)).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>log(1 + x) without losing a small x (Higham 2002, section 1.14.1).</summary>
    static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>C's pow, IEEE 754-2008's special cases included.</summary>
    static double Power(double a, double b) => b == 0 || a == 1 ? 1 : Math.Pow(a, b);

    /// <summary>
    /// The error function by 2/√π·exp(−x²)·Σ 2ⁿx²ⁿ⁺¹/(1·3·…·(2n + 1)) (Abramowitz and Stegun 7.1.6): all terms have one
    /// sign, so nothing cancels. Beyond |x| = 6 it is ±1 in double precision.
    /// </summary>
    static double Erf(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6)
            return double.IsNaN(x) ? x : Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
