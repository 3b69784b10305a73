using GraphCompiler.Generator.Tests.Graphs;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Random graphs, forward and backward, on the device under test against the oracle.</summary>
public class RandomDeviceTests
{
    const int SeedsInBlock = 10;

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Gradients_agree(int first) => DeviceCheck.Gradients(
        Enumerable.Range(first, SeedsInBlock).Select(seed => (Seed: seed, Case: RandomGraphs.Objective(seed))).Select(c => ($"seed {c.Seed}", c.Case.Graph, c.Case.Bindings)));
}
