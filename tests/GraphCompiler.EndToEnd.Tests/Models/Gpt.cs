using GraphCompiler;
using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A GPT over characters, of any batch and any length up to the context.</summary>
[Graph, Dim("batch", Max = 12), Dim("time", Max = Context)]
public sealed partial class Gpt
{
    public const int Vocabulary = 65, Context = 64, Width = 128, Layers = 4, Heads = 4;

    readonly Embedding tokens = new(Vocabulary, Width, Init.Normal(0, 0.02));
    readonly LearnedPositions positions = new(Context, Width);
    readonly Block[] blocks = [.. Enumerable.Range(0, Layers).Select(_ => new Block(Width, Heads))];
    readonly LayerNorm norm = new(Width);

    public Tensor Logits([Shape("batch", "time")] Tensor<int> ids)
    {
        var x = tokens.Forward(ids) + positions.Forward(ids.Shape[1]);
        foreach (var block in blocks)
            x = block.Forward(x);
        return MatMul(norm.Forward(x), tokens.Weight.Transpose());
    }

    [Objective]
    public Tensor Loss([Shape("batch", "time")] Tensor<int> ids, [Shape("batch", "time")] Tensor<int> next)
        => CrossEntropy(Logits(ids), next);
}

[Module]
public sealed class Block(int width, int heads)
{
    readonly LayerNorm beforeAttention = new(width), beforeMlp = new(width);
    readonly CausalSelfAttention attention = new(width, heads);
    readonly Mlp mlp = new(width, 4 * width);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(beforeAttention.Forward(x));
        return x + mlp.Forward(beforeMlp.Forward(x));
    }
}
