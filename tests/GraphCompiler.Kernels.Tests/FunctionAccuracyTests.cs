using System.Globalization;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Xunit;
using Xunit.Abstractions;

namespace GraphCompiler.Kernels.Tests;

public sealed class FunctionAccuracyFloat512Tests(ITestOutputHelper output) : FunctionAccuracyTests<Float512>(output);

public sealed class FunctionAccuracyFloat256Tests(ITestOutputHelper output) : FunctionAccuracyTests<Float256>(output);

public sealed class FunctionAccuracyFloat128Tests(ITestOutputHelper output) : FunctionAccuracyTests<Float128>(output);

/// <summary>No function is further from its exact values than docs/accuracy.md says, over all of float's range.</summary>
public abstract unsafe class FunctionAccuracyTests<TVector>(ITestOutputHelper output)
    where TVector : unmanaged, IVector<TVector>
{
    const float Infinity = float.PositiveInfinity;

    static Func<TVector, TVector> Computed(string name) => name switch
    {
        "Sqrt" => TVector.Sqrt,
        "Rsqrt" => TVector.ReciprocalSqrt,
        "Exp" => TVector.Exp,
        "Log" => TVector.Log,
        "Sin" => TVector.Sin,
        "Cos" => TVector.Cos,
        "Tanh" => TVector.Tanh,
        "Sigmoid" => TVector.Sigmoid,
        "Softplus" => TVector.Softplus,
        "Erf" => TVector.Erf,
        "Gelu" => TVector.Gelu,
        "GeluTanh" => TVector.GeluTanh,
        "Silu" => TVector.Silu,
        "Gelu, slope" => TVector.GeluSlope,
        "GeluTanh, slope" => TVector.GeluTanhSlope,
        _ => TVector.SiluSlope,
    };

    public static TheoryData<string> Names => [.. ExactFunction.All.Select(f => f.Name)];

    static string Column => Fma.IsSupported || AdvSimd.IsSupported ? "CPU" : "CPU without FMA";

    [Theory]
    [MemberData(nameof(Names))]
    public void Errors_are_no_larger_than_stated(string name)
    {
        var largest = Measure(ExactFunction.All.Single(f => f.Name == name));
        output.WriteLine(largest.ToString());
        var (normal, subnormal) = AccuracyPage.BoundOf(name, Column);
        Assert.True(largest.Normal <= normal && largest.Subnormal <= subnormal, $"{largest}; stated are {normal} and {subnormal}");
    }

    static LargestError Measure(ExactFunction function)
    {
        var largest = new LargestError(function);
        var computed = Computed(function.Name);
        float* lanes = stackalloc float[TVector.Count], results = stackalloc float[TVector.Count];
        int count = 0;
        foreach (float x in MeasuredFloats.All())
        {
            lanes[count++] = x;
            if (count == TVector.Count)
                Take();
        }
        while (count is > 0)
        {
            lanes[count++] = 1;
            if (count == TVector.Count)
                Take();
        }
        return largest;

        void Take()
        {
            TVector.Store(results, computed(TVector.Load(lanes)));
            for (int i = 0; i < count; i++)
                largest.Take(lanes[i], results[i]);
            count = 0;
        }
    }

    /// <summary>Infinities, zeros with their signs, and what is no number.</summary>
    [Theory]
    [InlineData("Sqrt", 0f, -0f, Infinity, float.NaN)]
    [InlineData("Rsqrt", Infinity, -Infinity, 0f, float.NaN)]
    [InlineData("Exp", 1f, 1f, Infinity, 0f)]
    [InlineData("Log", -Infinity, -Infinity, Infinity, float.NaN)]
    [InlineData("Sin", 0f, -0f, float.NaN, float.NaN)]
    [InlineData("Cos", 1f, 1f, float.NaN, float.NaN)]
    [InlineData("Tanh", 0f, -0f, 1f, -1f)]
    [InlineData("Sigmoid", 0.5f, 0.5f, 1f, 0f)]
    [InlineData("Softplus", 0.6931472f, 0.6931472f, Infinity, 0f)]
    [InlineData("Erf", 0f, -0f, 1f, -1f)]
    [InlineData("Gelu", 0f, -0f, Infinity, -0f)]
    [InlineData("GeluTanh", 0f, -0f, Infinity, -0f)]
    [InlineData("Silu", 0f, -0f, Infinity, -0f)]
    [InlineData("Gelu, slope", 0.5f, 0.5f, 1f, 0f)]
    [InlineData("GeluTanh, slope", 0.5f, 0.5f, 1f, 0f)]
    [InlineData("Silu, slope", 0.5f, 0.5f, 1f, 0f)]
    public void Special_values_are_right(string name, float atZero, float atNegativeZero, float atInfinity, float atNegativeInfinity)
    {
        var function = Computed(name);
        foreach (var (x, expected) in new[] { (0f, atZero), (-0f, atNegativeZero), (Infinity, atInfinity), (-Infinity, atNegativeInfinity), (float.NaN, float.NaN) })
        {
            float result = TVector.FirstLane(function(TVector.Splat(x)));
            bool isSame = float.IsNaN(expected) ? float.IsNaN(result)
                : result == expected && (name.Contains("slope", StringComparison.Ordinal) || float.IsNegative(result) == float.IsNegative(expected));
            Assert.True(isSame, string.Create(CultureInfo.InvariantCulture, $"{name}({x:R}) = {result:R}, not {expected:R}"));
        }
    }

    /// <summary>Where a distribution function is far from 1 it used to be what is left of 1.</summary>
    [Theory]
    [InlineData("Gelu", -5, -1.4332579e-6)]
    [InlineData("Gelu", -5.5, -1.0444259e-7)]
    [InlineData("Gelu", -13, -7.9523e-38)]
    [InlineData("GeluTanh", -5, -2.2917962e-7)]
    [InlineData("GeluTanh, slope", 3e19, 1)]
    [InlineData("GeluTanh, slope", -3e19, 0)]
    [InlineData("Silu", -80, -1.44388e-33)]
    public void Tails_keep_their_digits(string name, double x, double expected)
    {
        double result = TVector.FirstLane(Computed(name)(TVector.Splat((float)x)));
        double allowed = Math.Abs(expected) * (Math.Abs(x) < 6 ? 4e-6 : 5e-3);
        Assert.True(Math.Abs(result - expected) <= allowed, $"{name}({x}) = {result:R}, not {expected:R}");
    }
}
