namespace GraphCompiler;

/// <summary>
/// Causal self-attention, attention to an encoder's output, and a feed-forward block, each with a residual and a norm:
/// PyTorch's <c>nn.TransformerDecoderLayer</c> with <c>batch_first</c>, its names (<c>self_attn</c>,
/// <c>multihead_attn</c>, <c>linear1</c>, <c>linear2</c>, <c>norm1</c> to <c>norm3</c>) and its places of dropout.
/// </summary>
/// <param name="width">The size of the last axis of inputs and output.</param>
/// <param name="heads">The number of heads; it divides the width.</param>
/// <param name="hidden">The size inside the feed-forward block; 4 · width if 0.</param>
/// <param name="activation">What is applied inside the feed-forward block.</param>
/// <param name="normFirst">Whether norms come before attention and feed-forward or after the residual.</param>
/// <param name="dropout">The probability with which training drops attention weights and elements; 0 for none.</param>
/// <param name="bias">Whether the linear layers and the norms have a bias.</param>
/// <param name="epsilon">Added to the norms' variance.</param>
/// <param name="context">The largest number of positions that <see cref="Decode"/> keeps; 0 where it is not used.</param>
/// <param name="cacheFormat">How their keys and values lie in memory.</param>
[Module]
public sealed class TransformerDecoderBlock(
    int width, int heads, int hidden = 0, Activation activation = Activation.Gelu, bool normFirst = true, float dropout = 0,
    bool bias = true, float epsilon = 1e-5f, int context = 0, CacheFormat cacheFormat = CacheFormat.Float32)
{
    [Name("self_attn")]
    readonly MultiHeadAttention selfAttention = new(width, heads, bias, dropout, context, cacheFormat);

    [Name("multihead_attn")]
    readonly MultiHeadAttention crossAttention = new(width, heads, bias, dropout);

    readonly Linear linear1 = new(width, hidden == 0 ? 4 * width : hidden, bias);
    readonly Linear linear2 = new(hidden == 0 ? 4 * width : hidden, width, bias);
    readonly LayerNorm norm1 = new(width, bias, epsilon);
    readonly LayerNorm norm2 = new(width, bias, epsilon);
    readonly LayerNorm norm3 = new(width, bias, epsilon);

    /// <summary>Applies the block.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    /// <param name="memory">The encoder's output, [..., memoryTime, width].</param>
    /// <param name="keyMask">[..., time]: which positions of x may be attended to; all if left out.</param>
    /// <param name="memoryMask">[..., memoryTime]: which positions of the memory may be attended to; all if left out.</param>
    public Tensor Forward(Tensor x, Tensor memory, Tensor<bool>? keyMask = null, Tensor<bool>? memoryMask = null)
    {
        if (normFirst)
        {
            x += Drop(selfAttention.Forward(norm1.Forward(x), keyMask, causal: true));
            x += Drop(crossAttention.Forward(norm2.Forward(x), memory, memory, memoryMask));
            return x + FeedForward(norm3.Forward(x));
        }
        x = norm1.Forward(x + Drop(selfAttention.Forward(x, keyMask, causal: true)));
        x = norm2.Forward(x + Drop(crossAttention.Forward(x, memory, memory, memoryMask)));
        return norm3.Forward(x + FeedForward(x));
    }

    /// <summary>
    /// Applies the block to one sequence that comes in parts: the session keeps the keys and values of those before.
    /// </summary>
    /// <param name="x">[time, width], with leading axes of size 1 if any; the result has the same shape.</param>
    /// <param name="memory">The encoder's output, [memoryTime, width], with as many leading axes.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    /// <param name="memoryMask">[..., memoryTime]: which positions of the memory may be attended to; all if left out.</param>
    public Tensor Decode(Tensor x, Tensor memory, Tensor<int> position, Tensor<bool>? memoryMask = null)
    {
        if (normFirst)
        {
            x += selfAttention.Decode(norm1.Forward(x), position);
            x += crossAttention.Forward(norm2.Forward(x), memory, memory, memoryMask);
            return x + FeedForward(norm3.Forward(x));
        }
        x = norm1.Forward(x + selfAttention.Decode(x, position));
        x = norm2.Forward(x + crossAttention.Forward(x, memory, memory, memoryMask));
        return norm3.Forward(x + FeedForward(x));
    }

    Tensor FeedForward(Tensor x) => Drop(linear2.Forward(Drop(activation.Apply(linear1.Forward(x)))));

    Tensor Drop(Tensor x) => dropout > 0 ? Ops.Dropout(x, dropout) : x;
}
