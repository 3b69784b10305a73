namespace GraphCompiler;

/// <summary>What the attention modules share: cutting the width into heads, and attending.</summary>
internal static class AttentionHeads
{
    /// <summary>[..., time, heads · size] as [..., heads, time, size].</summary>
    public static Tensor Split(Tensor x, int heads) =>
        x.Reshape([.. x.Shape[..^1], heads, x.Shape[^1] / heads]).Transpose(-3, -2);

    /// <summary>[..., heads, time, size] as [..., time, heads · size].</summary>
    public static Tensor Join(Tensor x) =>
        x.Transpose(-3, -2).Reshape([.. x.Shape[..^3], x.Shape[^2], x.Shape[^3] * x.Shape[^1]]);

    /// <summary>softmax(query · keyᵀ / √size) · value, over the keys that are seen.</summary>
    public static Tensor Attend(
        Tensor query, Tensor key, Tensor value, bool causal = false, int window = 0, Tensor<bool>? keyMask = null, float dropout = 0)
    {
        int heads = query.Shape[^3];
        if (heads != key.Shape[^3])
            (key, value) = (Repeat(key, heads), Repeat(value, heads));
        var scores = Ops.MatMul(query, key.Transpose()) * (1 / System.Math.Sqrt(query.Shape[^1]));
        if (Seen(query.Shape[^2], key.Shape[^2], causal, window, keyMask) is { } seen)
            scores = Ops.Select(seen, scores, -1e30f);
        var weights = Ops.Softmax(scores);
        return Ops.MatMul(dropout > 0 ? Ops.Dropout(weights, dropout) : weights, value);
    }

    static Tensor Repeat(Tensor x, int heads)
    {
        int group = heads / x.Shape[^3];
        return x.Unsqueeze(-3)
            .BroadcastTo([.. x.Shape[..^2], group, .. x.Shape[^2..]])
            .Reshape([.. x.Shape[..^3], heads, .. x.Shape[^2..]]);
    }

    static Tensor<bool>? Seen(int queries, int keys, bool causal, int window, Tensor<bool>? keyMask)
    {
        var seen = keyMask?.Unsqueeze(-2).Unsqueeze(-3);
        var position = (Ops.Arange(queries) + keys - queries).Unsqueeze(1);
        if (causal)
            seen = And(seen, Ops.Arange(keys) <= position);
        if (window > 0)
            seen = And(seen, Ops.Arange(keys) > position - window);
        if (window > 0 && !causal)
            seen = And(seen, Ops.Arange(keys) < position + window);
        return seen;
    }

    static Tensor<bool> And(Tensor<bool>? left, Tensor<bool> right) => left is null ? right : left & right;
}
