using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Emit;
using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Attention on the device under test, forward and backward, against the interpreter.</summary>
public class AttentionDeviceTests
{
    const int Seeds = 60;
    const long MostPairs = 5_000;

    /// <summary>As on the CPU: the gradient of a query that sees one key is the difference of two sums.</summary>
    const double ScaleOfSums = 0.5;

    [Fact]
    public void Every_case_of_attention_runs_and_agrees() => DeviceCheck.Gradients(
        Enumerable.Range(0, OpCases.All.Count).Where(n => OpCases.All[n].Op is Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient)
            .SelectMany(number => OpTests.Variants(number).Select((v, variant) => ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings))));

    /// <summary>Small ones of the random shapes: in the reference executor a thread of a group costs as much as a thread.</summary>
    [Fact]
    public void Random_attention_agrees()
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients(RandomCases(MostPairs), ScaleOfSums, device);
    }

    /// <summary>
    /// Queries, keys, values and the result's gradient are rounded, and lie in 16 bits; what is computed of them is not rounded again.
    /// </summary>
    [Theory]
    [InlineData(nameof(FloatFormat.BFloat16))]
    [InlineData(nameof(FloatFormat.Float16))]
    public void Random_attention_of_sixteen_bits_agrees(string format)
    {
        using var device = DeviceUnderTest.Open();
        var precision = Enum.Parse<FloatFormat>(format);
        var cases = RandomCases(MostPairs / 2);
        EmissionCheck.Gradients(cases, ScaleOfSums, device, precision);
        // Without the rounding the numbers are others.
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([cases[0]], ScaleOfSums, device, precision, emitted: FloatFormat.Float32));
    }

    static IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> RandomCases(long mostPairs)
    {
        var cases = Enumerable.Range(0, Seeds).Select(seed => new AttentionEmissionTests.RandomAttention(seed)).Where(a => PairsOf(a.Graph) <= mostPairs).ToList();
        Assert.True(cases.Count >= 5, $"{cases.Count} cases");
        return [.. cases.Select(a => (a.Name, a.Graph, a.Bindings))];
    }

    static long PairsOf(Graph graph)
    {
        var attention = graph.Nodes.Single(n => n.Op == Op.Attention);
        var sizes = new AttentionSizes(attention.Inputs[0].Shape, attention.Inputs[1].Shape);
        return sizes.Batch.Max * sizes.Heads.Max * sizes.QueryLength.Max * sizes.KeyLength.Max * sizes.HeadSize.Max;
    }
}
