using System.Globalization;

namespace GraphCompiler.Kernels.Tests;

/// <summary>
/// A function of one number, and how far what computes it may be from it: the table of docs/accuracy.md says so, and tests
/// measure it over all of float's range. Exact values are computed in double precision by formulas in which nothing cancels.
/// </summary>
/// <param name="Name">Its row in the table.</param>
/// <param name="Exact">The function.</param>
/// <param name="IsAbsolute">Whether the error is a difference, for functions that pass through 0, or in units of the last place.</param>
public sealed record ExactFunction(string Name, Func<double, double> Exact, bool IsAbsolute = false)
{
    public static IReadOnlyList<ExactFunction> All { get; } =
    [
        new("Sqrt", Math.Sqrt),
        new("Rsqrt", x => 1 / Math.Sqrt(x)),
        new("Exp", Math.Exp),
        new("Log", Math.Log),
        new("Sin", Math.Sin),
        new("Cos", Math.Cos),
        new("Tanh", Math.Tanh),
        new("Sigmoid", Sigmoid),
        new("Softplus", Softplus),
        new("Erf", Erf),
        new("Gelu", x => x * Normal(x)),
        new("GeluTanh", x => x * Sigmoid(Exponent(x))),
        new("Silu", x => x * Sigmoid(x)),
        new("Gelu, slope", x => Normal(x) + x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI), IsAbsolute: true),
        new("GeluTanh, slope", x => Slope(x, Exponent(x), 2 * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x)), IsAbsolute: true),
        new("Silu, slope", x => Slope(x, x, 1), IsAbsolute: true),
    ];

    static double Sigmoid(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    static double Exponent(double x) => 2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);

    static double Slope(double x, double u, double derivative) => Math.Abs(u) > 700 ? (u > 0 ? 1 : 0) : Sigmoid(u) * (1 + x * derivative * Sigmoid(-u));

    static double Softplus(double x)
    {
        double t = Math.Exp(-Math.Abs(x));
        return Math.Max(x, 0) + (t < 1e-5 ? t - t * t / 2 + t * t * t / 3 : Math.Log(1 + t));
    }

    /// <summary>The series of e^(x²) erf(x), whose terms are all positive; from 1 on what the normal distribution leaves.</summary>
    static double Erf(double x)
    {
        if (Math.Abs(x) >= 1)
            return Math.Sign(x) * (1 - 2 * Normal(-Math.Abs(x) * Math.Sqrt(2)));
        double square = x * x, term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * square / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
    }

    /// <summary>The normal distribution function, below 0 as e^(-t²/2) P(t) / Q(t): a minimax quotient with an error of 2e-18.</summary>
    static double Normal(double x)
    {
        double t = Math.Min(Math.Abs(x), 14.6);
        double p = Polynomial(t,
            [0.4999999999999999991, 0.7402077893545294191, 0.5449558354181865033, 0.2549618875819880058, 0.08257671878740317121,
                0.01909750130560007872, 0.003149634885377237707, 0.0003578890868843159893, 0.00002555960621442022771, 8.830323734093879054e-7]);
        double q = Polynomial(t,
            [1.0, 2.278300139511923774, 2.407732177027966477, 1.557827556274304427, 0.6851940733374962245, 0.2147558935503866648,
                0.0487630083961463482, 0.007959032152389081249, 0.0008993083419965992339, 0.00006406843156241840452, 2.213433915107409914e-6]);
        double tail = Math.Abs(x) > 38 ? 0 : Math.Exp(-0.5 * x * x) * p / q;
        return x < 0 ? tail : 1 - tail;
    }

    static double Polynomial(double x, ReadOnlySpan<double> coefficients)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
            sum = sum * x + coefficients[i];
        return sum;
    }

    /// <summary>The error of a result; infinite where one of the two is no number, or the wrong infinity.</summary>
    public double ErrorOf(float x, float result)
    {
        double exact = Exact(x);
        if (double.IsNaN(exact) || float.IsNaN(result))
            return double.IsNaN(exact) && float.IsNaN(result) ? 0 : double.PositiveInfinity;
        if ((float)exact == result)
            return IsAbsolute ? Math.Abs(result - exact) : Math.Min(0.5, Units(exact, result));
        return float.IsInfinity(result) || double.IsInfinity(exact) ? double.PositiveInfinity
            : IsAbsolute ? Math.Abs(result - exact)
            : Units(exact, result);
    }

    /// <summary>Units of the last place of the exact result; below 2^-126 they are 2^-149.</summary>
    static double Units(double exact, float result) => double.IsInfinity(exact) ? 0
        : Math.Abs(result - exact) / Math.ScaleB(1, Math.Max(exact == 0 ? -126 : Math.ILogB(exact), -126) - 23);
}

/// <summary>The largest error of a function, for results in the range of normal numbers and for subnormal ones.</summary>
public sealed class LargestError(ExactFunction function)
{
    const float SmallestNormal = 1.17549435e-38f;

    public double Normal { get; private set; }

    public float At { get; private set; } = float.NaN;

    public double Subnormal { get; private set; }

    public void Take(float x, float result)
    {
        double error = function.ErrorOf(x, result);
        if (!function.IsAbsolute && MathF.Abs(result) < SmallestNormal && Math.Abs(function.Exact(x)) < SmallestNormal)
            Subnormal = Math.Max(Subnormal, error);
        else if (error > Normal)
            (Normal, At) = (error, x);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{function.Name}: {Normal:G4} at {At:R}, subnormal {Subnormal:G4}");
}

/// <summary>What is measured: every so many floats of all there are, and those around the places where formulas change.</summary>
public static class MeasuredFloats
{
    /// <summary>A prime, so that all mantissas have their turn. 1 measures every float, in some minutes a function.</summary>
    public static uint Stride { get; } = uint.Parse(
        Environment.GetEnvironmentVariable("GRAPHCOMPILER_FLOAT_STRIDE") ?? "8191", CultureInfo.InvariantCulture);

    const int Neighbours = 64;

    static readonly float[] Places =
    [
        0, 1.17549435e-38f, 1e-10f, 2.4414062e-4f, 0.35f, 0.41421356f, 0.5f, 0.70710677f, 0.75f, 1, 1.4142135f, 1.5707964f, 2, 3.1415927f, 3.93f, 5, 5.5f, 9.02f, 9.95f,
        10.1f, 10.5f, 11, 13.1f, 14, 14.2f, 15, 16.6f, 17.4f, 87.33655f, 88.72284f, 89, 103.97208f, 104, 110, 8192, 1.8446744e19f, 3e19f, 1e30f, float.MaxValue,
    ];

    static readonly float[] Specials = [float.PositiveInfinity, float.NegativeInfinity, float.NaN];

    public static IEnumerable<float> All()
    {
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Stride)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            if (float.IsFinite(x))
                yield return x;
        }
        foreach (float place in Places)
        {
            int middle = BitConverter.SingleToInt32Bits(place);
            for (int bits = Math.Max(0, middle - Neighbours); bits <= middle + Neighbours; bits++)
            {
                float x = BitConverter.Int32BitsToSingle(bits);
                if (!float.IsFinite(x))
                    continue;
                yield return x;
                yield return -x;
            }
        }
    }
}

/// <summary>docs/accuracy.md: a row a function, a column for each way to compute it.</summary>
public static class AccuracyPage
{
    /// <summary>The bound for normal results, in the measure of the function, and for subnormal ones, in units of 2^-149.</summary>
    public static (double Normal, double Subnormal) BoundOf(string function, string column)
    {
        string[][] rows = [.. File.ReadAllLines(Path.Combine(Root(), "docs", "accuracy.md"))
            .Where(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())];
        string[] heading = rows.First(row => row[0] == "Function");
        string[] row = rows.FirstOrDefault(row => row[0].Replace("`", "", StringComparison.Ordinal) == function)
            ?? throw new InvalidOperationException($"docs/accuracy.md has no row for {function}.");
        return (Number(row[Array.IndexOf(heading, column)]), Number(row[Array.IndexOf(heading, "Subnormal results")]));
    }

    static double Number(string cell) => double.Parse(cell.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture);

    static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "GraphCompiler.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run inside the repository.");
    }
}
