using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A GPT just large enough for tensor cores: 32 rows and columns a product, heads of 16 numbers.</summary>
[Module]
public sealed class RoundedGpt
{
    public const int Batch = 2, Context = 16, Vocabulary = 32;
    const int Heads = 2, Width = 32;

    readonly Embedding characters = new(Vocabulary, Width, Init.Normal(0, 0.2));
    readonly LearnedPositions positions = new(Context, Width);
    readonly Block block = new(Width, Heads, Context);
    readonly LayerNorm norm = new(Width, bias: false);

    public Tensor Loss(Tensor<int> text, Tensor<int> next) =>
        CrossEntropy(Logits(block.Forward(characters.Forward(text) + positions.Forward(Context))), next);

    public Tensor Next(Tensor<int> text, Tensor<int> position) =>
        Logits(block.Decode(characters.Forward(text) + positions.Forward(Arange(text.Shape[0]) + position), position)[^1]);

    Tensor Logits(Tensor x) => MatMul(norm.Forward(x), Transpose(characters.Weight));
}

/// <summary>Its products multiply numbers of bfloat16, and its activations lie in memory as such.</summary>
[Graph(Precision = Precision.BFloat16), Dim("time", Max = RoundedGpt.Context)]
public sealed partial class GptOfBFloat16
{
    readonly RoundedGpt gpt = new();

    [Objective]
    public Tensor Loss([Shape(RoundedGpt.Batch, RoundedGpt.Context)] Tensor<int> text, [Shape(RoundedGpt.Batch, RoundedGpt.Context)] Tensor<int> next) => gpt.Loss(text, next);

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => gpt.Next(text, position);
}

/// <summary>Its products multiply numbers of binary16, and its activations lie in memory as such.</summary>
[Graph(Precision = Precision.Float16), Dim("time", Max = RoundedGpt.Context)]
public sealed partial class GptOfFloat16
{
    readonly RoundedGpt gpt = new();

    [Objective]
    public Tensor Loss([Shape(RoundedGpt.Batch, RoundedGpt.Context)] Tensor<int> text, [Shape(RoundedGpt.Batch, RoundedGpt.Context)] Tensor<int> next) => gpt.Loss(text, next);

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => gpt.Next(text, position);
}
