using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Emit;
using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Attention on the device under test, forward and backward, against the interpreter.</summary>
public class AttentionDeviceTests
{
    const int Seeds = 60;
    const long MostPairs = 5_000;

    [Fact]
    public void Every_case_of_attention_runs_and_agrees() => DeviceCheck.Gradients(
        Enumerable.Range(0, OpCases.All.Count).Where(n => OpCases.All[n].Op is Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient)
            .SelectMany(number => OpTests.Variants(number).Select((v, variant) => ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings))));

    /// <summary>Small ones of the random shapes: in the reference executor a thread of a group costs as much as a thread.</summary>
    [Fact]
    public void Random_attention_agrees()
    {
        using var device = DeviceUnderTest.Open();
        var cases = Enumerable.Range(0, Seeds).Select(seed => new AttentionEmissionTests.RandomAttention(seed)).Where(a => PairsOf(a.Graph) <= MostPairs).ToList();
        Assert.True(cases.Count >= 5, $"{cases.Count} cases");
        EmissionCheck.Gradients([.. cases.Select(a => (a.Name, a.Graph, a.Bindings))], smallestScale: 0.5, device);
    }

    static long PairsOf(Graph graph)
    {
        var attention = graph.Nodes.Single(n => n.Op == Op.Attention);
        var sizes = new AttentionSizes(attention.Inputs[0].Shape, attention.Inputs[1].Shape);
        return sizes.Batch.Max * sizes.Heads.Max * sizes.QueryLength.Max * sizes.KeyLength.Max * sizes.HeadSize.Max;
    }
}
