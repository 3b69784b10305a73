namespace GraphCompiler;

/// <summary>
/// The keys and values of the positions that a session has seen: each call adds its own and attends to all of them. A call
/// costs what it adds and what there is, not the whole context.
/// </summary>
/// <param name="context">The largest number of positions.</param>
/// <param name="heads">The number of key heads.</param>
/// <param name="size">The size of a head.</param>
/// <param name="format">How keys and values lie in memory.</param>
[Module]
public sealed class KeyValueCache(int context, int heads, int size, CacheFormat format = CacheFormat.Float32)
{
    readonly ICachedRows keys = Rows([context, heads, size], format);
    readonly ICachedRows values = Rows([context, heads, size], format);

    /// <summary>Writes the keys and values of consecutive positions, and attends from these positions, causally.</summary>
    /// <param name="query">[query heads, time, size]; the result has the same shape.</param>
    /// <param name="key">[heads, time, size].</param>
    /// <param name="value">[heads, time, size].</param>
    /// <param name="position">The first of the positions, one integer.</param>
    /// <param name="window">How many positions back, itself included, a position sees; 0 for all.</param>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor<int> position, int window = 0)
    {
        Tensor allKeys = keys.Keep(key.Transpose(0, 1), position), allValues = values.Keep(value.Transpose(0, 1), position);
        return Ops.Attention(
            keys.Rounded(query), allKeys.Transpose(0, 1), allValues.Transpose(0, 1), causal: true, window: window, keyCount: position + query.Shape[1]);
    }

    static ICachedRows Rows(int[] shape, CacheFormat format) => format switch
    {
        CacheFormat.BFloat16 => new BFloat16Rows(shape),
        CacheFormat.Float16 => new HalfRows(shape),
        CacheFormat.Int8 => new Int8Rows(shape),
        _ => new FloatRows(shape),
    };
}
