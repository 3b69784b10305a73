namespace GraphCompiler;

/// <summary>Attention.</summary>
public static partial class Ops
{
    /// <summary>
    /// softmax(scale · query · keyᵀ) · value for each head (Vaswani et al. 2017), as one fused operation: the weights, one
    /// for each pair of query and key, are never stored (Dao et al. 2022). PyTorch's <c>scaled_dot_product_attention</c>.
    /// MatMul, Softmax and MatMul written out become the same where nothing else reads the weights, and have the same values
    /// where something does.
    /// </summary>
    /// <remarks>
    /// The queries are aligned with the end of the keys: of T queries and S keys, query i stands at position p = S − T + i, so
    /// that the last query stands at the last key and one new query sees all keys of a cache. A causal mask is thus aligned with
    /// the bottom right corner of the scores [T, S], where PyTorch's <c>is_causal</c> is with the top left; they differ only
    /// where T and S do. Of more queries than keys, the first T − S stand before all keys.
    ///
    /// A query that sees no key at all gives zeros, and sends no gradient back.
    /// </remarks>
    /// <param name="query">[batch..., heads, T, head size]; the result has the same shape.</param>
    /// <param name="key">
    /// [batch..., key heads, S, head size]. The number of heads is a multiple of the number of key heads: as many in
    /// multi-head, fewer in grouped-query, one in multi-query attention.
    /// </param>
    /// <param name="value">As the key.</param>
    /// <param name="causal">Whether a query sees only keys j ≤ p = S − T + i: the mask is aligned bottom-right.</param>
    /// <param name="window">Only keys less than this far from p are seen, in both directions unless causal; 0 for all.</param>
    /// <param name="keyMask">True where a key is to be seen, false for padding: [batch..., S], or what broadcasts to it.</param>
    /// <param name="scale">What products of query and key are multiplied by; 1/√(head size) if null.</param>
    /// <param name="dropout">The probability with which a weight is dropped in training, from 0 to below 1.</param>
    /// <param name="keyCount">
    /// How many of the keys exist, the first ones, known when the model runs: one number from 0 to S, which then takes
    /// S's place in p. The others are not read. All of them if null. A call with another number throws
    /// <see cref="System.ArgumentOutOfRangeException"/> before anything runs.
    /// </param>
    public static Tensor Attention(
        Tensor query, Tensor key, Tensor value, bool causal = false, int window = 0, Tensor<bool>? keyMask = null,
        float? scale = null, float dropout = 0, Tensor<int>? keyCount = null) => throw Symbolic.Executed();
}
