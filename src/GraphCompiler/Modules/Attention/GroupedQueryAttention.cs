using System;

namespace GraphCompiler;

/// <summary>
/// Causal self-attention in which groups of query heads share a key and a value head (Ainslie et al. 2023): one key head is
/// multi-query attention, as many as query heads the usual kind. Names as in LLaMA at Hugging Face: <c>q_proj</c>,
/// <c>k_proj</c>, <c>v_proj</c>, <c>o_proj</c>.
/// </summary>
[Module]
public sealed class GroupedQueryAttention : ILayer
{
    [Name("q_proj")]
    readonly Linear query;

    [Name("k_proj")]
    readonly Linear key;

    [Name("v_proj")]
    readonly Linear value;

    [Name("o_proj")]
    readonly Linear output;

    readonly RotaryEmbedding? rotary;
    readonly KeyValueCache? cache;
    readonly int width;
    readonly int heads;
    readonly int keyHeads;
    readonly int window;
    readonly float dropout;

    /// <summary>Declares the layer.</summary>
    /// <param name="width">The size of the last axis of input and output.</param>
    /// <param name="heads">The number of query heads.</param>
    /// <param name="keyHeads">The number of key and value heads; it divides the number of query heads.</param>
    /// <param name="headSize">The size of a head; the width over the heads if left out.</param>
    /// <param name="rotary">What turns queries and keys by their positions; nothing if left out.</param>
    /// <param name="window">How many positions back, itself included, a position sees; 0 for all.</param>
    /// <param name="context">The largest number of positions that <see cref="Decode"/> keeps; 0 where it is not used.</param>
    /// <param name="bias">Whether the projections have a bias.</param>
    /// <param name="dropout">The probability with which training drops an attention weight; 0 for none.</param>
    /// <param name="cacheFormat">How the keys and values of a session lie in memory.</param>
    public GroupedQueryAttention(
        int width, int heads, int keyHeads, int headSize = 0, RotaryEmbedding? rotary = null, int window = 0,
        int context = 0, bool bias = false, float dropout = 0, CacheFormat cacheFormat = CacheFormat.Float32)
    {
        if (keyHeads < 1 || heads < 1 || heads % keyHeads != 0)
            throw new ArgumentException($"{keyHeads} key heads cannot be shared evenly by {heads} query heads");
        if (headSize == 0 && width % heads != 0)
            throw new ArgumentException($"a width of {width} has no {heads} heads of equal size: state headSize");
        int size = headSize > 0 ? headSize : width / heads;
        this.width = width;
        this.heads = heads;
        this.keyHeads = keyHeads;
        this.rotary = rotary;
        this.window = window;
        this.dropout = dropout;
        query = new(width, heads * size, bias);
        key = new(width, keyHeads * size, bias);
        value = new(width, keyHeads * size, bias);
        output = new(heads * size, width, bias);
        cache = context > 0 ? new(context, keyHeads, size, cacheFormat) : null;
    }

    /// <summary>Applies the layer to whole sequences, which begin at position 0.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Forward(x, keyMask: null);

    /// <summary>Applies the layer to whole sequences, which begin at position 0.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    /// <param name="keyMask">[..., time]: which positions may be attended to; all if null.</param>
    public Tensor Forward(Tensor x, Tensor<bool>? keyMask)
    {
        var (queries, keys, values) = Project(x, Ops.Arange(x.Shape[^2]));
        return output.Forward(AttentionHeads.Join(
            Ops.Attention(queries, keys, values, causal: true, window: window, keyMask: keyMask, dropout: dropout)));
    }

    /// <summary>
    /// Applies the layer to one sequence that comes in parts: the session keeps the keys and values of those before, so the
    /// results are those of <see cref="Forward(Tensor)"/> on the whole.
    /// </summary>
    /// <param name="x">[time, width], with leading axes of size 1 if any; the result has the same shape.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        if (cache is null)
            throw new InvalidOperationException("Decode keeps keys and values: state the context where the layer is declared");
        var (queries, keys, values) = Project(x.Reshape(x.Shape[^2], width), Ops.Arange(x.Shape[^2]) + position);
        return output.Forward(AttentionHeads.Join(cache.Attend(queries, keys, values, position, window))).Reshape(x.Shape);
    }

    (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor x, Tensor<int> positions)
    {
        Tensor queries = AttentionHeads.Split(query.Forward(x), heads), keys = AttentionHeads.Split(key.Forward(x), keyHeads);
        if (rotary is not null)
            (queries, keys) = (rotary.Forward(queries, positions), rotary.Forward(keys, positions));
        return (queries, keys, AttentionHeads.Split(value.Forward(x), keyHeads));
    }
}
