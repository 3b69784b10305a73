using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Two blocks over tokens, the output tied to the embedding, whose vocabulary is large enough for the fused loss.</summary>
[Module]
public sealed class TiedDecoder
{
    public const int Batch = 2, Tokens = 128, Vocabulary = 4100, Width = 16;

    readonly Embedding tokens = new(Vocabulary, Width, Init.Normal(0, 0.1));
    readonly TiedDecoderBlock[] blocks = [.. Enumerable.Range(0, 2).Select(_ => new TiedDecoderBlock(Width))];
    readonly LayerNorm norm = new(Width);

    public Tensor Logits(Tensor<int> ids)
    {
        var x = tokens.Forward(ids);
        foreach (var block in blocks)
            x = block.Forward(x);
        return MatMul(norm.Forward(x), tokens.Weight.Transpose());
    }
}

/// <summary>Attention of one head with a projection of its own for query, key and value, and a feed-forward layer.</summary>
[Module]
public sealed class TiedDecoderBlock(int width)
{
    readonly Linear query = new(width, width), key = new(width, width), value = new(width, width);
    readonly LayerNorm norm = new(width);
    readonly Mlp mlp = new(width, 2 * width);

    public Tensor Forward(Tensor x)
    {
        Tensor Head(Linear projection) => projection.Forward(x).Unsqueeze(1);
        x += Attention(Head(query), Head(key), Head(value), causal: true).Squeeze(1);
        return x + mlp.Forward(norm.Forward(x));
    }
}

/// <summary>Everything learns.</summary>
[Graph]
public sealed partial class TrainableDecoder
{
    [Name("")]
    readonly TiedDecoder network = new();

    [Objective]
    public Tensor Loss([Shape(TiedDecoder.Batch, TiedDecoder.Tokens)] Tensor<int> ids, [Shape(TiedDecoder.Batch, TiedDecoder.Tokens)] Tensor<int> next)
        => CrossEntropy(network.Logits(ids), next);
}

/// <summary>The last block learns, but for its values.</summary>
[Graph, Freeze("tokens", "blocks.0"), Freeze("blocks.1", Except = ["blocks.1.query", "blocks.1.key", "*.mlp.*", "*.norm"])]
public sealed partial class FrozenDecoder
{
    [Name("")]
    readonly TiedDecoder network = new();

    [Objective]
    public Tensor Loss([Shape(TiedDecoder.Batch, TiedDecoder.Tokens)] Tensor<int> ids, [Shape(TiedDecoder.Batch, TiedDecoder.Tokens)] Tensor<int> next)
        => CrossEntropy(network.Logits(ids), next);
}
