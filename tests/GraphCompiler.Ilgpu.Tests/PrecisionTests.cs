using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Models whose products multiply numbers of 16 bits, on the device under test.</summary>
public class PrecisionTests
{
    /// <summary>Rounded values are stored in 16 bits and read by products of either side, maps, reductions and assemblies.</summary>
    [Fact]
    public void Rounded_values_are_stored_and_read_in_sixteen_bits() => DeviceCheck.Gradients(
        Enumerable.Range(0, OpCases.All.Count).Where(number => OpCases.All[number].Op == Op.Round)
            .SelectMany(number => OpTests.Variants(number).Take(DeviceUnderTest.IsSlow ? 1 : 4).Select((v, variant) => ($"case {number} variant {variant}", v.Objective, v.Bindings))));
}
