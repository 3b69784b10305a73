using GraphCompiler.Generator.Tests.Pipeline;
using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>The code for devices leaves the user's names alone as that for the CPU does.</summary>
public sealed class DeviceNameTests
{
    const int Names = 20;

    [Fact]
    public void Names_of_device_code_in_every_role()
    {
        var references = EmittedNet.DeviceReferences;
        string[] names = [.. NameTests.EmittedNamesOf(references).Except(NameTests.EmittedNamesOf([]))];
        NameTests.Check(NameTests.Sample(names, seed: 2, Names), references);
    }
}
