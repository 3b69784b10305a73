using static GraphCompiler.Ops;

namespace GraphCompiler.Comparison.Models;

/// <summary>nanoGPT: words and places, blocks, a LayerNorm, and the table of words again as the output layer.</summary>
[Module]
public sealed class Gpt
{
    static readonly Initializer Small = Init.Normal(0, 0.02);

    readonly Embedding wte, wpe;
    readonly GptBlock[] h;
    readonly LayerNorm ln_f;

    public Gpt(int vocabulary, int context, int layers, int heads, int width, bool bias)
    {
        wte = new(vocabulary, width, Small);
        wpe = new(context, width, Small);
        h = new GptBlock[layers];
        for (int i = 0; i < layers; i++)
            h[i] = new(width, heads, bias);
        ln_f = new(width, bias);
    }

    public Tensor Loss(Tensor<int> tokens, Tensor<int> next)
    {
        var x = wte.Forward(tokens) + wpe.Weight.Slice(0, 0, tokens.Shape[1]);
        foreach (var block in h)
            x = block.Forward(x);
        return CrossEntropy(MatMul(ln_f.Forward(x), Transpose(wte.Weight)), next);
    }
}
