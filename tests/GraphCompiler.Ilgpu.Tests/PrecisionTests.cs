using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Passes;
using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Models whose products multiply numbers of 16 bits, or may round to TF32, on the device under test.</summary>
public class PrecisionTests
{
    /// <summary>Rounded values are stored in 16 bits and read by products of either side, maps, reductions and assemblies.</summary>
    [Fact]
    public void Rounded_values_are_stored_and_read_in_sixteen_bits() => DeviceCheck.Gradients(
        Enumerable.Range(0, OpCases.All.Count).Where(number => OpCases.All[number].Op == Op.Cast && OpTests.Variants(number).First().Objective.Nodes.Any(n => n.Type.IsNarrow()))
            .SelectMany(number => OpTests.Variants(number).Take(DeviceUnderTest.IsSlow ? 1 : 4)
                .Select((v, variant) => ($"case {number} variant {variant}", v.Objective, v.Bindings))));

    [Theory]
    [InlineData(nameof(ElementType.BFloat16))]
    [InlineData(nameof(ElementType.Float16))]
    public void Products_of_sixteen_bits_give_the_oracles_numbers(string format)
    {
        using var device = DeviceUnderTest.Open();
        var precision = Enum.Parse<ElementType>(format);
        // Compiling takes its time, and what is the same for every format is tried with one.
        EmissionCheck.Gradients(precision == ElementType.BFloat16 ? [.. RoundedProducts.Cases, RoundedProducts.Deep] : [.. DeviceUnderTest.Some(3, RoundedProducts.Cases)],
            device: device, precision: precision);
    }

    [Fact]
    public void Activations_of_sixteen_bits_give_the_oracles_numbers()
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients([RoundedProducts.Cases[0]], device: device, precision: ElementType.BFloat16, activations: ElementType.BFloat16);
    }

    [Fact]
    public void Activations_that_wait_in_eight_bits_give_the_oracles_numbers()
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients([RoundedProducts.Cases[0]], device: device, saved: ElementType.Float8E4M3, tolerance: 1e-4);
    }

    /// <summary>TF32 has 10 bits of mantissa, as binary16.</summary>
    [DeviceFact(DeviceNeeds.TensorCores)]
    public void Products_round_to_tf32_where_the_device_may()
    {
        using var device = DeviceUnderTest.Open(new IlgpuOptions { AllowTf32 = true });
        (string, Graph, Bindings)[] cases = [.. DeviceUnderTest.Some(3, RoundedProducts.Cases)];
        EmissionCheck.Gradients(cases, device: device, tolerance: 2e-3);
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([cases[0]], device: device, tolerance: 1e-5));
    }

    /// <summary>
    /// The operands are exact; the gradients of the logits are rounded, by up to 2^-9 of each in bfloat16 and 2^-12 in binary16. Signs
    /// are random, so that sums are off by about as much of what sums are on average, and by eight times that nowhere.
    /// </summary>
    [Theory]
    [InlineData(nameof(ElementType.BFloat16), 9)]
    [InlineData(nameof(ElementType.Float16), 12)]
    public void Losses_of_large_vocabularies_round_the_gradients_of_logits(string format, int bits)
    {
        using var device = DeviceUnderTest.Open();
        var precision = Enum.Parse<ElementType>(format);
        CheckCrossEntropies(device, precision, Math.Pow(2, 3 - bits), onlySmall: precision != ElementType.BFloat16);
    }

    [DeviceFact(DeviceNeeds.NoTensorCores)]
    public void They_do_without_tensor_cores_too()
    {
        using var device = DeviceUnderTest.OpenWithoutTensorCores();
        CheckCrossEntropies(device, ElementType.BFloat16, Math.Pow(2, 3 - 9), onlySmall: true);
    }

    [DeviceFact(DeviceNeeds.ManyThreads)]
    public void Gradients_of_logits_that_binary16_cannot_hold_are_not_lost()
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients([RoundedProducts.FaintCrossEntropy], smallestScale: 0, device: device, precision: ElementType.Float16, tolerance: Math.Pow(2, 3 - 12));
    }

    /// <summary>TF32 rounds them by up to 2^-11.</summary>
    [DeviceFact(DeviceNeeds.TensorCores)]
    public void Losses_of_large_vocabularies_round_to_tf32_where_the_device_may()
    {
        using var device = DeviceUnderTest.Open(new IlgpuOptions { AllowTf32 = true });
        CheckCrossEntropies(device, ElementType.Float32, Math.Pow(2, 3 - 11), onlySmall: true);
    }

    /// <summary>Small ones are in one block and one slice: their forms are those of the other formats and devices.</summary>
    static void CheckCrossEntropies(IlgpuDevice device, ElementType format, double tolerance, bool onlySmall)
    {
        (string, Graph, Bindings)[] cases = DeviceUnderTest.IsSlow ? [RoundedProducts.CrossEntropies[^1]]
            : [.. DeviceUnderTest.Some(onlySmall ? 3 : 2, onlySmall ? RoundedProducts.SmallCrossEntropies : RoundedProducts.CrossEntropies)];
        EmissionCheck.Gradients(cases, device: device, precision: format, tolerance: tolerance);
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([cases[^1]], device: device, precision: format));
    }
}
