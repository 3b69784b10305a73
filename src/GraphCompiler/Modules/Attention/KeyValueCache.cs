namespace GraphCompiler;

/// <summary>
/// The keys and values of the positions that a session has seen: each call adds its own and attends to all of them. A call
/// costs what it adds and what there is, not the whole context.
/// </summary>
/// <param name="context">The largest number of positions.</param>
/// <param name="heads">The number of key heads.</param>
/// <param name="size">The size of a head.</param>
[Module]
public sealed class KeyValueCache(int context, int heads, int size)
{
    readonly SessionState keys = new([context, heads, size]);
    readonly SessionState values = new([context, heads, size]);

    /// <summary>Writes the keys and values of consecutive positions, and attends from these positions, causally.</summary>
    /// <param name="query">[query heads, time, size]; the result has the same shape.</param>
    /// <param name="key">[heads, time, size].</param>
    /// <param name="value">[heads, time, size].</param>
    /// <param name="position">The first of the positions, one integer.</param>
    /// <param name="window">How many positions back, itself included, a position sees; 0 for all.</param>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor<int> position, int window = 0)
    {
        keys.Write(key.Transpose(0, 1), position);
        values.Write(value.Transpose(0, 1), position);
        return Ops.Attention(
            query, keys.Transpose(0, 1), values.Transpose(0, 1), causal: true, window: window, keyCount: position + query.Shape[1]);
    }
}
