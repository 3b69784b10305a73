using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Emit;
using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Models whose products multiply numbers of 16 bits, or may round to TF32, on the device under test.</summary>
public class PrecisionTests
{
    /// <summary>Rounded values are stored in 16 bits and read by products of either side, maps, reductions and assemblies.</summary>
    [Fact]
    public void Rounded_values_are_stored_and_read_in_sixteen_bits() => DeviceCheck.Gradients(
        Enumerable.Range(0, OpCases.All.Count).Where(number => OpCases.All[number].Op == Op.Round)
            .SelectMany(number => OpTests.Variants(number).Take(DeviceUnderTest.IsSlow ? 1 : 4).Select((v, variant) => ($"case {number} variant {variant}", v.Objective, v.Bindings))));

    [Theory]
    [InlineData(nameof(FloatFormat.BFloat16))]
    [InlineData(nameof(FloatFormat.Float16))]
    public void Products_of_sixteen_bits_give_the_interpreters_numbers(string format)
    {
        using var device = DeviceUnderTest.OpenWithTensorCores();
        EmissionCheck.Gradients(RoundedProducts.Cases, device: device, precision: Enum.Parse<FloatFormat>(format));
    }

    /// <summary>TF32 has 10 bits of mantissa, as binary16.</summary>
    [Fact]
    public void Products_round_to_tf32_where_the_device_may()
    {
        using var device = DeviceUnderTest.OpenWithTensorCores(new IlgpuOptions { AllowTf32 = true });
        EmissionCheck.Gradients(RoundedProducts.Cases, device: device, tolerance: 2e-3);
        if (DeviceUnderTest.IsIlgpu && !DeviceUnderTest.IsCuda)
            return;
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients(RoundedProducts.Cases, device: device, tolerance: 1e-5));
    }
}
