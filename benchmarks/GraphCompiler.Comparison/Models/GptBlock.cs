using static GraphCompiler.Ops;

namespace GraphCompiler.Comparison.Models;

/// <summary>nanoGPT's block: causal self-attention and a feed-forward network, each after a LayerNorm and with a residual.</summary>
[Module]
public sealed class GptBlock(int width, int heads, bool bias)
{
    readonly LayerNorm ln_1 = new(width, bias);
    readonly Linear c_attn = new(width, 3 * width, bias), c_proj = new(width, width, bias);
    readonly LayerNorm ln_2 = new(width, bias);
    readonly Mlp mlp = new(width, 4 * width, Activation.GeluTanh, bias);

    public Tensor Forward(Tensor x)
    {
        x += Attend(ln_1.Forward(x));
        return x + mlp.Forward(ln_2.Forward(x));
    }

    Tensor Attend(Tensor x)
    {
        var parts = Split(c_attn.Forward(x), 3);
        var mixed = Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), causal: true);
        return c_proj.Forward(Transpose(mixed, 1, 2).Reshape(x.Shape[0], x.Shape[1], width));
    }

    Tensor Heads(Tensor x) => Transpose(x.Reshape(x.Shape[0], x.Shape[1], heads, width / heads), 1, 2);
}
