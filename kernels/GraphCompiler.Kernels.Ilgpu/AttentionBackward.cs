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
/// Products and sums are in registers (<see cref="AttentionTiles"/>); of a head of more than 64 numbers a group sums up 64.
/// </summary>
public static class AttentionBackward
{
    /// <summary>Threads that share a query in <see cref="Deltas"/>.</summary>
    public const int ThreadsOfDelta = 16;

    /// <summary>The sum over a head of result times cotangent, which <paramref name="deltas"/> gets as [batch, heads, query length].</summary>
    public static void Deltas<TReduction>(
        TReduction reduction, AttentionShape shape, int batches, HeadTensor result, HeadTensor cotangent, ArrayView<float> deltas, ArrayView<float> shared)
        where TReduction : struct, IGroupReduction
    {
        int i = Grid.IdxX * (Group.DimX / ThreadsOfDelta) + Group.IdxX / ThreadsOfDelta, thread = Group.IdxX % ThreadsOfDelta;
        int query = i % shape.QueryLength, row = i / shape.QueryLength, head = row % shape.Heads, batch = row / shape.Heads;
        int count = i < batches * shape.Heads * shape.QueryLength ? 1 : 0;
        var left = result.Block(batch, head, query, count, shape.HeadSize);
        var right = cotangent.Block(batch, head, query, count, shape.HeadSize);
        Four sum = 0f;
        for (int column = thread * Four.Count; column < shape.HeadSize; column += ThreadsOfDelta * Four.Count)
            sum += left.Load(0, column) * right.Load(0, column);
        float delta = reduction.Sum(sum.Sum(), shared, ThreadsOfDelta);
        if (thread == 0 && count > 0)
            deltas[i] = delta;
    }

    /// <summary>The gradients of this group's block of keys and values.</summary>
    public static void KeysAndValues(
        AttentionShape shape, HeadTensor query, HeadTensor key, HeadTensor value, HeadTensor cotangent, ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor keyGradient, bool storesKeys, HeadTensor valueGradient, bool storesValues, ArrayView<Four> shared)
    {
        var item = AttentionItem.OfGroup(shape.KeyLength, shape.KeyHeads, shape.HeadSize);
        int batch = item.Batch, keyHead = item.Head, sharing = shape.Heads / shape.KeyHeads, firstKey = item.FirstRow;
        int existing = shape.KeyCount - firstKey < item.Rows ? shape.KeyCount - firstKey : item.Rows;
        var keys = key.Block(batch, keyHead, firstKey, existing, shape.HeadSize);
        var values = value.Block(batch, keyHead, firstKey, existing, shape.HeadSize);
        TilePart keySums = default, valueSums = default;
        int endQuery = existing > 0 ? shape.QueryLength : 0;
        for (int head = keyHead * sharing; head < (keyHead + 1) * sharing; head++)
        {
            for (int firstQuery = 0; firstQuery < endQuery; firstQuery += AttentionTiles.Columns)
            {
                int count = shape.QueryLength - firstQuery < AttentionTiles.Columns ? shape.QueryLength - firstQuery : AttentionTiles.Columns;
                if (shape.EndKey(firstQuery + count) <= firstKey || shape.FirstKey(firstQuery) >= firstKey + existing)
                    continue;
                var queries = query.Block(batch, head, firstQuery, count, shape.HeadSize);
                var cotangents = cotangent.Block(batch, head, firstQuery, count, shape.HeadSize);
                var pairs = new Pairs { Shape = shape, LogSumExp = logSumExp, LogSumExpAt = logSumExpAt, Deltas = deltas, Batch = batch, Head = head };
                int ownKey = firstKey + Group.IdxX / AttentionTiles.Team * TilePart.Rows, ownQuery = firstQuery + Group.IdxX % AttentionTiles.Team;
                var weights = pairs.WeightsOfKeys(AttentionTiles.Products(shared, keys, queries), ownKey, ownQuery);
                if (storesValues)
                {
                    AttentionTiles.StoreWeights(shared, pairs.KeptOfKeys(weights, ownKey, ownQuery));
                    valueSums = AttentionTiles.AddWeighted(shared, valueSums, cotangents, item.FirstColumn);
                }
                if (storesKeys)
                {
                    var gradients = pairs.GradientsOfKeys(AttentionTiles.Products(shared, values, cotangents), weights, ownKey, ownQuery);
                    AttentionTiles.StoreWeights(shared, gradients);
                    keySums = AttentionTiles.AddWeighted(shared, keySums, queries, item.FirstColumn);
                }
            }
        }
        if (storesKeys)
            AttentionTiles.Store(keyGradient.Block(batch, keyHead, firstKey, item.Rows, shape.HeadSize), item.FirstColumn, keySums);
        if (storesValues)
            AttentionTiles.Store(valueGradient.Block(batch, keyHead, firstKey, item.Rows, shape.HeadSize), item.FirstColumn, valueSums);
    }

    /// <summary>The gradients of this group's block of queries.</summary>
    public static void Queries(
        AttentionShape shape, HeadTensor query, HeadTensor key, HeadTensor value, HeadTensor cotangent, ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor queryGradient, ArrayView<Four> shared)
    {
        var item = AttentionItem.OfGroup(shape.QueryLength, shape.Heads, shape.HeadSize);
        int batch = item.Batch, head = item.Head, keyHead = head / (shape.Heads / shape.KeyHeads), firstQuery = item.FirstRow;
        var queries = query.Block(batch, head, firstQuery, item.Rows, shape.HeadSize);
        var cotangents = cotangent.Block(batch, head, firstQuery, item.Rows, shape.HeadSize);
        var pairs = new Pairs { Shape = shape, LogSumExp = logSumExp, LogSumExpAt = logSumExpAt, Deltas = deltas, Batch = batch, Head = head };
        int ownQuery = firstQuery + Group.IdxX / AttentionTiles.Team * TilePart.Rows;
        TilePart sums = default;
        int endKey = shape.EndKey(firstQuery + item.Rows);
        for (int firstKey = shape.FirstKey(firstQuery); firstKey < endKey; firstKey += AttentionTiles.Columns)
        {
            int count = endKey - firstKey < AttentionTiles.Columns ? endKey - firstKey : AttentionTiles.Columns;
            int ownKey = firstKey + Group.IdxX % AttentionTiles.Team;
            var keys = key.Block(batch, keyHead, firstKey, count, shape.HeadSize);
            var values = value.Block(batch, keyHead, firstKey, count, shape.HeadSize);
            var weights = pairs.WeightsOfQueries(AttentionTiles.Products(shared, queries, keys), ownQuery, ownKey);
            var gradients = pairs.GradientsOfQueries(AttentionTiles.Products(shared, cotangents, values), weights, ownQuery, ownKey);
            AttentionTiles.StoreWeights(shared, gradients);
            sums = AttentionTiles.AddWeighted(shared, sums, keys, item.FirstColumn);
        }
        AttentionTiles.Store(queryGradient.Block(batch, head, firstQuery, item.Rows, shape.HeadSize), item.FirstColumn, sums);
    }

    /// <summary>Weights, and gradients of products, for a thread's pairs of query and key.</summary>
    struct Pairs
    {
        public AttentionShape Shape;
        public ArrayView<float> LogSumExp, Deltas;
        public int LogSumExpAt, Batch, Head;

        readonly int Row(int query) => (Batch * Shape.Heads + Head) * Shape.QueryLength + query;

        /// <summary>Without dropout.</summary>
        readonly float Weight(float product, int query, int key) => query < Shape.QueryLength && Shape.Sees(Batch, query, key)
            ? DeviceMath.Exp(Shape.Scale * product - LogSumExp[LogSumExpAt + Row(query)])
            : 0f;

        readonly float Gradient(float product, float weight, int query, int key) => weight == 0f
            ? 0f
            : Shape.Scale * weight * (Shape.Kept(Batch, Head, query, key) * product - Deltas[Row(query)]);

        // Rows are keys, and columns queries.
        public readonly TilePart WeightsOfKeys(TilePart products, int key, int query) => new()
        {
            R0 = WeightsOfKey(products.R0, key, query),
            R1 = WeightsOfKey(products.R1, key + 1, query),
            R2 = WeightsOfKey(products.R2, key + 2, query),
            R3 = WeightsOfKey(products.R3, key + 3, query),
            R4 = WeightsOfKey(products.R4, key + 4, query),
            R5 = WeightsOfKey(products.R5, key + 5, query),
            R6 = WeightsOfKey(products.R6, key + 6, query),
            R7 = WeightsOfKey(products.R7, key + 7, query),
        };

        public readonly TilePart KeptOfKeys(TilePart weights, int key, int query) => new()
        {
            R0 = weights.R0 * KeptOfKey(key, query),
            R1 = weights.R1 * KeptOfKey(key + 1, query),
            R2 = weights.R2 * KeptOfKey(key + 2, query),
            R3 = weights.R3 * KeptOfKey(key + 3, query),
            R4 = weights.R4 * KeptOfKey(key + 4, query),
            R5 = weights.R5 * KeptOfKey(key + 5, query),
            R6 = weights.R6 * KeptOfKey(key + 6, query),
            R7 = weights.R7 * KeptOfKey(key + 7, query),
        };

        public readonly TilePart GradientsOfKeys(TilePart products, TilePart weights, int key, int query) => new()
        {
            R0 = GradientsOfKey(products.R0, weights.R0, key, query),
            R1 = GradientsOfKey(products.R1, weights.R1, key + 1, query),
            R2 = GradientsOfKey(products.R2, weights.R2, key + 2, query),
            R3 = GradientsOfKey(products.R3, weights.R3, key + 3, query),
            R4 = GradientsOfKey(products.R4, weights.R4, key + 4, query),
            R5 = GradientsOfKey(products.R5, weights.R5, key + 5, query),
            R6 = GradientsOfKey(products.R6, weights.R6, key + 6, query),
            R7 = GradientsOfKey(products.R7, weights.R7, key + 7, query),
        };

        readonly Four WeightsOfKey(Four products, int key, int query) => new()
        {
            X = Weight(products.X, query, key),
            Y = Weight(products.Y, query + AttentionTiles.Team, key),
            Z = Weight(products.Z, query + 2 * AttentionTiles.Team, key),
            W = Weight(products.W, query + 3 * AttentionTiles.Team, key),
        };

        readonly Four KeptOfKey(int key, int query) => new()
        {
            X = Shape.Kept(Batch, Head, query, key),
            Y = Shape.Kept(Batch, Head, query + AttentionTiles.Team, key),
            Z = Shape.Kept(Batch, Head, query + 2 * AttentionTiles.Team, key),
            W = Shape.Kept(Batch, Head, query + 3 * AttentionTiles.Team, key),
        };

        readonly Four GradientsOfKey(Four products, Four weights, int key, int query) => new()
        {
            X = Gradient(products.X, weights.X, query, key),
            Y = Gradient(products.Y, weights.Y, query + AttentionTiles.Team, key),
            Z = Gradient(products.Z, weights.Z, query + 2 * AttentionTiles.Team, key),
            W = Gradient(products.W, weights.W, query + 3 * AttentionTiles.Team, key),
        };

        // Rows are queries, and columns keys.
        public readonly TilePart WeightsOfQueries(TilePart products, int query, int key) => new()
        {
            R0 = WeightsOfQuery(products.R0, query, key),
            R1 = WeightsOfQuery(products.R1, query + 1, key),
            R2 = WeightsOfQuery(products.R2, query + 2, key),
            R3 = WeightsOfQuery(products.R3, query + 3, key),
            R4 = WeightsOfQuery(products.R4, query + 4, key),
            R5 = WeightsOfQuery(products.R5, query + 5, key),
            R6 = WeightsOfQuery(products.R6, query + 6, key),
            R7 = WeightsOfQuery(products.R7, query + 7, key),
        };

        public readonly TilePart GradientsOfQueries(TilePart products, TilePart weights, int query, int key) => new()
        {
            R0 = GradientsOfQuery(products.R0, weights.R0, query, key),
            R1 = GradientsOfQuery(products.R1, weights.R1, query + 1, key),
            R2 = GradientsOfQuery(products.R2, weights.R2, query + 2, key),
            R3 = GradientsOfQuery(products.R3, weights.R3, query + 3, key),
            R4 = GradientsOfQuery(products.R4, weights.R4, query + 4, key),
            R5 = GradientsOfQuery(products.R5, weights.R5, query + 5, key),
            R6 = GradientsOfQuery(products.R6, weights.R6, query + 6, key),
            R7 = GradientsOfQuery(products.R7, weights.R7, query + 7, key),
        };

        readonly Four WeightsOfQuery(Four products, int query, int key) => new()
        {
            X = Weight(products.X, query, key),
            Y = Weight(products.Y, query, key + AttentionTiles.Team),
            Z = Weight(products.Z, query, key + 2 * AttentionTiles.Team),
            W = Weight(products.W, query, key + 3 * AttentionTiles.Team),
        };

        readonly Four GradientsOfQuery(Four products, Four weights, int query, int key) => new()
        {
            X = Gradient(products.X, weights.X, query, key),
            Y = Gradient(products.Y, weights.Y, query, key + AttentionTiles.Team),
            Z = Gradient(products.Z, weights.Z, query, key + 2 * AttentionTiles.Team),
            W = Gradient(products.W, weights.W, query, key + 3 * AttentionTiles.Team),
        };
    }
}
