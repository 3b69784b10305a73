using System;

namespace GraphCompiler;

/// <summary>
/// Attention of several heads (Vaswani et al. 2017): each position gathers values from the positions whose keys match its
/// query. PyTorch's <c>nn.MultiheadAttention</c> with <c>batch_first</c>, its names (<c>in_proj_weight</c>,
/// <c>in_proj_bias</c>, <c>out_proj.weight</c>, <c>out_proj.bias</c>), layouts and initialisation.
/// </summary>
[Module]
public sealed class MultiHeadAttention
{
    [Name("in_proj_weight")]
    readonly Parameter inputWeight;

    [Name("in_proj_bias")]
    readonly Parameter? inputBias;

    [Name("out_proj")]
    readonly Linear output;

    readonly KeyValueCache? cache;
    readonly int width;
    readonly int heads;
    readonly float dropout;

    /// <summary>Declares the layer.</summary>
    /// <param name="width">The size of the last axis of input and output.</param>
    /// <param name="heads">The number of heads; it divides the width.</param>
    /// <param name="bias">Whether the projections have a bias.</param>
    /// <param name="dropout">The probability with which training drops an attention weight; 0 for none.</param>
    /// <param name="context">The largest number of positions that <see cref="Decode"/> keeps; 0 where it is not used.</param>
    /// <param name="cacheFormat">How their keys and values lie in memory.</param>
    public MultiHeadAttention(int width, int heads, bool bias = true, float dropout = 0, int context = 0, CacheFormat cacheFormat = CacheFormat.Float32)
    {
        if (heads < 1 || width % heads != 0)
            throw new ArgumentException($"a width of {width} has no {heads} heads of equal size");
        this.width = width;
        this.heads = heads;
        this.dropout = dropout;
        inputWeight = new([3 * width, width], Init.XavierUniform());
        inputBias = bias ? new([3 * width], Init.Zeros) : null;
        output = new(width, width, bias, biasInitializer: Init.Zeros);
        cache = context > 0 ? new(context, heads, width / heads, cacheFormat) : null;
    }

    /// <summary>Self-attention: the positions of one sequence attend to each other.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    /// <param name="keyMask">
    /// [..., time]: which positions may be attended to; all if left out. PyTorch's <c>key_padding_mask</c> is the opposite.
    /// </param>
    /// <param name="causal">Whether a position sees only itself and earlier ones.</param>
    /// <param name="window">How many positions back, itself included, are seen; 0 for all.</param>
    public Tensor Forward(Tensor x, Tensor<bool>? keyMask = null, bool causal = false, int window = 0)
    {
        var parts = Ops.Split(Project(x, inputWeight, inputBias), 3);
        return Attend(parts[0], parts[1], parts[2], keyMask, causal, window);
    }

    /// <summary>Cross-attention: the positions of one sequence attend to those of another.</summary>
    /// <param name="query">[..., time, width]; the result has the same shape.</param>
    /// <param name="key">[..., keyTime, width].</param>
    /// <param name="value">[..., keyTime, width].</param>
    /// <param name="keyMask">[..., keyTime]: which keys may be attended to; all if left out.</param>
    /// <param name="causal">Whether query i of n sees only the first m − n + i + 1 of m keys: the mask is aligned bottom-right.</param>
    /// <param name="window">How many positions back, itself included, are seen; 0 for all.</param>
    public Tensor Forward(
        Tensor query, Tensor key, Tensor value, Tensor<bool>? keyMask = null, bool causal = false, int window = 0) =>
        Attend(ProjectPart(query, 0), ProjectPart(key, 1), ProjectPart(value, 2), keyMask, causal, window);

    /// <summary>
    /// Causal self-attention of one sequence that comes in parts: the session keeps the keys and values of those before.
    /// </summary>
    /// <param name="x">[time, width], with leading axes of size 1 if any; the result has the same shape.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    /// <param name="window">How many positions back, itself included, are seen; 0 for all.</param>
    public Tensor Decode(Tensor x, Tensor<int> position, int window = 0)
    {
        if (cache is null)
            throw new InvalidOperationException("Decode keeps keys and values: state the context where the layer is declared");
        var parts = Ops.Split(Project(x.Reshape(x.Shape[^2], width), inputWeight, inputBias), 3);
        var attended = cache.Attend(
            AttentionHeads.Split(parts[0], heads), AttentionHeads.Split(parts[1], heads), AttentionHeads.Split(parts[2], heads),
            position, window);
        return output.Forward(AttentionHeads.Join(attended)).Reshape(x.Shape);
    }

    Tensor ProjectPart(Tensor x, int part)
    {
        var rows = (part * width)..((part + 1) * width);
        return Project(x, inputWeight[rows], inputBias?[rows]);
    }

    static Tensor Project(Tensor x, Tensor weight, Tensor? bias)
    {
        var product = Ops.MatMul(x, Ops.Transpose(weight));
        return bias is null ? product : product + bias;
    }

    Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor<bool>? keyMask, bool causal, int window) =>
        output.Forward(AttentionHeads.Join(Ops.Attention(
            AttentionHeads.Split(query, heads), AttentionHeads.Split(key, heads), AttentionHeads.Split(value, heads),
            causal, window, keyMask, dropout: dropout)));
}
