using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Flash attention, after Dao et al. (2022). A group has one block of queries of one head. It goes through the keys block by
/// block; for each query it keeps the largest score so far, the sum of the weights relative to that, and the weighted sum of
/// values, both of which are scaled down when a larger score comes. Nothing is stored for pairs of query and key.
/// </summary>
public static class AttentionForward
{
    /// <summary>Computes the block of this group; groups are numbered by batch, head and block.</summary>
    /// <param name="shape">Sizes, masks, dropout.</param>
    /// <param name="query">[batch, query length, heads, head size].</param>
    /// <param name="key">[batch, key length, key heads, head size].</param>
    /// <param name="value">Like the keys.</param>
    /// <param name="result">Like the queries; written if <paramref name="storesResult"/>.</param>
    /// <param name="storesResult">Whether the result is wanted.</param>
    /// <param name="logSumExp">[batch, heads, query length]; written if <paramref name="storesSums"/>.</param>
    /// <param name="storesSums">Whether the logarithms of the sums are wanted.</param>
    /// <param name="shared">Three tiles of block x (head size, made odd) floats, block x (block + 1) weights, three numbers a query.</param>
    public static void Run(
        AttentionShape shape, HeadTensor query, HeadTensor key, HeadTensor value,
        HeadTensor result, bool storesResult, ArrayView<float> logSumExp, bool storesSums, ArrayView<float> shared)
    {
        int block = shape.Block, width = shape.HeadSize, stride = shape.Stride, weightStride = block + 1;
        int queries = 0, results = block * stride, keys = 2 * results, weights = 3 * results;
        int largest = weights + block * weightStride, sums = largest + block, scales = sums + block;
        int blocks = (shape.QueryLength + block - 1) / block, row = Grid.IdxX / blocks;
        int batch = row / shape.Heads, head = row % shape.Heads, keyHead = head / (shape.Heads / shape.KeyHeads);
        int firstQuery = Grid.IdxX % blocks * block;
        int rows = shape.QueryLength - firstQuery < block ? shape.QueryLength - firstQuery : block;
        AttentionTiles.Load(shared, queries, query, batch, head, firstQuery, rows, width, stride);
        AttentionTiles.Clear(shared, results, rows * stride);
        for (int i = Group.IdxX; i < rows; i += Group.DimX)
        {
            shared[largest + i] = float.NegativeInfinity;
            shared[sums + i] = 0f;
        }
        int endKey = shape.EndKey(firstQuery + rows);
        for (int firstKey = shape.FirstKey(firstQuery); firstKey < endKey; firstKey += block)
        {
            int columns = endKey - firstKey < block ? endKey - firstKey : block;
            AttentionTiles.Load(shared, keys, key, batch, keyHead, firstKey, columns, width, stride);
            Group.Barrier();
            for (int i = Group.IdxX; i < rows * columns; i += Group.DimX)
            {
                int r = i / columns, c = i % columns;
                shared[weights + r * weightStride + c] = shape.Sees(batch, firstQuery + r, firstKey + c)
                    ? shape.Scale * AttentionTiles.Dot(shared, queries + r * stride, keys + c * stride, width)
                    : float.NegativeInfinity;
            }
            Group.Barrier();
            AttentionTiles.Load(shared, keys, value, batch, keyHead, firstKey, columns, width, stride);
            for (int r = Group.IdxX; r < rows; r += Group.DimX)
                Weigh(shape, shared, weights + r * weightStride, columns, largest + r, sums + r, scales + r, batch, head, firstQuery + r, firstKey);
            Group.Barrier();
            for (int i = Group.IdxX; i < rows * width; i += Group.DimX)
            {
                int r = i / width, column = i % width, place = results + r * stride + column;
                float sum = shared[place] * shared[scales + r];
                for (int c = 0; c < columns; c++)
                    sum += shared[weights + r * weightStride + c] * shared[keys + c * stride + column];
                shared[place] = sum;
            }
            Group.Barrier();
        }
        Group.Barrier();
        for (int i = Group.IdxX; i < rows * width && storesResult; i += Group.DimX)
        {
            int r = i / width, column = i % width;
            float sum = shared[sums + r];
            result.Values[result.Place(batch, firstQuery + r, head) + column] = sum == 0f ? 0f : shared[results + r * stride + column] / sum;
        }
        for (int r = Group.IdxX; r < rows && storesSums; r += Group.DimX)
        {
            float sum = shared[sums + r];
            logSumExp[row * shape.QueryLength + firstQuery + r] = sum == 0f ? float.NegativeInfinity : shared[largest + r] + DeviceMath.Log(sum);
        }
    }

    /// <summary>One query's scores become weights, relative to the largest score so far.</summary>
    static void Weigh(
        AttentionShape shape, ArrayView<float> shared, int weights, int columns, int largestAt, int sumAt, int scaleAt, int batch, int head, int query, int firstKey)
    {
        float before = shared[largestAt], largest = before;
        for (int c = 0; c < columns; c++)
            largest = DeviceMath.Max(largest, shared[weights + c]);
        float scale = before == largest ? 1f : before == float.NegativeInfinity ? 0f : DeviceMath.Exp(before - largest);
        float sum = shared[sumAt] * scale;
        for (int c = 0; c < columns; c++)
        {
            float score = shared[weights + c];
            float weight = score == float.NegativeInfinity ? 0f : DeviceMath.Exp(score - largest);
            sum += weight;
            shared[weights + c] = weight * shape.Kept(batch, head, query, firstKey + c);
        }
        shared[largestAt] = largest;
        shared[sumAt] = sum;
        shared[scaleAt] = scale;
    }
}
