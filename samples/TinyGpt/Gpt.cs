using GraphCompiler;
using static GraphCompiler.Ops;

namespace TinyGpt;

/// <summary>A GPT over characters, with GPT-2's first values: 4 blocks of 4 heads, 128 wide, 64 characters of context.</summary>
[Graph, Dim("time", Max = Context)]
public sealed partial class Gpt
{
    public const int Batch = 12, Context = 64, Vocabulary = 128;
    const int Layers = 4, Heads = 4, Width = 128;

    readonly Embedding characters = new(Vocabulary, Width, Init.Normal(0, 0.02));
    readonly LearnedPositions positions = new(Context, Width);
    readonly Block[] blocks = [.. Enumerable.Range(0, Layers).Select(_ => new Block(Width, Heads, Layers))];
    readonly LayerNorm norm = new(Width, bias: false);

    [Objective]
    public Tensor Loss([Shape(Batch, Context)] Tensor<int> text, [Shape(Batch, Context)] Tensor<int> next)
        => CrossEntropy(Logits(Hidden(text)), next);

    // The logits of the character that follows the last.
    public Tensor Next([Shape("time")] Tensor<int> text) => Logits(Hidden(text)[^1]);

    Tensor Hidden(Tensor<int> text)
    {
        var x = characters.Forward(text) + positions.Forward(text.Shape[^1]);
        foreach (var block in blocks)
            x = block.Forward(x);
        return norm.Forward(x);
    }

    // The embedding is the output layer too.
    Tensor Logits(Tensor x) => MatMul(x, Transpose(characters.Weight));
}

/// <summary>Attention and feed-forward, each added to its input.</summary>
[Module]
public sealed class Block(int width, int heads, int layers)
{
    readonly LayerNorm norm1 = new(width, bias: false), norm2 = new(width, bias: false);
    readonly CausalSelfAttention attention = new(
        width, heads, bias: false, weightInitializer: Init.Normal(0, 0.02), outputInitializer: Init.Normal(0, 0.02 / Math.Sqrt(2 * layers)));
    readonly Linear expand = new(width, 4 * width, bias: false, Init.Normal(0, 0.02));
    readonly Linear project = new(4 * width, width, bias: false, Init.Normal(0, 0.02 / Math.Sqrt(2 * layers)));

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(norm1.Forward(x));
        return x + project.Forward(Gelu(expand.Forward(norm2.Forward(x))));
    }
}
