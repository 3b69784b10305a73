using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>RMSNorm, rotary positions, SwiGLU, two key heads for four query heads; Hugging Face's names.</summary>
[Graph, Dim("batch", Max = MaxBatch), Dim("time", Max = Context)]
public sealed partial class TinyLlama
{
    public const int MaxBatch = 3, Context = 16, Vocabulary = 17, Width = 8;

    readonly LlamaNetwork model = new(Vocabulary, Width, layers: 2, heads: 4, keyHeads: 2, headSize: 4, hidden: 12, Context);

    [Name("lm_head")]
    readonly Linear head = new(Width, Vocabulary, bias: false);

    public Tensor Logits([Shape("batch", "time")] Tensor<int> ids) => head.Forward(model.Forward(ids));

    public Tensor Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position)
        => head.Forward(model.Decode(ids, position)[^1]);

    [Objective]
    public Tensor Loss([Shape("batch", "time")] Tensor<int> ids, [Shape("batch", "time")] Tensor<int> labels)
        => CrossEntropy(Logits(ids), labels);
}

/// <summary>The network below the output layer.</summary>
[Module]
public sealed class LlamaNetwork
{
    [Name("embed_tokens")]
    readonly Embedding embedding;

    readonly LlamaBlock[] layers;
    readonly RmsNorm norm;

    public LlamaNetwork(int vocabulary, int width, int layers, int heads, int keyHeads, int headSize, int hidden, int context)
    {
        RotaryEmbedding rotary = new(headSize);
        embedding = new(vocabulary, width);
        // The second block sees a window of four positions only, as the odd layers of some models do.
        this.layers = [.. Enumerable.Range(0, layers).Select(i =>
            new LlamaBlock(width, hidden, new(width, heads, keyHeads, headSize, rotary, window: 4 * (i % 2), context)))];
        norm = new(width, 1e-5f);
    }

    public Tensor Forward(Tensor<int> ids)
    {
        Tensor x = embedding.Forward(ids);
        foreach (LlamaBlock layer in layers)
            x = layer.Forward(x);
        return norm.Forward(x);
    }

    public Tensor Decode(Tensor<int> ids, Tensor<int> position)
    {
        Tensor x = embedding.Forward(ids);
        foreach (LlamaBlock layer in layers)
            x = layer.Decode(x, position);
        return norm.Forward(x);
    }
}

/// <summary>A block that is given its attention.</summary>
[Module]
public sealed class LlamaBlock(int width, int hidden, GroupedQueryAttention attention)
{
    [Name("self_attn")]
    readonly GroupedQueryAttention attention = attention;

    readonly SwiGlu mlp = new(width, hidden);

    [Name("input_layernorm")]
    readonly RmsNorm beforeAttention = new(width, 1e-5f);

    [Name("post_attention_layernorm")]
    readonly RmsNorm beforeMlp = new(width, 1e-5f);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(beforeAttention.Forward(x));
        return x + mlp.Forward(beforeMlp.Forward(x));
    }

    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        x += attention.Decode(beforeAttention.Forward(x), position);
        return x + mlp.Forward(beforeMlp.Forward(x));
    }
}
