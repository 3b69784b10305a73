using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A GPT-2 of two blocks with Hugging Face's names; any batch and any length up to the context.</summary>
[Graph, Dim("batch", Max = MaxBatch), Dim("time", Max = Context)]
public sealed partial class TinyGpt2
{
    public const int MaxBatch = 4, Context = 12, Vocabulary = 19, Width = 8;

    [Name("")]
    readonly Gpt2 network = new(new Gpt2Options(Vocabulary, Context, Width, Layers: 2, Heads: 2));

    public Tensor Logits([Shape("batch", "time")] Tensor<int> ids) => network.Forward(ids);

    public Tensor Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position) => network.Decode(ids, position);

    [Objective]
    public Tensor Loss([Shape("batch", "time")] Tensor<int> ids, [Shape("batch", "time")] Tensor<int> labels)
        => CrossEntropy(network.Forward(ids), labels);
}
