using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Graphs on the device under test against the double-precision oracle.</summary>
internal static class DeviceCheck
{
    public static void Gradients(IEnumerable<(string Name, Graph Graph, Bindings Bindings)> cases)
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients([.. cases], device: device);
    }

    public static void Results(IEnumerable<(string Name, Graph Graph, Bindings Bindings)> cases)
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Results([.. cases], device);
    }
}
