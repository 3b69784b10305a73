using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>How a kernel computes attention; the host chooses what suits the device when it loads the kernel.</summary>
public interface IAttentionTemplate
{
    /// <summary>Computes the result for this group's block of queries.</summary>
    /// <param name="shape">Sizes, masks, dropout.</param>
    /// <param name="query">[batch, query length, heads, head size].</param>
    /// <param name="key">[batch, key length, key heads, head size].</param>
    /// <param name="value">Like the keys.</param>
    /// <param name="result">Like the queries; written if <paramref name="storesResult"/>.</param>
    /// <param name="storesResult">Whether the result is wanted.</param>
    /// <param name="logSumExp">[batch, heads, query length]; written if <paramref name="storesSums"/>.</param>
    /// <param name="storesSums">Whether the logarithms of the sums are wanted.</param>
    void Forward<TQuery, TKey, TValue>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value,
        HeadTensor<Float32View> result, bool storesResult, ArrayView<float> logSumExp, bool storesSums)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView;

    /// <summary>Computes the gradients of this group's block of keys and values.</summary>
    /// <param name="shape">Sizes, masks, dropout.</param>
    /// <param name="query">[batch, query length, heads, head size].</param>
    /// <param name="key">[batch, key length, key heads, head size].</param>
    /// <param name="value">Like the keys.</param>
    /// <param name="cotangent">The gradient of the result.</param>
    /// <param name="logSumExp">[batch, heads, query length].</param>
    /// <param name="logSumExpAt">Where they begin.</param>
    /// <param name="deltas">[batch, heads, query length]: <see cref="AttentionBackward.Deltas"/>.</param>
    /// <param name="keyGradient">Like the keys; written if <paramref name="storesKeys"/>.</param>
    /// <param name="storesKeys">Whether it is wanted.</param>
    /// <param name="valueGradient">Like the keys; written if <paramref name="storesValues"/>.</param>
    /// <param name="storesValues">Whether it is wanted.</param>
    void KeysAndValues<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor<Float32View> keyGradient, bool storesKeys, HeadTensor<Float32View> valueGradient, bool storesValues)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView;

    /// <summary>Computes the gradients of this group's block of queries; operands as those of the other gradients.</summary>
    void Queries<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas, HeadTensor<Float32View> queryGradient)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView;
}

/// <summary>In single precision, whose sums are in registers: <see cref="AttentionForward"/> and <see cref="AttentionBackward"/>.</summary>
public readonly struct FloatAttention<TReduction> : IAttentionTemplate
    where TReduction : struct, IGroupReduction
{
    /// <inheritdoc/>
    public void Forward<TQuery, TKey, TValue>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value,
        HeadTensor<Float32View> result, bool storesResult, ArrayView<float> logSumExp, bool storesSums)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        => AttentionForward.Run(
            default(TReduction), shape, query, key, value, result, storesResult, logSumExp, storesSums, SharedMemory.Allocate<Four>(AttentionTiles.SharedFours));

    /// <inheritdoc/>
    public void KeysAndValues<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor<Float32View> keyGradient, bool storesKeys, HeadTensor<Float32View> valueGradient, bool storesValues)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
        => AttentionBackward.KeysAndValues(
            shape, query, key, value, cotangent, logSumExp, logSumExpAt, deltas, keyGradient, storesKeys, valueGradient, storesValues,
            SharedMemory.Allocate<Four>(AttentionTiles.SharedFours));

    /// <inheritdoc/>
    public void Queries<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas, HeadTensor<Float32View> queryGradient)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
        => AttentionBackward.Queries(
            shape, query, key, value, cotangent, logSumExp, logSumExpAt, deltas, queryGradient, SharedMemory.Allocate<Four>(AttentionTiles.SharedFours));
}
