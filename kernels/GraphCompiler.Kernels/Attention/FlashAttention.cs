using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// Attention, softmax(scale * query * key^T) * value for each head, without ever storing the weights: memory does not
/// grow with the product of the lengths (Dao, Fu, Ermon, Rudra and Ré, "FlashAttention: fast and memory-efficient exact
/// attention with IO-awareness", 2022).
/// </summary>
/// <remarks>
/// <para>All workers of a team call with equal arguments. As with <see cref="Gemm"/>, the caller has a barrier
/// before, if operands were just written, and one after, if results are read next. Results and gradients overlap
/// nothing that is read, and every element of those that are wanted is written.</para>
/// <para>Bits do not depend on the number of workers: what is summed in which order follows from the shape
/// alone.</para>
/// <para>A query without a key to attend to gives zeros, a log-sum-exp of minus infinity, and zero gradients. Keys and
/// values from <see cref="AttentionShape.KeyCount"/> on are not read; what the mask leaves out has no influence,
/// whatever it holds.</para>
/// </remarks>
public static unsafe class FlashAttention
{
    /// <summary>How much of <see cref="Worker.Scratch"/> the kernels use at most, whatever the lengths.</summary>
    /// <param name="headSize">Numbers in each query, key and value.</param>
    public static int ScratchFloats(int headSize) => int.Max(
        AttentionDecoding<Float512, Float32>.ScratchFloats(headSize), int.Max(
        AttentionForward<Float512, Float32>.ScratchFloats(headSize), AttentionBackward<Float512, Float32, Float32>.ScratchFloats(headSize)));

    /// <summary>As below, of queries, keys and values in single precision.</summary>
    /// <inheritdoc cref="Forward{V, T}"/>
    public static void Forward<V>(
        Worker worker, in AttentionShape shape, AttentionTensor query, AttentionTensor key, AttentionTensor value,
        AttentionKeyMask keyMask, AttentionDropout dropout, AttentionTensor result, float* logSumExp)
        where V : unmanaged, IVector<V>
        => Forward<V, Float32>(worker, shape, query, key, value, keyMask, dropout, result, logSumExp);

    /// <summary>Computes the result and what the backward pass needs, each where it is asked for.</summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="T">How queries, keys and values lie in memory.</typeparam>
    /// <param name="worker">The calling worker; all workers of its team call.</param>
    /// <param name="shape">The sizes and what is masked.</param>
    /// <param name="query">[batch, query length, heads, head size].</param>
    /// <param name="key">[batch, key length, key heads, head size].</param>
    /// <param name="value">[batch, key length, key heads, head size].</param>
    /// <param name="keyMask">[batch, key length], or the default for none.</param>
    /// <param name="dropout">Which weights are dropped.</param>
    /// <param name="result">[batch, query length, heads, head size]; the default if it is not wanted.</param>
    /// <param name="logSumExp">
    /// Receives the natural logarithm of each query's sum of exponentials, contiguous [batch, heads, query length];
    /// null if it is not wanted.
    /// </param>
    /// <exception cref="ArgumentException">The heads are no multiple of the key heads.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More keys are said to exist than there is room for.</exception>
    public static void Forward<V, T>(
        Worker worker, in AttentionShape shape, AttentionTensor<T> query, AttentionTensor<T> key, AttentionTensor<T> value,
        AttentionKeyMask keyMask, AttentionDropout dropout, AttentionTensor result, float* logSumExp)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        shape.Check();
        if (IsEmpty(shape))
            return;
        if (AttentionDecoding<V, T>.Serves(shape))
        {
            new AttentionDecoding<V, T>(worker, shape, query, key, value, keyMask, dropout, result, logSumExp).Run(worker);
            return;
        }
        var forward = new AttentionForward<V, T>(worker, shape, query, key, value, keyMask, dropout, result, logSumExp);
        var share = new PanelShare<V>(worker, shape);
        while (share.Next(out int batch, out int head, out int first, out int end))
            forward.RunHead(batch, head, first, end);
    }

    /// <summary>As below, of tensors in single precision.</summary>
    /// <inheritdoc cref="Backward{V, T, TResult}"/>
    public static void Backward<V>(
        Worker worker, in AttentionShape shape, AttentionTensor query, AttentionTensor key, AttentionTensor value,
        AttentionKeyMask keyMask, AttentionDropout dropout, AttentionTensor result, float* logSumExp,
        AttentionTensor cotangent, AttentionTensor queryGradient, AttentionTensor keyGradient,
        AttentionTensor valueGradient)
        where V : unmanaged, IVector<V>
        => Backward<V, Float32, Float32>(
            worker, shape, query, key, value, keyMask, dropout, result, logSumExp, cotangent, queryGradient, keyGradient, valueGradient);

    /// <summary>As below, with the forward pass's result in single precision.</summary>
    /// <inheritdoc cref="Backward{V, T, TResult}"/>
    public static void Backward<V, T>(
        Worker worker, in AttentionShape shape, AttentionTensor<T> query, AttentionTensor<T> key, AttentionTensor<T> value,
        AttentionKeyMask keyMask, AttentionDropout dropout, AttentionTensor result, float* logSumExp,
        AttentionTensor<T> cotangent, AttentionTensor queryGradient, AttentionTensor keyGradient,
        AttentionTensor valueGradient)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
        => Backward<V, T, Float32>(
            worker, shape, query, key, value, keyMask, dropout, result, logSumExp, cotangent, queryGradient, keyGradient, valueGradient);

    /// <summary>
    /// Computes the gradients of those of query, key and value for which a place is given, from what the forward pass
    /// read and kept.
    /// </summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="T">How queries, keys, values and the cotangent lie in memory.</typeparam>
    /// <typeparam name="TResult">How the result lies in memory.</typeparam>
    /// <param name="worker">The calling worker; all workers of its team call.</param>
    /// <param name="shape">The sizes and what is masked.</param>
    /// <param name="query">[batch, query length, heads, head size].</param>
    /// <param name="key">[batch, key length, key heads, head size].</param>
    /// <param name="value">[batch, key length, key heads, head size].</param>
    /// <param name="keyMask">[batch, key length], or the default for none.</param>
    /// <param name="dropout">The forward pass's.</param>
    /// <param name="result">The forward pass's result.</param>
    /// <param name="logSumExp">The forward pass's, contiguous [batch, heads, query length].</param>
    /// <param name="cotangent">Of the result, and shaped like it.</param>
    /// <param name="queryGradient">Shaped like the query; the default if it is not wanted.</param>
    /// <param name="keyGradient">
    /// Shaped like the key, with zeros for keys that do not exist; the default likewise.
    /// </param>
    /// <param name="valueGradient">Shaped like the value; the default likewise.</param>
    /// <exception cref="ArgumentException">The heads are no multiple of the key heads.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More keys are said to exist than there is room for.</exception>
    public static void Backward<V, T, TResult>(
        Worker worker, in AttentionShape shape, AttentionTensor<T> query, AttentionTensor<T> key, AttentionTensor<T> value,
        AttentionKeyMask keyMask, AttentionDropout dropout, AttentionTensor<TResult> result, float* logSumExp,
        AttentionTensor<T> cotangent, AttentionTensor queryGradient, AttentionTensor keyGradient,
        AttentionTensor valueGradient)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
        where TResult : unmanaged, IElement<TResult>
    {
        shape.Check();
        var backward = new AttentionBackward<V, T, TResult>(worker, shape, new AttentionGradientOperands<T, TResult>
        {
            Query = query,
            Key = key,
            Value = value,
            KeyMask = keyMask,
            Dropout = dropout,
            Result = result,
            LogSumExp = logSumExp,
            Cotangent = cotangent,
            QueryGradient = queryGradient,
            KeyGradient = keyGradient,
            ValueGradient = valueGradient,
        });
        bool forQueries = queryGradient.Exists && !IsEmpty(shape);
        bool forKeys = keyGradient.Exists || valueGradient.Exists;
        bool together = forKeys && forQueries && shape.KeyLength > 0 && SharesWholeHeads(worker, shape);
        if (forKeys)
            RunKeyBlocks(ref backward, worker, shape, withQueries: together);
        if (forQueries && !together)
        {
            var share = new PanelShare<V>(worker, shape);
            while (share.Next(out int batch, out int head, out int first, out int end))
                backward.RunQueryPanels(batch, head, first, end);
        }
    }

    static void RunKeyBlocks<V, T, TResult>(
        ref AttentionBackward<V, T, TResult> backward, Worker worker, in AttentionShape shape, bool withQueries)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
        where TResult : unmanaged, IElement<TResult>
    {
        int blocks = (int)(((long)shape.KeyLength + AttentionBlocks.Keys - 1) / AttentionBlocks.Keys);
        int heads = shape.Batch * shape.KeyHeads;
        if (withQueries)
        {
            worker.Share(heads, 1, out int start, out int end);
            for (int head = start; head < end; head++)
                backward.RunKeyBlocks(head / shape.KeyHeads, head % shape.KeyHeads, 0, blocks, true);
            return;
        }
        // By turns: with a causal mask the first blocks of a head have the most queries.
        for (long unit = worker.Index; unit < (long)heads * blocks; unit += worker.Count)
        {
            int head = (int)(unit / blocks), block = (int)(unit % blocks);
            backward.RunKeyBlocks(head / shape.KeyHeads, head % shape.KeyHeads, block, block + 1, false);
        }
    }

    /// <summary>
    /// Whether sharing by key heads keeps the workers busier than two more products cost: five do what otherwise takes
    /// seven.
    /// </summary>
    static bool SharesWholeHeads(Worker worker, in AttentionShape shape)
    {
        long heads = (long)shape.Batch * shape.KeyHeads;
        long largestShare = (heads + worker.Count - 1) / worker.Count;
        return largestShare * worker.Count * 5 <= heads * 7;
    }

    static bool IsEmpty(in AttentionShape shape)
        => shape.Batch == 0 || shape.Heads == 0 || shape.QueryLength == 0 || shape.HeadSize == 0;
}
