using System;

namespace GraphCompiler;

/// <summary>
/// Self-attention and a feed-forward block, each with a residual and a norm: PyTorch's <c>nn.TransformerEncoderLayer</c>
/// with <c>batch_first</c>, its names (<c>self_attn</c>, <c>linear1</c>, <c>linear2</c>, <c>norm1</c>, <c>norm2</c>) and its
/// places of dropout. With a causal mask it is the block of a GPT.
/// </summary>
/// <param name="width">The size of the last axis of input and output.</param>
/// <param name="heads">The number of heads; it divides the width.</param>
/// <param name="hidden">The size inside the feed-forward block; 4 · width if 0.</param>
/// <param name="activation">What is applied inside the feed-forward block.</param>
/// <param name="normFirst">
/// Whether norms come before attention and feed-forward (pre-norm: GPT-2 and later) or after the residual (post-norm: the
/// first transformer, BERT).
/// </param>
/// <param name="dropout">The probability with which training drops attention weights and elements; 0 for none.</param>
/// <param name="causal">Whether a position sees only itself and earlier ones.</param>
/// <param name="bias">Whether the linear layers and the norms have a bias.</param>
/// <param name="epsilon">Added to the norms' variance.</param>
/// <param name="context">The largest number of positions that <see cref="Decode"/> keeps; 0 where it is not used.</param>
/// <param name="cacheFormat">How their keys and values lie in memory.</param>
[Module]
public sealed class TransformerBlock(
    int width, int heads, int hidden = 0, Activation activation = Activation.Gelu, bool normFirst = true, float dropout = 0,
    bool causal = false, bool bias = true, float epsilon = 1e-5f, int context = 0, CacheFormat cacheFormat = CacheFormat.Float32) : ILayer
{
    [Name("self_attn")]
    readonly MultiHeadAttention attention = new(width, heads, bias, dropout, context, cacheFormat);

    readonly Linear linear1 = new(width, hidden == 0 ? 4 * width : hidden, bias);
    readonly Linear linear2 = new(hidden == 0 ? 4 * width : hidden, width, bias);
    readonly LayerNorm norm1 = new(width, bias, epsilon);
    readonly LayerNorm norm2 = new(width, bias, epsilon);

    /// <summary>Applies the block.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Forward(x, keyMask: null);

    /// <summary>Applies the block to sequences of which some positions are padding.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    /// <param name="keyMask">[..., time]: which positions may be attended to; all if null.</param>
    public Tensor Forward(Tensor x, Tensor<bool>? keyMask)
    {
        if (normFirst)
        {
            x += Drop(attention.Forward(norm1.Forward(x), keyMask, causal));
            return x + FeedForward(norm2.Forward(x));
        }
        x = norm1.Forward(x + Drop(attention.Forward(x, keyMask, causal)));
        return norm2.Forward(x + FeedForward(x));
    }

    /// <summary>
    /// Applies a causal block to one sequence that comes in parts: the session keeps the keys and values of those before.
    /// </summary>
    /// <param name="x">[time, width], with leading axes of size 1 if any; the result has the same shape.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        if (!causal)
            throw new InvalidOperationException("Decode is for causal blocks, in which no position sees a later one");
        if (normFirst)
        {
            x += attention.Decode(norm1.Forward(x), position);
            return x + FeedForward(norm2.Forward(x));
        }
        x = norm1.Forward(x + attention.Decode(x, position));
        return norm2.Forward(x + FeedForward(x));
    }

    Tensor FeedForward(Tensor x) => Drop(linear2.Forward(Drop(activation.Apply(linear1.Forward(x)))));

    Tensor Drop(Tensor x) => dropout > 0 ? Ops.Dropout(x, dropout) : x;
}
