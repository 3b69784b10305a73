using GraphCompiler.Kernels.Ilgpu;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>A kernel that computes all functions.</summary>
public static class MathKernels
{
    public struct Arguments
    {
        public ArrayView<float> Values, Others, Result;
    }

    /// <summary>How many functions there are, the first of which give the same bits everywhere.</summary>
    public const int Functions = 42, Exact = 22;

    /// <summary>Every function has groups of its own.</summary>
    public static void All(Arguments a)
    {
        int place = Grid.IdxX * Group.DimX + Group.IdxX, count = a.Values.IntLength, i = place % count;
        a.Result[place] = Value(place / count, a.Values[i], a.Others[i]);
    }

    public static float Value(int function, float x, float y) => function switch
    {
        0 => DeviceMath.Max(x, y),
        1 => DeviceMath.Min(x, y),
        2 => DeviceMath.Relu(x),
        3 => DeviceMath.Sign(x),
        4 => DeviceMath.IsNaN(x) ? 1f : 0f,
        5 => DeviceMath.ToInteger(x),
        6 => MathF.Abs(x),
        7 => DeviceFormats.FromBFloat16(DeviceFormats.ToBFloat16(DeviceFormats.RoundToBFloat16(x))),
        8 => DeviceFormats.FromFloat16(DeviceFormats.ToFloat16(DeviceFormats.RoundToFloat16(x))),
        9 => DevicePhilox.Uniform((ulong)Interop.FloatAsInt(x) << 32 | Interop.FloatAsInt(y), 3, 7, Interop.FloatAsInt(y)),
        10 => x < y ? 1f : 0f,
        11 => x <= y ? 1f : 0f,
        12 => x > y ? 1f : 0f,
        13 => x >= y ? 1f : 0f,
        14 => x == y ? 1f : 0f,
        15 => x != y ? 1f : 0f,
        16 => Flags((Four)x < y),
        17 => Flags((Four)x <= y),
        18 => Flags((Four)x > y),
        19 => Flags((Four)x >= y),
        20 => Flags(Four.Equal(x, y)),
        21 => Flags(Four.NotEqual(x, y)),
        22 => MathF.Sqrt(x),
        23 => x / y,
        24 => DeviceMath.Exp(x),
        25 => DeviceMath.Log(x),
        26 => DeviceMath.Sigmoid(x),
        27 => DeviceMath.Tanh(x),
        28 => DeviceMath.Erf(x),
        29 => DeviceMath.Softplus(x),
        30 => DeviceMath.Power(MathF.Abs(x), y),
        31 => DeviceMath.Power(x, MathF.Floor(y)),
        32 => DeviceMath.Sin(x),
        33 => DeviceMath.Cos(x),
        34 => DeviceMath.Log(1f + MathF.Abs(x)),
        35 => DeviceMath.Gelu(x),
        36 => DeviceMath.GeluTanh(x),
        37 => DeviceMath.Silu(x),
        38 => DeviceMath.GeluSlope(x),
        39 => DeviceMath.GeluTanhSlope(x),
        40 => DeviceMath.SiluSlope(x),
        _ => DeviceMath.Mean(DeviceMath.Origin(x), y),
    };

    static float Flags(FourFlags flags) => Four.Select(flags, 1f, 0f).Sum();
}

/// <summary>
/// What functions are on the device under test, compiled as its kernels are, against the same methods on the host: devices have
/// comparisons, conversions and divisions of their own.
/// </summary>
public class MathOnDeviceTests
{
    /// <summary>Devices may add to a product without rounding it, and divide less exactly.</summary>
    const double Tolerance = 4e-6;

    /// <summary>Devices may make zeros of what is smaller.</summary>
    const double SmallestNormal = 1.17549435e-38;

    const int Points = 4096, Threads = 64;

    static readonly float[] Specials =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, -2.5f, 3f, 88f, -88f, 100f, 1e-6f, -3e-5f, 65504f, 65519.996f, 65520f, -65536f, 6e-8f, 2.98e-8f, 2.99e-8f,
        1.00390625f, 1.01171875f, 1.0004883f, 1.0014648f, 1e30f, -1e30f, float.MaxValue, float.MinValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity,
    ];

    /// <summary>Every pair of special numbers, then random ones of all sizes that do not end in subnormal results.</summary>
    static (float[] Values, float[] Others) Pairs()
    {
        var random = new Random(1);
        float Any() => (random.NextSingle() * 2 - 1) * MathF.Pow(10, random.Next(-3, 3));
        int pairs = Specials.Length * Specials.Length;
        return ([.. Enumerable.Range(0, Points).Select(i => i < pairs ? Specials[i / Specials.Length] : Any())],
            [.. Enumerable.Range(0, Points).Select(i => i < pairs ? Specials[i % Specials.Length] : Any())]);
    }

    static bool IsSame(int function, float expected, float actual)
    {
        if (expected.Equals(actual) || function is 0 or 1 or 5 && expected == actual)
            return true;
        if (function < MathKernels.Exact)
            return false;
        double scale = function is 32 or 33 or 38 or 39 or 40 ? 1 : function is 25 or 36 ? 1e-2 : 0;
        return Math.Abs((double)expected - actual) <= Math.Max(SmallestNormal, Tolerance * Math.Max(Math.Abs(expected), scale));
    }

    [Fact]
    public void Functions_are_those_of_the_host()
    {
        var (values, others) = Pairs();
        var different = new List<string>();
        float[] computed = KernelRun.Run(MathKernels.All, buffer => new MathKernels.Arguments
        {
            Values = buffer.SubView(0, Points),
            Others = buffer.SubView(Points, Points),
            Result = buffer.SubView(2 * Points, MathKernels.Functions * Points),
        }, MathKernels.Functions * Points / Threads, Threads, [.. values, .. others, .. new float[MathKernels.Functions * Points]])[(2 * Points)..];
        for (int function = 0; function < MathKernels.Functions; function++)
        {
            for (int i = 0; i < Points; i++)
            {
                float expected = MathKernels.Value(function, values[i], others[i]), actual = computed[function * Points + i];
                if (!IsSame(function, expected, actual) && different.Count < 50)
                    different.Add($"function {function} of {values[i]:R}, {others[i]:R} is {actual:R}, on the host {expected:R}");
            }
        }
        Assert.True(different.Count == 0, string.Join("\n", different));
    }
}
