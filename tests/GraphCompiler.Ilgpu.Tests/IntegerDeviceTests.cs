using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Integers are computed as integers, exactly, on the device under test.</summary>
public class IntegerDeviceTests
{
    [Fact]
    public void Integers_are_computed_as_CSharp_computes_them()
    {
        using var device = DeviceUnderTest.Open();
        // Rows of whole groups of four are computed by fours, others one by one.
        IntegerCases.Check([196, 37], device);
    }
}
