using GraphCompiler;
using static GraphCompiler.Ops;

namespace GraphCompilerProject;

/// <summary>A GPT over characters: 2 blocks of 4 heads, 64 wide, which sees 32 characters.</summary>
[Graph, Dim("time", Max = Context)]
public sealed partial class Gpt
{
    public const int Batch = 16, Context = 32, Vocabulary = 128;
    const int Layers = 2, Heads = 4, Width = 64;

    readonly Embedding characters = new(Vocabulary, Width, Init.Normal(0, 0.02));
    readonly LearnedPositions positions = new(Context, Width);
    readonly Block[] blocks = [.. Enumerable.Range(0, Layers).Select(_ => new Block(Width, Heads, Context))];
    readonly LayerNorm norm = new(Width);

    /// <summary>What training minimises: how surprising the next characters are.</summary>
    [Objective]
    public Tensor Loss([Shape(Batch, Context)] Tensor<int> text, [Shape(Batch, Context)] Tensor<int> next)
    {
        var x = characters.Forward(text) + positions.Forward(Context);
        foreach (var block in blocks)
            x = block.Forward(x);
        return CrossEntropy(Logits(x), next);
    }

    /// <summary>The logits of the character after these, which go on a text of which a session has read so many.</summary>
    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position)
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
public sealed class Block(int width, int heads, int context)
{
    readonly LayerNorm norm1 = new(width), norm2 = new(width);
    readonly CausalSelfAttention attention = new(width, heads, context: context);
    readonly Linear expand = new(width, 4 * width), project = new(4 * width, width);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(norm1.Forward(x));
        return x + FeedForward(norm2.Forward(x));
    }

    /// <summary>As Forward, for a text that a session goes on with.</summary>
    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        x += attention.Decode(norm1.Forward(x), position);
        return x + FeedForward(norm2.Forward(x));
    }

    Tensor FeedForward(Tensor x) => project.Forward(Gelu(expand.Forward(x)));
}
