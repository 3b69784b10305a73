using GraphCompiler;
using static GraphCompiler.Ops;

namespace TinyGpt;

/// <summary>A GPT over characters, with GPT-2's first values: 4 blocks of 4 heads, 128 wide, 64 characters of context.</summary>
[Graph, PlanEveryPrecision, Dim("time", Max = Context)]
public sealed partial class Gpt
{
    public const int Batch = 12, Context = 64, Vocabulary = 128;

    [Name("")]
    readonly Network network = new();

    [Objective]
    public Tensor Loss([Shape(Batch, Context)] Tensor<int> text, [Shape(Batch, Context)] Tensor<int> next)
        => CrossEntropy(network.Forward(text), next);

    /// <summary>The logits of the character after these, which go on a text of which a session has read so many.</summary>
    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => network.Decode(text, position);
}

/// <summary>The same with adapters of the feed-forward layers and of what follows attention, which alone learn.</summary>
[Graph, Lora(Rank = 8, Alpha = 16)]
public sealed partial class AdaptedGpt
{
    [Name("")]
    readonly Network network = new();

    [Objective]
    public Tensor Loss([Shape(Gpt.Batch, Gpt.Context)] Tensor<int> text, [Shape(Gpt.Batch, Gpt.Context)] Tensor<int> next)
        => CrossEntropy(network.Forward(text), next);
}

/// <summary>The same with weights of 8 bits, for what needs no training.</summary>
[Graph(Weights = WeightFormat.Int8), Dim("time", Max = Gpt.Context)]
public sealed partial class GptOfInt8
{
    [Name("")]
    readonly Network network = new();

    public Tensor Loss([Shape(Gpt.Batch, Gpt.Context)] Tensor<int> text, [Shape(Gpt.Batch, Gpt.Context)] Tensor<int> next)
        => CrossEntropy(network.Forward(text), next);

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => network.Decode(text, position);
}

/// <summary>The same with weights of 4 bits.</summary>
[Graph(Weights = WeightFormat.Int4), Dim("time", Max = Gpt.Context)]
public sealed partial class GptOfInt4
{
    [Name("")]
    readonly Network network = new();

    public Tensor Loss([Shape(Gpt.Batch, Gpt.Context)] Tensor<int> text, [Shape(Gpt.Batch, Gpt.Context)] Tensor<int> next)
        => CrossEntropy(network.Forward(text), next);

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => network.Decode(text, position);
}

/// <summary>From characters to the logits of those that come next.</summary>
[Module]
public sealed class Network
{
    const int Layers = 4, Heads = 4, Width = 128;

    readonly Embedding characters = new(Gpt.Vocabulary, Width, Init.Normal(0, 0.02));
    readonly LearnedPositions positions = new(Gpt.Context, Width);
    readonly Block[] blocks = [.. Enumerable.Range(0, Layers).Select(_ => new Block(Width, Heads, Gpt.Context, Layers))];
    readonly LayerNorm norm = new(Width, bias: false);

    public Tensor Forward(Tensor<int> text)
    {
        var x = characters.Forward(text) + positions.Forward(Gpt.Context);
        foreach (var block in blocks)
            x = block.Forward(x);
        return Logits(x);
    }

    public Tensor Decode(Tensor<int> text, Tensor<int> position)
    {
        var x = characters.Forward(text) + positions.Forward(Arange(text.Shape[0]) + position);
        foreach (var block in blocks)
            x = block.Decode(x, position);
        return Logits(x[^1]);
    }

    // The embedding is the output layer too.
    Tensor Logits(Tensor x) => MatMul(norm.Forward(x), Transpose(characters.Weight));
}

/// <summary>Attention and feed-forward, each added to its input.</summary>
[Module]
public sealed class Block(int width, int heads, int context, int layers)
{
    readonly LayerNorm norm1 = new(width, bias: false), norm2 = new(width, bias: false);
    readonly CausalSelfAttention attention = new(
        width, heads, bias: false, context: context,
        weightInitializer: Init.Normal(0, 0.02), outputInitializer: Init.Normal(0, 0.02 / Math.Sqrt(2 * layers)));
    readonly Linear expand = new(width, 4 * width, bias: false, Init.Normal(0, 0.02));
    readonly Linear project = new(4 * width, width, bias: false, Init.Normal(0, 0.02 / Math.Sqrt(2 * layers)));

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(norm1.Forward(x));
        return x + FeedForward(norm2.Forward(x));
    }

    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        x += attention.Decode(norm1.Forward(x), position);
        return x + FeedForward(norm2.Forward(x));
    }

    Tensor FeedForward(Tensor x) => project.Forward(Gelu(expand.Forward(x)));
}
