using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class VectorMathFloat512Tests : VectorMathTests<Float512>;

public sealed class VectorMathFloat256Tests : VectorMathTests<Float256>;

public sealed class VectorMathFloat128Tests : VectorMathTests<Float128>;

/// <summary>The elementary functions against the runtime's in double precision.</summary>
public abstract unsafe class VectorMathTests<TVector>
    where TVector : unmanaged, IVector<TVector>
{
    const float Infinity = float.PositiveInfinity;
    const float NaN = float.NaN;
    const int Points = 60_000;

    static readonly int Count = TVector.Count;

    /// <summary>Half of the points evenly spaced over the interval, half over the bit patterns of floats in it.</summary>
    static float[] Sample(float low, float high)
    {
        float[] points = new float[Points];
        int lowOrder = Order(low), highOrder = Order(high);
        for (int i = 0; i < Points / 2; i++)
        {
            double position = i / (Points / 2 - 1.0);
            points[2 * i] = (float)(low + (high - (double)low) * position);
            points[2 * i + 1] = FromOrder((int)(lowOrder + ((long)highOrder - lowOrder) * position));
        }
        return points;

        // Floats in the order of their values are integers in the order of their values, once the negative ones are
        // turned around.
        static int Order(float value)
        {
            int bits = BitConverter.SingleToInt32Bits(value);
            return bits < 0 ? int.MinValue - bits : bits;
        }

        static float FromOrder(int order) => BitConverter.Int32BitsToSingle(order < 0 ? int.MinValue - order : order);
    }

    static float[] Map(Func<TVector, TVector> function, float[] points)
    {
        float[] results = new float[points.Length];
        fixed (float* source = points, destination = results)
        {
            for (int i = 0; i < points.Length; i += Count)
            {
                int count = Math.Min(Count, points.Length - i);
                TVector.StorePartial(destination + i, count, function(TVector.LoadPartial(source + i, count)));
            }
        }
        return results;
    }

    /// <summary>The distance of neighbouring floats around a number.</summary>
    static double UnitInLastPlace(double exact) =>
        Math.ScaleB(1, Math.Max(exact == 0 ? -126 : Math.ILogB(exact), -126) - 23);

    static void AssertAccurate(
        Func<TVector, TVector> function, Func<double, double> exactFunction, float low, float high, double ulps)
    {
        float[] points = Sample(low, high);
        float[] results = Map(function, points);
        double worst = 0;
        int at = 0;
        for (int i = 0; i < points.Length; i++)
        {
            double exact = exactFunction(points[i]);
            double error = Math.Abs(results[i] - exact) / UnitInLastPlace(exact);
            if (!(error <= worst))
                (worst, at) = (error, i);
            if (double.IsNaN(error))
                break;
        }
        Assert.True(worst <= ulps, $"{worst:F2} ulp at {points[at]:R}: {results[at]:R}, exact {exactFunction(points[at]):R}");
    }

    static void AssertValues(Func<TVector, TVector> function, params (float Argument, float Expected)[] cases)
    {
        foreach ((float argument, float expected) in cases)
        {
            foreach (float result in Map(function, Enumerable.Repeat(argument, Count).ToArray()))
                Assert.True(expected.Equals(result), $"f({argument:R}) = {result:R}, expected {expected:R}");
        }
    }

    // The bounds hold with and without fused multiply-add. Just below 1 a unit in the last place is 6e-8, so 8 of them are
    // still a relative error of 5e-7.

    [Fact]
    public void Exp_is_accurate()
    {
        AssertAccurate(TVector.Exp, Math.Exp, -103, 88.72283f, 1.6);
        AssertAccurate(TVector.Exp, Math.Exp, -1, 1, 1.6);
        AssertValues(TVector.Exp, (0, 1), (-0f, 1), (Infinity, Infinity), (-Infinity, 0), (NaN, NaN), (1e-40f, 1),
            (88.73f, Infinity), (1e30f, Infinity), (-104, 0), (-1e30f, 0), (-103.9f, 1e-45f), (float.MinValue, 0));
    }

    [Fact]
    public void Log_is_accurate()
    {
        AssertAccurate(TVector.Log, Math.Log, float.Epsilon, float.MaxValue, 1.6);
        AssertAccurate(TVector.Log, Math.Log, 0.5f, 2, 1.6);
        AssertValues(TVector.Log, (0, -Infinity), (-0f, -Infinity), (1, 0), (-1, NaN), (-1e-45f, NaN),
            (Infinity, Infinity), (-Infinity, NaN), (NaN, NaN));
    }

    [Fact]
    public void Tanh_is_accurate()
    {
        AssertAccurate(TVector.Tanh, Math.Tanh, -12, 12, 6);
        AssertAccurate(TVector.Tanh, Math.Tanh, -1e-3f, 1e-3f, 2.5);
        AssertValues(TVector.Tanh, (0, 0), (Infinity, 1), (-Infinity, -1), (NaN, NaN), (1e-45f, 1e-45f), (1e-30f, 1e-30f),
            (9.02f, 1), (-30, -1), (float.MaxValue, 1));
    }

    [Fact]
    public void Sigmoid_is_accurate()
    {
        AssertAccurate(TVector.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -103, 40, 3.5);
        AssertAccurate(TVector.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -2, 2, 3.5);
        AssertValues(TVector.Sigmoid, (0, 0.5f), (Infinity, 1), (-Infinity, 0), (NaN, NaN), (1e30f, 1), (-1e30f, 0));
    }

    [Fact]
    public void Erf_is_accurate()
    {
        AssertAccurate(TVector.Erf, Erf, -5, 5, 8);
        AssertAccurate(TVector.Erf, Erf, -1e-3f, 1e-3f, 3);
        AssertValues(TVector.Erf, (0, 0), (Infinity, 1), (-Infinity, -1), (NaN, NaN), (3.93f, 1), (-30, -1),
            (float.MaxValue, 1));

        // The series of e^(x²) erf(x), whose terms are all positive.
        static double Erf(double x)
        {
            double square = x * x, term = x, sum = x;
            for (int n = 1; Math.Abs(term) > 1e-20 * Math.Abs(sum); n++)
            {
                term *= 2 * square / (2 * n + 1);
                sum += term;
            }
            return 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
        }
    }

    [Fact]
    public void Softplus_is_accurate()
    {
        AssertAccurate(TVector.Softplus, Softplus, -103, 100, 3);
        AssertAccurate(TVector.Softplus, Softplus, -2, 2, 3);
        AssertValues(TVector.Softplus, (Infinity, Infinity), (-Infinity, 0), (NaN, NaN), (1e30f, 1e30f), (-1e30f, 0),
            (0, 0.6931472f));

        static double Softplus(double x)
        {
            double t = Math.Exp(-Math.Abs(x));
            return Math.Max(x, 0) + (t < 1e-5 ? t - t * t / 2 + t * t * t / 3 : Math.Log(1 + t));
        }
    }

    [Fact]
    public void Sin_and_cos_are_accurate()
    {
        AssertAccurate(TVector.Sin, Math.Sin, -8192, 8192, 2.5);
        AssertAccurate(TVector.Cos, Math.Cos, -8192, 8192, 2.5);
        AssertAccurate(TVector.Sin, Math.Sin, -7, 7, 2.5);
        AssertAccurate(TVector.Cos, Math.Cos, -7, 7, 2.5);
        AssertAccurate(TVector.Sin, Math.Sin, 8192, float.MaxValue, 2.5);
        AssertAccurate(TVector.Cos, Math.Cos, 8192, float.MaxValue, 2.5);
        AssertValues(TVector.Sin, (0, 0), (1e-40f, 1e-40f), (Infinity, NaN), (-Infinity, NaN), (NaN, NaN));
        AssertValues(TVector.Cos, (0, 1), (1e-40f, 1), (Infinity, NaN), (-Infinity, NaN), (NaN, NaN));
    }

    /// <summary>Next to a multiple of π almost everything cancels.</summary>
    [Fact]
    public void Sin_and_cos_are_accurate_at_their_zeros()
    {
        float[] zeros = Enumerable.Range(1, 5000).Select(n => (float)(n * Math.PI / 2)).ToArray();
        float[] sines = Map(TVector.Sin, zeros), cosines = Map(TVector.Cos, zeros);
        for (int i = 0; i < zeros.Length; i++)
        {
            double sine = Math.Sin(zeros[i]), cosine = Math.Cos(zeros[i]);
            Assert.InRange(Math.Abs(sines[i] - sine) / UnitInLastPlace(sine), 0, 3);
            Assert.InRange(Math.Abs(cosines[i] - cosine) / UnitInLastPlace(cosine), 0, 3);
        }
    }

    [Fact]
    public void Power_is_accurate()
    {
        var random = new Random(11);
        float[] values = new float[Points], exponents = new float[Points];
        for (int i = 0; i < Points; i++)
        {
            // Results over the whole range of floats, from values far from 1 and close to it.
            double logarithm = (random.NextDouble() * 2 - 1) * (i % 2 == 0 ? 100 : 0.01);
            values[i] = (float)Math.Exp(Math.Clamp(logarithm, -100, 88));
            exponents[i] = (float)((random.NextDouble() * 190 - 102) / logarithm);
        }
        float[] results = MapPower(values, exponents);
        for (int i = 0; i < Points; i++)
        {
            double exact = Math.Pow(values[i], exponents[i]);
            if (exact > float.MaxValue)
                Assert.Equal(Infinity, results[i]);
            else
                Assert.True(Math.Abs(results[i] - exact) <= 2 * UnitInLastPlace(exact),
                    $"{values[i]:R} ^ {exponents[i]:R} = {results[i]:R}, exact {exact:R}");
        }
    }

    [Fact]
    public void Power_has_the_special_cases_of_C()
    {
        float[] interesting =
        [
            0f, -0f, 1f, -1f, 2f, -2f, 3f, -3f, 0.5f, -0.5f, 1.5f, -1.5f, 7f, -8f, 1e-40f, -1e-40f, 1e30f, -1e30f,
            16777217f, 16777216f, -16777215f, 8388609f, -8388607f, 4194304.5f, 127, 128, -149, -150, Infinity, -Infinity, NaN,
        ];
        foreach (float value in interesting)
        {
            float[] values = Enumerable.Repeat(value, interesting.Length).ToArray();
            float[] results = MapPower(values, interesting);
            for (int i = 0; i < results.Length; i++)
            {
                double exact = Math.Pow(value, interesting[i]);
                float expected = (float)exact;
                bool same = expected == results[i] && float.IsNegative(expected) == float.IsNegative(results[i])
                    || float.IsNaN(expected) && float.IsNaN(results[i])
                    || float.IsFinite(expected) && Math.Abs(results[i] - exact) <= 2 * UnitInLastPlace(exact);
                Assert.True(same, $"{value:R} ^ {interesting[i]:R} = {results[i]:R}, expected {expected:R}");
            }
        }
    }

    static float[] MapPower(float[] values, float[] exponents)
    {
        float[] results = new float[values.Length];
        fixed (float* value = values, exponent = exponents, result = results)
        {
            for (int i = 0; i < values.Length; i += Count)
            {
                int count = Math.Min(Count, values.Length - i);
                TVector.StorePartial(result + i, count, TVector.Power(
                    TVector.LoadPartial(value + i, count), TVector.LoadPartial(exponent + i, count)));
            }
        }
        return results;
    }

    static IEnumerable<(string Name, Func<TVector, TVector> Function)> Functions()
    {
        yield return ("Exp", TVector.Exp);
        yield return ("Log", TVector.Log);
        yield return ("Tanh", TVector.Tanh);
        yield return ("Sigmoid", TVector.Sigmoid);
        yield return ("Erf", TVector.Erf);
        yield return ("Softplus", TVector.Softplus);
        yield return ("Sin", TVector.Sin);
        yield return ("Cos", TVector.Cos);
        yield return ("BFloat16", BFloat16.Narrow);
        yield return ("Float16", Float16.Narrow);
        yield return ("Float8E4M3", Float8E4M3.Narrow);
        yield return ("Power", x => TVector.Power(TVector.Abs(x), TVector.Splat(1.7f)));
    }

    /// <summary>Bits of all exponents, among them every tie and its neighbours: against the runtime's conversion, and for bfloat16 against the definition.</summary>
    [Fact]
    public void Rounding_is_to_the_nearest_even()
    {
        var points = new List<float> { 0, -0f, Infinity, -Infinity, NaN, float.MaxValue, float.Epsilon, 65504, 65519.996f, 65520, -65520, 65536 };
        var random = new Random(1);
        for (uint exponent = 0; exponent < 256; exponent++)
        {
            foreach (uint tie in new uint[] { 0x1000, 0x3000, 0x8000, 0x18000, 0x7F8000, 0x7FF000 })
            {
                uint sign = (uint)random.Next(2) << 31;
                for (uint near = tie - 1; near <= tie + 1; near++)
                    points.Add(BitConverter.UInt32BitsToSingle(sign | exponent << 23 | near));
            }
            points.Add(BitConverter.UInt32BitsToSingle((uint)random.Next() ^ exponent << 23));
        }
        float[] numbers = [.. points], toBFloat16 = Map(BFloat16.Narrow, numbers), toFloat16 = Map(Float16.Narrow, numbers);
        for (int i = 0; i < numbers.Length; i++)
        {
            Assert.True(((float)(Half)numbers[i]).Equals(toFloat16[i]) && float.IsNegative((float)(Half)numbers[i]) == float.IsNegative(toFloat16[i]),
                $"binary16 of {numbers[i]:R} is {toFloat16[i]:R}");
            Assert.True(NearestBFloat16(numbers[i]).Equals(toBFloat16[i]), $"bfloat16 of {numbers[i]:R} is {toBFloat16[i]:R}");
        }
    }

    /// <summary>The nearer of the two neighbours whose lower half is 0; of two equally near, the one whose last bit is.</summary>
    static float NearestBFloat16(float x)
    {
        if (float.IsNaN(x) || float.IsInfinity(x))
            return x;
        uint below = BitConverter.SingleToUInt32Bits(x) & 0xFFFF_0000, above = below + 0x1_0000;
        double Number(uint bits) => (bits & 0x7F80_0000) == 0x7F80_0000 ? Math.Sign(x) * Math.Pow(2, 128) : BitConverter.UInt32BitsToSingle(bits);
        double toBelow = Math.Abs(x - Number(below)), toAbove = Math.Abs(Number(above) - x);
        bool isBelow = toBelow < toAbove || (toBelow == toAbove && (below & 0x1_0000) == 0);
        return BitConverter.UInt32BitsToSingle(isBelow ? below : above);
    }

    /// <summary>A lane's result has the same bits wherever it stands and whatever the others hold.</summary>
    [Fact]
    public void Lanes_do_not_depend_on_each_other()
    {
        float[] points =
        [
            0, -0f, 1, -1, 0.3f, -0.7f, 5, -5, 80, -80, 90, -110, 1e-40f, 3e4f, -1e20f, 1e-3f, 0.75f, 2, Infinity, -Infinity, NaN,
        ];
        foreach ((string name, Func<TVector, TVector> function) in Functions())
        {
            float[] alone = points.Select(point => Map(function, [point])[0]).ToArray();
            for (int rotation = 0; rotation < points.Length; rotation++)
            {
                float[] rotated = points.Select((_, i) => points[(i + rotation) % points.Length]).ToArray();
                float[] together = Map(function, rotated);
                for (int i = 0; i < points.Length; i++)
                {
                    int original = (i + rotation) % points.Length;
                    Assert.True(alone[original].Equals(together[i]), $"{name}({points[original]:R})");
                }
            }
        }
    }

    /// <summary>The widths differ in speed only.</summary>
    [Fact]
    public void Results_are_the_same_at_every_width()
    {
        float[] points = Sample(-30, 30).Where((_, i) => i % 10 == 0).ToArray();
        var narrow = VectorMathTests<Float128>.Functions().ToArray();
        int index = 0;
        foreach ((string name, Func<TVector, TVector> function) in Functions())
        {
            float[] expected = VectorMathTests<Float128>.Map(narrow[index++].Function, points);
            float[] results = Map(function, points);
            for (int i = 0; i < points.Length; i++)
                Assert.True(expected[i].Equals(results[i]), $"{name}({points[i]:R}): {results[i]:R}, narrow {expected[i]:R}");
        }
    }
}
