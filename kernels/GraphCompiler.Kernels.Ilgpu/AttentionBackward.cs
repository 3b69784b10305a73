using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// The gradients of attention, after Dao, "FlashAttention-2" (2023), without atomics. The weights are computed again
/// from the log-sum-exp. With W the weights, K what dropout multiplies them by, O the result and a ' for the gradient of what it follows:
/// <code>
///   d  = rowsum(O O')                          a launch of its own: one number a query
///   S' = scale W (K (O' values^T) - d)         gradients of the products of queries and keys
///   values' = (K W)^T O',  keys' = S'^T queries a group has a block of keys, and sums over all queries and heads that read them
///   queries' = S' keys                          a group has a block of queries
/// </code>
/// Shared memory holds six tiles of block x (head size, made odd) floats and two of block x (block + 1).
/// </summary>
public static class AttentionBackward
{
    /// <summary>A thread a query: the sum over a head of result times cotangent, which <paramref name="deltas"/> gets as [batch, heads, query length].</summary>
    public static void Deltas(AttentionShape shape, int batches, HeadTensor result, HeadTensor cotangent, ArrayView<float> deltas)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        if (i >= batches * shape.Heads * shape.QueryLength)
            return;
        int query = i % shape.QueryLength, row = i / shape.QueryLength, head = row % shape.Heads, batch = row / shape.Heads;
        int left = result.Place(batch, query, head), right = cotangent.Place(batch, query, head);
        float sum = 0f;
        for (int column = 0; column < shape.HeadSize; column++)
            sum += result.Values[left + column] * cotangent.Values[right + column];
        deltas[i] = sum;
    }

    /// <summary>The gradients of this group's block of keys and values; groups are numbered by batch, key head and block.</summary>
    public static void KeysAndValues(
        AttentionShape shape, HeadTensor query, HeadTensor key, HeadTensor value, HeadTensor cotangent, ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor keyGradient, bool storesKeys, HeadTensor valueGradient, bool storesValues, ArrayView<float> shared)
    {
        int block = shape.Block, width = shape.HeadSize, stride = shape.Stride, pairStride = block + 1, tile = block * stride;
        int queries = 0, cotangents = tile, keys = 2 * tile, values = 3 * tile, keySums = 4 * tile, valueSums = 5 * tile;
        int weights = 6 * tile, scores = weights + block * pairStride;
        int blocks = (shape.KeyLength + block - 1) / block, item = Grid.IdxX / blocks;
        int batch = item / shape.KeyHeads, keyHead = item % shape.KeyHeads, sharing = shape.Heads / shape.KeyHeads;
        int firstKey = Grid.IdxX % blocks * block;
        int stored = shape.KeyLength - firstKey < block ? shape.KeyLength - firstKey : block;
        int columns = shape.KeyCount - firstKey < stored ? shape.KeyCount - firstKey : stored;
        AttentionTiles.Clear(shared, keySums, 2 * tile);
        if (columns > 0)
        {
            AttentionTiles.Load(shared, keys, key, batch, keyHead, firstKey, columns, width, stride);
            AttentionTiles.Load(shared, values, value, batch, keyHead, firstKey, columns, width, stride);
            for (int head = keyHead * sharing; head < (keyHead + 1) * sharing; head++)
            {
                for (int firstQuery = 0; firstQuery < shape.QueryLength; firstQuery += block)
                {
                    int rows = shape.QueryLength - firstQuery < block ? shape.QueryLength - firstQuery : block;
                    if (shape.EndKey(firstQuery + rows) <= firstKey || shape.FirstKey(firstQuery) >= firstKey + columns)
                        continue;
                    AttentionTiles.Load(shared, queries, query, batch, head, firstQuery, rows, width, stride);
                    AttentionTiles.Load(shared, cotangents, cotangent, batch, head, firstQuery, rows, width, stride);
                    Group.Barrier();
                    Pairs(shape, shared, logSumExp, logSumExpAt, deltas, batch, head, firstQuery, rows, firstKey, columns, queries, cotangents, keys, values, weights, scores);
                    Group.Barrier();
                    for (int i = Group.IdxX; i < columns * width; i += Group.DimX)
                    {
                        int c = i / width, column = i % width, place = c * stride + column;
                        float keySum = shared[keySums + place], valueSum = shared[valueSums + place];
                        for (int r = 0; r < rows; r++)
                        {
                            keySum += shared[scores + r * pairStride + c] * shared[queries + r * stride + column];
                            valueSum += shared[weights + r * pairStride + c] * shared[cotangents + r * stride + column];
                        }
                        shared[keySums + place] = keySum;
                        shared[valueSums + place] = valueSum;
                    }
                    Group.Barrier();
                }
            }
        }
        Group.Barrier();
        if (storesKeys)
            AttentionTiles.Store(shared, keySums, keyGradient, batch, keyHead, firstKey, stored, width, stride);
        if (storesValues)
            AttentionTiles.Store(shared, valueSums, valueGradient, batch, keyHead, firstKey, stored, width, stride);
    }

    /// <summary>The gradients of this group's block of queries; groups are numbered by batch, head and block.</summary>
    public static void Queries(
        AttentionShape shape, HeadTensor query, HeadTensor key, HeadTensor value, HeadTensor cotangent, ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor queryGradient, ArrayView<float> shared)
    {
        int block = shape.Block, width = shape.HeadSize, stride = shape.Stride, pairStride = block + 1, tile = block * stride;
        int queries = 0, cotangents = tile, keys = 2 * tile, values = 3 * tile, querySums = 4 * tile;
        int weights = 6 * tile, scores = weights + block * pairStride;
        int blocks = (shape.QueryLength + block - 1) / block, item = Grid.IdxX / blocks;
        int batch = item / shape.Heads, head = item % shape.Heads, keyHead = head / (shape.Heads / shape.KeyHeads);
        int firstQuery = Grid.IdxX % blocks * block;
        int rows = shape.QueryLength - firstQuery < block ? shape.QueryLength - firstQuery : block;
        AttentionTiles.Clear(shared, querySums, tile);
        AttentionTiles.Load(shared, queries, query, batch, head, firstQuery, rows, width, stride);
        AttentionTiles.Load(shared, cotangents, cotangent, batch, head, firstQuery, rows, width, stride);
        int endKey = shape.EndKey(firstQuery + rows);
        for (int firstKey = shape.FirstKey(firstQuery); firstKey < endKey; firstKey += block)
        {
            int columns = endKey - firstKey < block ? endKey - firstKey : block;
            AttentionTiles.Load(shared, keys, key, batch, keyHead, firstKey, columns, width, stride);
            AttentionTiles.Load(shared, values, value, batch, keyHead, firstKey, columns, width, stride);
            Group.Barrier();
            Pairs(shape, shared, logSumExp, logSumExpAt, deltas, batch, head, firstQuery, rows, firstKey, columns, queries, cotangents, keys, values, weights, scores);
            Group.Barrier();
            for (int i = Group.IdxX; i < rows * width; i += Group.DimX)
            {
                int r = i / width, column = i % width, place = querySums + r * stride + column;
                float sum = shared[place];
                for (int c = 0; c < columns; c++)
                    sum += shared[scores + r * pairStride + c] * shared[keys + c * stride + column];
                shared[place] = sum;
            }
            Group.Barrier();
        }
        Group.Barrier();
        AttentionTiles.Store(shared, querySums, queryGradient, batch, head, firstQuery, rows, width, stride);
    }

    /// <summary>Weights, and gradients of scores, for all pairs of a block of queries and a block of keys.</summary>
    static void Pairs(
        AttentionShape shape, ArrayView<float> shared, ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas, int batch, int head,
        int firstQuery, int rows, int firstKey, int columns, int queries, int cotangents, int keys, int values, int weights, int scores)
    {
        int width = shape.HeadSize, stride = shape.Stride, pairStride = shape.Block + 1;
        for (int i = Group.IdxX; i < rows * columns; i += Group.DimX)
        {
            int r = i / columns, c = i % columns, place = r * pairStride + c;
            float weight = 0f, score = 0f;
            if (shape.Sees(batch, firstQuery + r, firstKey + c))
            {
                int row = (batch * shape.Heads + head) * shape.QueryLength + firstQuery + r;
                float product = shape.Scale * AttentionTiles.Dot(shared, queries + r * stride, keys + c * stride, width);
                float exponential = DeviceMath.Exp(product - logSumExp[logSumExpAt + row]);
                float kept = shape.Kept(batch, head, firstQuery + r, firstKey + c);
                weight = exponential * kept;
                score = shape.Scale * exponential * (kept * AttentionTiles.Dot(shared, cotangents + r * stride, values + c * stride, width) - deltas[row]);
            }
            shared[weights + place] = weight;
            shared[scores + place] = score;
        }
    }
}
