using GraphCompiler.Checkpoints;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Runtime;

/// <summary>A summary has every tensor of a model once, under its layer, with what it takes.</summary>
public sealed class ModelSummaryTests
{
    static readonly Initialization Zeros = new(InitializationKind.Constant, 0, 0);

    static TestModel CreateModel() => new(new ModelLayout(
        [
            new ParameterLayout("scale", [1000], 0, Zeros),
            new ParameterLayout("blocks.0.hidden.weight", [2, 3], 4032, Zeros),
            new ParameterLayout("blocks.0.hidden.bias", [2], 4160, Zeros, isFrozen: true),
            new ParameterLayout("blocks.1.hidden.weight", [2, 3], 4096, Zeros, dataType: SafetensorsDataType.BF16),
        ],
        4224));

    [Fact]
    public void Layers_are_what_paths_say_before_their_last_name()
    {
        using TestModel model = CreateModel();
        ModelSummary summary = model.Summary();
        Assert.Equal(["", "blocks.0.hidden", "blocks.1.hidden"], summary.Layers.Select(layer => layer.Name));
        Assert.Equal([(1000L, 1000L, 4000L), (8, 6, 32), (6, 6, 12)], summary.Layers.Select(layer => (layer.ParameterCount, layer.TrainedCount, layer.Bytes)));
        Assert.Equal((model.ParameterCount, 1012), (summary.ParameterCount, summary.TrainedCount));
    }

    [Theory]
    [InlineData(0, "", "blocks.0.hidden.bias")]
    [InlineData(1, "|blocks", "0.hidden.bias")]
    [InlineData(2, "|blocks.0|blocks.1", "hidden.bias")]
    public void A_depth_joins_what_lies_below_it(int depth, string layers, string bias)
    {
        using TestModel model = CreateModel();
        ModelSummary summary = model.Summary(depth);
        Assert.Equal(layers, string.Join('|', summary.Layers.Select(layer => layer.Name)));
        Assert.Equal(bias, Assert.Single(summary.Layers.SelectMany(layer => layer.Tensors), tensor => !tensor.IsTrained).Name);
        Assert.Equal(model.ParameterCount, summary.ParameterCount);
    }

    [Fact]
    public void The_table_has_a_line_for_each_tensor()
    {
        using TestModel model = CreateModel();
        string[] lines = model.Summary().ToString().Split('\n');
        Assert.Equal(
            [
                "layer            tensor            type  numbers  bytes",
                "TestModel        scale [1000]      F32     1,000  4,000",
                "blocks.0.hidden  weight [2, 3]     F32         6     24",
                "                 bias [2], frozen  F32         2      8",
                "blocks.1.hidden  weight [2, 3]     BF16        6     12",
                "TestModel: 1,014 parameters, of which 1,012 are trained",
            ],
            lines.Take(6));
        Assert.Contains(lines, line => line.StartsWith("parameters", StringComparison.Ordinal) && line.EndsWith("4,224", StringComparison.Ordinal));
    }

    [Fact]
    public void A_negative_depth_is_refused()
    {
        using TestModel model = CreateModel();
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Summary(-1));
    }
}
