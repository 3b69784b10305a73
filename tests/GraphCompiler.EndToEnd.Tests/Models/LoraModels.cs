using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A GPT-2 of two blocks, whose weights are stored transposed, with a square projection and one that is not.</summary>
[Graph, Lora(Rank = 2, Alpha = 6, Targets = "*.attn.*"), Lora(Rank = 3, Targets = "*.mlp.c_fc")]
public sealed partial class LoraGpt2
{
    [Name("")]
    readonly Gpt2 network = new(new Gpt2Options(TinyGpt2.Vocabulary, TinyGpt2.Context, TinyGpt2.Width, Layers: 2, Heads: 2));

    public Tensor Logits([Shape(2, TinyGpt2.Context)] Tensor<int> ids) => network.Forward(ids);

    [Objective]
    public Tensor Loss([Shape(2, TinyGpt2.Context)] Tensor<int> ids, [Shape(2, TinyGpt2.Context)] Tensor<int> labels)
        => CrossEntropy(network.Forward(ids), labels);
}
