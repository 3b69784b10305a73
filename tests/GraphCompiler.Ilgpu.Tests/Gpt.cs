using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>The TinyGpt sample's model, much smaller, and with dropout.</summary>
[Graph, Dim("time", Max = Context)]
public sealed partial class Gpt
{
    public const int Batch = 2, Context = 6, Vocabulary = 11;
    const int Heads = 2, Width = 8;

    readonly Embedding characters = new(Vocabulary, Width, Init.Normal(0, 0.2));
    readonly LearnedPositions positions = new(Context, Width);
    readonly Block[] blocks = [new Block(Width, Heads, Context), new Block(Width, Heads, Context)];
    readonly LayerNorm norm = new(Width, bias: false);

    [Objective]
    public Tensor Loss([Shape(Batch, Context)] Tensor<int> text, [Shape(Batch, Context)] Tensor<int> next)
    {
        var x = characters.Forward(text) + positions.Forward(Context);
        foreach (var block in blocks)
            x = block.Forward(x);
        return CrossEntropy(Logits(x), next);
    }

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position)
    {
        var x = characters.Forward(text) + positions.Forward(Arange(text.Shape[0]) + position);
        foreach (var block in blocks)
            x = block.Decode(x, position);
        return Logits(x[^1]);
    }

    Tensor Logits(Tensor x) => MatMul(norm.Forward(x), Transpose(characters.Weight));
}

/// <summary>Attention and feed-forward, each added to its input.</summary>
[Module]
public sealed class Block(int width, int heads, int context)
{
    readonly LayerNorm norm1 = new(width, bias: false), norm2 = new(width, bias: false);
    readonly CausalSelfAttention attention = new(width, heads, bias: false, context: context);
    readonly Linear expand = new(width, 2 * width, bias: false);
    readonly Linear project = new(2 * width, width, bias: false);
    readonly Dropout dropout = new(0.1f);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(norm1.Forward(x));
        return x + dropout.Forward(FeedForward(norm2.Forward(x)));
    }

    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        x += attention.Decode(norm1.Forward(x), position);
        return x + FeedForward(norm2.Forward(x));
    }

    Tensor FeedForward(Tensor x) => project.Forward(Gelu(expand.Forward(x)));
}

/// <summary>A model whose training updates state.</summary>
[Graph]
public sealed partial class Normalised
{
    public const int Batch = 6, Inputs = 5;

    readonly Linear hidden = new(Inputs, 4);
    readonly BatchNorm norm = new(4);
    readonly Linear output = new(4, 1);

    public Tensor Values([Shape(Batch, Inputs)] Tensor x) => output.Forward(Relu(norm.Forward(hidden.Forward(x))));

    [Objective]
    public Tensor Loss([Shape(Batch, Inputs)] Tensor x, [Shape(Batch, 1)] Tensor y)
    {
        var difference = Values(x) - y;
        return Mean(difference * difference);
    }
}
