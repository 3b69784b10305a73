using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Passes;
using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Attention on the device under test, forward and backward, against the oracle.</summary>
public class AttentionDeviceTests
{
    const int Seeds = 60;
    const long MostPairs = 5_000;

    /// <summary>The same on tensor cores, whose tiles have 64 x 64 pairs, be they in use or not.</summary>
    const int MostTensorHeads = 2;

    /// <summary>As on the CPU: the gradient of a query that sees one key is the difference of two sums.</summary>
    const double ScaleOfSums = 0.5;

    [Fact]
    public void Cases_of_attention_run_and_agree() => DeviceCheck.Gradients(DeviceUnderTest.Some(9,
        Enumerable.Range(0, OpCases.All.Count).Where(n => OpCases.All[n].Op is Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient)
            .SelectMany(number => OpTests.Variants(number).Select((v, variant) => ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings)))));

    /// <summary>Small ones of the random shapes.</summary>
    [Fact]
    public void Random_attention_agrees()
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients(RandomCases(MostPairs), ScaleOfSums, device);
    }

    /// <summary>Queries that see no key, in every spelling, recognised and written out.</summary>
    [Fact]
    public void Rows_without_keys_agree()
    {
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients([.. DeviceUnderTest.Some(7, MaskedRowTests.EmissionCases)], ScaleOfSums, device);
    }

    /// <summary>Of a head of any length a group sums up 64 numbers, and what is left of it.</summary>
    [Fact]
    public void Long_heads_agree()
    {
        var sketch = new GraphSketch(seed: 5);
        Node Heads(int time) => sketch.Parameter(new Shape(1, time, 1, 300));
        var attention = sketch.Graph.Attention(Heads(5), Heads(7), Heads(7), new AttentionForm { Scale = 1 / Math.Sqrt(300), IsCausal = true });
        using var device = DeviceUnderTest.Open();
        EmissionCheck.Gradients([("heads of 300", sketch.Objective(attention), sketch.Bindings)], ScaleOfSums, device);
    }

    /// <summary>
    /// Queries, keys, values and the result's gradient are rounded, and lie in 16 bits; what is computed of them is not rounded again,
    /// except on tensor cores, which leave heads without whole lines of 16 bytes to the other kernels.
    /// </summary>
    [Theory]
    [InlineData(nameof(ElementType.BFloat16))]
    [InlineData(nameof(ElementType.Float16))]
    public void Random_attention_of_sixteen_bits_agrees(string format)
    {
        using var device = DeviceUnderTest.Open();
        var precision = Enum.Parse<ElementType>(format);
        var cases = RandomCases(MostPairs / 2, ofTensorCores: device.UsesTensorCores ? false : null, tried: 1);
        EmissionCheck.Gradients(cases, ScaleOfSums, device, precision);
        // Without the rounding the numbers are others.
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([cases[0]], ScaleOfSums, device, precision, emitted: ElementType.Float32));
    }

    /// <summary>
    /// Where heads have whole lines of 16 bytes, tensor cores multiply them, and round weights and their gradients too: each term
    /// errs by a unit of the format. TF32 rounds the operands as well, which the oracle does not, and so the loss, a sum of
    /// many terms that cancel, is compared with their size.
    /// </summary>
    [DeviceTheory(DeviceNeeds.TensorCores)]
    [InlineData(nameof(ElementType.BFloat16), 4d / 256, ScaleOfSums)]
    [InlineData(nameof(ElementType.Float16), 4d / 2048, ScaleOfSums)]
    [InlineData(nameof(ElementType.Float32), 12d / 2048, 8 * ScaleOfSums)]
    public void Random_attention_on_tensor_cores_agrees(string format, double tolerance, double scale)
    {
        var precision = Enum.Parse<ElementType>(format);
        using var device = DeviceUnderTest.Open(new IlgpuOptions { AllowTf32 = precision == ElementType.Float32 }, checksUnwritten: false);
        var cases = RandomCases(MostPairs * 5, ofTensorCores: true);
        EmissionCheck.Gradients(cases, scale, device, precision, tolerance);
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([cases[0]], ScaleOfSums, device, precision));
    }

    static IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> RandomCases(long mostPairs, bool? ofTensorCores = null, int tried = 2)
    {
        var cases = Enumerable.Range(0, ofTensorCores == true ? 2 * Seeds : Seeds).Select(seed => new AttentionEmissionTests.RandomAttention(seed))
            .Where(a => SizesOf(a.Graph) is var sizes && PairsOf(sizes) <= mostPairs
                && (ofTensorCores is null || sizes.HeadSize.Value % 8 == 0 == ofTensorCores)
                && (ofTensorCores != true || (sizes.HeadSize.Value <= 64 && sizes.Batch.Max * sizes.Heads.Max <= MostTensorHeads))).ToList();
        Assert.True(cases.Count >= 5, $"{cases.Count} cases");
        return [.. DeviceUnderTest.Some((cases.Count + tried - 1) / tried, cases).Select(a => (a.Name, a.Graph, a.Bindings))];
    }

    static AttentionSizes SizesOf(Graph graph)
    {
        var attention = graph.Nodes.Single(n => n.Op == Op.Attention);
        return new(attention.Inputs[0].Shape, attention.Inputs[1].Shape);
    }

    static long PairsOf(AttentionSizes sizes) => sizes.Batch.Max * sizes.Heads.Max * sizes.QueryLength.Max * sizes.KeyLength.Max * sizes.HeadSize.Max;
}
