using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Two layers, rows of which there are some or one.</summary>
[Module]
public sealed class PackedLayers
{
    public const int Inputs = 36, Most = 9;

    readonly Linear first = new(Inputs, 50), second = new(50, Inputs);

    public Tensor Forward(Tensor x) => second.Forward(Ops.Tanh(first.Forward(x)));
}

/// <summary>In floats.</summary>
[Graph, Dim("rows", Max = PackedLayers.Most)]
public sealed partial class LayersToPack
{
    readonly PackedLayers layers = new();

    public Tensor Forward([Shape("rows", PackedLayers.Inputs)] Tensor x) => layers.Forward(x);
}

/// <summary>In 4 bits, the last layer in 8.</summary>
[Graph(Weights = WeightFormat.Int4), Dim("rows", Max = PackedLayers.Most)]
public sealed partial class LayersOfInt4
{
    readonly PackedLayers layers = new();

    public Tensor Forward([Shape("rows", PackedLayers.Inputs)] Tensor x) => layers.Forward(x);

    public Tensor One([Shape(1, PackedLayers.Inputs)] Tensor x) => layers.Forward(x);
}

/// <summary>Packed weights on the device under test.</summary>
public class QuantizedDeviceTests
{
    [Theory]
    [InlineData(nameof(WeightFormat.Int8))]
    [InlineData(nameof(WeightFormat.Int4))]
    public void Packed_weights_agree(string format)
    {
        using var device = DeviceUnderTest.Open();
        QuantizedEmissionTests.Check(QuantizedEmissionTests.ForDevices, format, device);
    }

    [Fact]
    public void A_row_has_the_same_bits_alone_and_among_others()
    {
        using var device = DeviceUnderTest.Open();
        using var source = new LayersToPack(seed: 3);
        using var model = new LayersOfInt4(seed: 3, device);
        using var onCpu = new LayersOfInt4(seed: 3);
        model.Quantize(source);
        onCpu.Quantize(source);
        Assert.Equal([WeightFormat.Int4, WeightFormat.Int8], model.Parameters.Select(p => p.Format).Where(f => f != WeightFormat.Float32));
        var random = new Random(5);
        float[] x = [.. Enumerable.Range(0, PackedLayers.Most * PackedLayers.Inputs).Select(_ => random.NextSingle() * 2 - 1)];
        x[3 * PackedLayers.Inputs] = float.NaN;
        float[] together = new float[x.Length], expected = new float[x.Length], alone = new float[PackedLayers.Inputs];
        model.Forward(x, together);
        onCpu.Forward(x, expected);
        foreach (int row in new[] { 0, 3, PackedLayers.Most - 1 })
        {
            var places = (row * PackedLayers.Inputs)..((row + 1) * PackedLayers.Inputs);
            model.One(x.AsSpan(places), alone);
            Assert.Equal(together[places].Select(BitConverter.SingleToUInt32Bits), alone.Select(BitConverter.SingleToUInt32Bits));
            Assert.Equal(row == 3, alone.All(float.IsNaN));
            // What lies at a tie between two integers may be rounded to either.
            for (int i = 0; i < alone.Length; i++)
                Assert.Equal(expected[places][i], alone[i], 0.01f);
        }
    }
}
