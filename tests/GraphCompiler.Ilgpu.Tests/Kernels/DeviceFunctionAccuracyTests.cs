using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Kernels.Tests;
using Xunit.Abstractions;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>No function for devices is further from its exact values than docs/accuracy.md says. It needs no device: they are ordinary methods.</summary>
public class DeviceFunctionAccuracyTests(ITestOutputHelper output)
{
    static Func<float, float> Computed(string name) => name switch
    {
        "Sqrt" => MathF.Sqrt,
        "Rsqrt" => x => 1f / MathF.Sqrt(x),
        "Exp" => DeviceMath.Exp,
        "Log" => DeviceMath.Log,
        "Sin" => DeviceMath.Sin,
        "Cos" => DeviceMath.Cos,
        "Tanh" => DeviceMath.Tanh,
        "Sigmoid" => DeviceMath.Sigmoid,
        "Softplus" => DeviceMath.Softplus,
        "Erf" => DeviceMath.Erf,
        "Gelu" => DeviceMath.Gelu,
        "GeluTanh" => DeviceMath.GeluTanh,
        "Silu" => DeviceMath.Silu,
        "Gelu, slope" => DeviceMath.GeluSlope,
        "GeluTanh, slope" => DeviceMath.GeluTanhSlope,
        _ => DeviceMath.SiluSlope,
    };

    public static TheoryData<string> Names => [.. ExactFunction.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Errors_are_no_larger_than_stated(string name)
    {
        var function = ExactFunction.All.Single(f => f.Name == name);
        var largest = new LargestError(function);
        var computed = Computed(name);
        // Sines and cosines are stated as far as they have digits.
        float bound = name is "Sin" or "Cos" ? 8192 : float.MaxValue;
        foreach (float x in MeasuredFloats.All().Where(x => MathF.Abs(x) <= bound))
            largest.Take(x, computed(x));
        output.WriteLine(largest.ToString());
        var (normal, subnormal) = AccuracyPage.BoundOf(name, "Devices");
        Assert.True(largest.Normal <= normal && largest.Subnormal <= subnormal, $"{largest}; stated are {normal} and {subnormal}");
    }
}
