using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Deep models, whose device programs are loops, on the device under test against the oracle.</summary>
public class DeepDeviceTests
{
    public static TheoryData<string> Kinds => [.. DeepModels.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_gradients_agree(string kind) =>
        DeviceCheck.Gradients([DeepModelTests.Case(kind, depth: 5, width: 8, length: 3, batch: 1)]);
}
