using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A GPT-2 of two layers, trained in single precision, and the same with packed weights.</summary>
[Graph, Dim("batch", Max = 6)]
public sealed partial class TrainedGpt
{
    public const int Vocabulary = 48, Context = 24, Batch = 6;

    public static Gpt2 Network => new(new Gpt2Options(Vocabulary, Context, Width: 64, Layers: 2, Heads: 4));

    [Name("")]
    readonly Gpt2 network = Network;

    [Objective]
    public Tensor Loss([Shape("batch", Context)] Tensor<int> ids, [Shape("batch", Context)] Tensor<int> next) => CrossEntropy(network.Forward(ids), next);

    public Tensor Logits([Shape("batch", Context)] Tensor<int> ids) => network.Forward(ids);
}

[Graph(Weights = WeightFormat.Int8), Dim("batch", Max = 6), Dim("time", Max = TrainedGpt.Context)]
public sealed partial class GptOfInt8
{
    [Name("")]
    readonly Gpt2 network = TrainedGpt.Network;

    public Tensor Loss([Shape("batch", TrainedGpt.Context)] Tensor<int> ids, [Shape("batch", TrainedGpt.Context)] Tensor<int> next)
        => CrossEntropy(network.Forward(ids), next);

    public Tensor Logits([Shape("batch", TrainedGpt.Context)] Tensor<int> ids) => network.Forward(ids);

    public Tensor Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position) => network.Decode(ids, position);
}

[Graph(Weights = WeightFormat.Int4), Weights(WeightFormat.Float32, "h.1.attn.c_proj"), Weights(WeightFormat.Int8, "h.1.mlp.c_fc.weight"), Dim("batch", Max = 6)]
public sealed partial class GptOfInt4
{
    [Name("")]
    readonly Gpt2 network = TrainedGpt.Network;

    public Tensor Loss([Shape("batch", TrainedGpt.Context)] Tensor<int> ids, [Shape("batch", TrainedGpt.Context)] Tensor<int> next)
        => CrossEntropy(network.Forward(ids), next);

    public Tensor Logits([Shape("batch", TrainedGpt.Context)] Tensor<int> ids) => network.Forward(ids);
}
