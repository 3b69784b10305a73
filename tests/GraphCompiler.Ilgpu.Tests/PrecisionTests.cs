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
    public void Products_of_sixteen_bits_give_the_oracles_numbers(string format)
    {
        using var device = DeviceUnderTest.OpenWithTensorCores();
        var precision = Enum.Parse<FloatFormat>(format);
        // What is interpreted takes its time, and slices are the same for every format.
        EmissionCheck.Gradients(precision == FloatFormat.BFloat16 ? [.. RoundedProducts.Cases, RoundedProducts.Deep] : RoundedProducts.Cases, device: device, precision: precision);
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

    /// <summary>
    /// The operands are exact; the gradients of the logits are rounded, by up to 2^-9 of each in bfloat16 and 2^-12 in binary16. Signs
    /// are random, so that sums are off by about as much of what sums are on average, and by eight times that nowhere.
    /// </summary>
    [Theory]
    [InlineData(nameof(FloatFormat.BFloat16), 9, true)]
    [InlineData(nameof(FloatFormat.BFloat16), 9, false)]
    [InlineData(nameof(FloatFormat.Float16), 12, true)]
    public void Losses_of_large_vocabularies_round_the_gradients_of_logits(string format, int bits, bool withTensorCores)
    {
        using var device = withTensorCores ? DeviceUnderTest.OpenWithTensorCores() : DeviceUnderTest.Open();
        var precision = Enum.Parse<FloatFormat>(format);
        CheckCrossEntropies(device, precision, Math.Pow(2, 3 - bits), onlySmall: !withTensorCores || precision != FloatFormat.BFloat16);
    }

    [Fact]
    public void Gradients_of_logits_that_binary16_cannot_hold_are_not_lost()
    {
        using var device = DeviceUnderTest.OpenWithTensorCores();
        if (!DeviceUnderTest.IsSlow)
            EmissionCheck.Gradients([RoundedProducts.FaintCrossEntropy], smallestScale: 0, device: device, precision: FloatFormat.Float16, tolerance: Math.Pow(2, 3 - 12));
    }

    /// <summary>TF32 rounds them by up to 2^-11.</summary>
    [Fact]
    public void Losses_of_large_vocabularies_round_to_tf32_where_the_device_may()
    {
        using var device = DeviceUnderTest.OpenWithTensorCores(new IlgpuOptions { AllowTf32 = true });
        if (device.UsesTensorCores)
            CheckCrossEntropies(device, FloatFormat.Float32, Math.Pow(2, 3 - 11), onlySmall: true);
    }

    /// <summary>Small ones are in one block and one slice: their forms are those of the other formats and devices.</summary>
    static void CheckCrossEntropies(IlgpuDevice device, FloatFormat format, double tolerance, bool onlySmall)
    {
        var cases = DeviceUnderTest.IsSlow ? [.. RoundedProducts.CrossEntropies.TakeLast(1)]
            : onlySmall && !DeviceUnderTest.IsIlgpu ? RoundedProducts.SmallCrossEntropies : RoundedProducts.CrossEntropies;
        EmissionCheck.Gradients(cases, device: device, precision: format, tolerance: tolerance);
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([cases[0]], device: device, precision: format));
    }
}
