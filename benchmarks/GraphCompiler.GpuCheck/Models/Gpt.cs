using static GraphCompiler.Ops;

namespace GraphCompiler.GpuCheck.Models;

/// <summary>GPT-2 with its parameters' names: words and places, blocks, a LayerNorm, and the table of words again as the output layer.</summary>
[Module]
public sealed class Gpt
{
    readonly Embedding wte, wpe;
    readonly GptBlock[] h;
    readonly LayerNorm ln_f;

    public Gpt(int vocabulary, int context, int layers, int heads, int width, bool decodes = false)
    {
        wte = new(vocabulary, width, Init.Normal(0, 0.02));
        wpe = new(context, width, Init.Normal(0, 0.02));
        h = new GptBlock[layers];
        for (int i = 0; i < layers; i++)
            h[i] = new(width, heads, decodes ? context : 0);
        ln_f = new(width);
    }

    public Tensor Loss(Tensor<int> tokens, Tensor<int> next)
    {
        var x = wte.Forward(tokens) + wpe.Weight.Slice(0, 0, tokens.Shape[1]);
        foreach (var block in h)
            x = block.Forward(x);
        return CrossEntropy(Logits(x), next);
    }

    public Tensor Decode(Tensor<int> token, Tensor<int> position)
    {
        var x = wte.Forward(token) + wpe.Forward(Arange(token.Shape[0]) + position);
        foreach (var block in h)
            x = block.Decode(x, position);
        return Logits(x);
    }

    Tensor Logits(Tensor x) => MatMul(ln_f.Forward(x), Transpose(wte.Weight));
}

/// <summary>Causal self-attention and a feed-forward network, each after a LayerNorm and with a residual.</summary>
[Module]
public sealed class GptBlock(int width, int heads, int context)
{
    readonly LayerNorm ln_1 = new(width), ln_2 = new(width);
    readonly CausalSelfAttention attn = new(width, heads, context: context, weightInitializer: Init.Normal(0, 0.02), outputInitializer: Init.Normal(0, 0.02));
    readonly GptMlp mlp = new(width);

    public Tensor Forward(Tensor x)
    {
        x += attn.Forward(ln_1.Forward(x));
        return x + mlp.Forward(ln_2.Forward(x));
    }

    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        x += attn.Decode(ln_1.Forward(x), position);
        return x + mlp.Forward(ln_2.Forward(x));
    }
}

/// <summary>The feed-forward network.</summary>
[Module]
public sealed class GptMlp(int width)
{
    readonly Linear c_fc = new(width, 4 * width, weightInitializer: Init.Normal(0, 0.02)), c_proj = new(4 * width, width, weightInitializer: Init.Normal(0, 0.02));

    public Tensor Forward(Tensor x) => c_proj.Forward(GeluTanh(c_fc.Forward(x)));
}
