using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>State of models on the device under test: random programs that update two states and read old and new versions of both.</summary>
public class StateDeviceTests
{
    const int Programs = 12;

    [Fact]
    public void Random_updates_agree_with_the_oracle()
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients(
            [.. Enumerable.Range(0, Programs).Select(seed => ($"seed {seed}", StateEmissionTests.Program(seed).Graph, StateEmissionTests.Program(seed).Bindings))], device: device);
    }
}
