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
    public static void Deltas<TReduction, TResult, TCotangent>(
        TReduction reduction, AttentionShape shape, int batches, HeadTensor<TResult> result, HeadTensor<TCotangent> cotangent, ArrayView<float> deltas, ArrayView<float> shared)
        where TReduction : struct, IGroupReduction
        where TResult : struct, INumberView
        where TCotangent : struct, INumberView
    {
        int i = Grid.IdxX * (Group.DimX / ThreadsOfDelta) + Group.IdxX / ThreadsOfDelta, thread = Group.IdxX & (ThreadsOfDelta - 1);
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
    internal static void KeysAndValues<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor<Float32View> keyGradient, bool storesKeys, HeadTensor<Float32View> valueGradient, bool storesValues, ArrayView<Four> shared)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
    {
        var item = AttentionItem.OfGroup(shape.KeyLength, shape.KeyHeads, AttentionTiles.Parts(shape.HeadSize));
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
                int ownKey = firstKey + AttentionTiles.FirstRow, ownQuery = firstQuery + AttentionTiles.Member;
                Four logSumExps = pairs.LogSumExps(ownQuery, AttentionTiles.Team), ownDeltas = pairs.DeltasOf(ownQuery, AttentionTiles.Team);
                var weights = pairs.WeightsOfKeys(AttentionTiles.Products(shared, keys, queries), logSumExps);
                if (!shape.SeesAll(firstQuery, AttentionTiles.Columns, firstKey, Group.DimX / AttentionTiles.Team * TilePart.Rows))
                    weights = pairs.VisibleOfKeys(weights, ownKey, ownQuery);
                if (storesValues)
                {
                    AttentionTiles.StoreWeights(shared, pairs.KeptOfKeys(weights, ownKey, ownQuery));
                    valueSums = AttentionTiles.AddWeighted(shared, valueSums, cotangents, item.Part * AttentionTiles.Columns);
                }
                if (storesKeys)
                {
                    var gradients = pairs.GradientsOfKeys(AttentionTiles.Products(shared, values, cotangents), weights, ownKey, ownQuery, ownDeltas);
                    AttentionTiles.StoreWeights(shared, gradients);
                    keySums = AttentionTiles.AddWeighted(shared, keySums, queries, item.Part * AttentionTiles.Columns);
                }
            }
        }
        if (storesKeys)
            AttentionTiles.Store(keyGradient.Block(batch, keyHead, firstKey, item.Rows, shape.HeadSize), item.Part * AttentionTiles.Columns, keySums);
        if (storesValues)
            AttentionTiles.Store(valueGradient.Block(batch, keyHead, firstKey, item.Rows, shape.HeadSize), item.Part * AttentionTiles.Columns, valueSums);
    }

    /// <summary>The gradients of this group's block of queries.</summary>
    internal static void Queries<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor<Float32View> queryGradient, ArrayView<Four> shared)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
    {
        var item = AttentionItem.OfGroup(shape.QueryLength, shape.Heads, AttentionTiles.Parts(shape.HeadSize));
        int batch = item.Batch, head = item.Head, keyHead = head / (shape.Heads / shape.KeyHeads), firstQuery = item.FirstRow;
        var queries = query.Block(batch, head, firstQuery, item.Rows, shape.HeadSize);
        var cotangents = cotangent.Block(batch, head, firstQuery, item.Rows, shape.HeadSize);
        var pairs = new Pairs { Shape = shape, LogSumExp = logSumExp, LogSumExpAt = logSumExpAt, Deltas = deltas, Batch = batch, Head = head };
        int ownQuery = firstQuery + AttentionTiles.FirstRow;
        Four upperLogSumExps = pairs.LogSumExps(ownQuery, 1), lowerLogSumExps = pairs.LogSumExps(ownQuery + Four.Count, 1);
        Four upperDeltas = pairs.DeltasOf(ownQuery, 1), lowerDeltas = pairs.DeltasOf(ownQuery + Four.Count, 1);
        TilePart sums = default;
        int endKey = shape.EndKey(firstQuery + item.Rows);
        for (int firstKey = shape.FirstKey(firstQuery); firstKey < endKey; firstKey += AttentionTiles.Columns)
        {
            int count = endKey - firstKey < AttentionTiles.Columns ? endKey - firstKey : AttentionTiles.Columns;
            int ownKey = firstKey + AttentionTiles.Member;
            var keys = key.Block(batch, keyHead, firstKey, count, shape.HeadSize);
            var values = value.Block(batch, keyHead, firstKey, count, shape.HeadSize);
            var weights = pairs.WeightsOfQueries(AttentionTiles.Products(shared, queries, keys), upperLogSumExps, lowerLogSumExps);
            if (!shape.SeesAll(firstQuery, item.Rows, firstKey, AttentionTiles.Columns))
                weights = pairs.VisibleOfQueries(weights, ownQuery, ownKey);
            var gradients = pairs.GradientsOfQueries(AttentionTiles.Products(shared, cotangents, values), weights, ownQuery, ownKey, upperDeltas, lowerDeltas);
            AttentionTiles.StoreWeights(shared, gradients);
            sums = AttentionTiles.AddWeighted(shared, sums, keys, item.Part * AttentionTiles.Columns);
        }
        AttentionTiles.Store(queryGradient.Block(batch, head, firstQuery, item.Rows, shape.HeadSize), item.Part * AttentionTiles.Columns, sums);
    }

    /// <summary>Weights, and gradients of products, for a thread's pairs of query and key.</summary>
    struct Pairs
    {
        public AttentionShape Shape;
        public ArrayView<float> LogSumExp, Deltas;
        public int LogSumExpAt, Batch, Head;

        readonly int Row(int query) => (Batch * Shape.Heads + Head) * Shape.QueryLength + query;

        /// <summary>Of four queries so far apart; infinity, which makes weights zeros, behind the last.</summary>
        public readonly Four LogSumExps(int query, int step) => new()
        {
            X = LogSumExpOf(query),
            Y = LogSumExpOf(query + step),
            Z = LogSumExpOf(query + 2 * step),
            W = LogSumExpOf(query + 3 * step),
        };

        /// <summary>Of four queries so far apart.</summary>
        public readonly Four DeltasOf(int query, int step) => new()
        {
            X = DeltaOf(query),
            Y = DeltaOf(query + step),
            Z = DeltaOf(query + 2 * step),
            W = DeltaOf(query + 3 * step),
        };

        readonly float LogSumExpOf(int query) => query < Shape.QueryLength ? LogSumExp[LogSumExpAt + Row(query)] : float.PositiveInfinity;

        readonly float DeltaOf(int query) => query < Shape.QueryLength ? Deltas[Row(query)] : 0f;

        readonly Four Weights(Four products, Four logSumExps) => DeviceMath.Exp(Shape.Scale * products - logSumExps);

        readonly Four Gradients(Four products, Four weights, Four kept, Four deltas) =>
            Four.Select(Four.Equal(weights, 0f), 0f, Shape.Scale * weights * (kept * products - deltas));

        readonly float Visible(float weight, int query, int key) => Shape.Sees(Batch, query, key) ? weight : 0f;

        // Rows are keys, and columns queries.

        public readonly TilePart WeightsOfKeys(TilePart products, Four logSumExps) => new()
        {
            R0 = Weights(products.R0, logSumExps),
            R1 = Weights(products.R1, logSumExps),
            R2 = Weights(products.R2, logSumExps),
            R3 = Weights(products.R3, logSumExps),
            R4 = Weights(products.R4, logSumExps),
            R5 = Weights(products.R5, logSumExps),
            R6 = Weights(products.R6, logSumExps),
            R7 = Weights(products.R7, logSumExps),
        };

        public readonly TilePart VisibleOfKeys(TilePart weights, int key, int query) => new()
        {
            R0 = VisibleOfKey(weights.R0, key, query, AttentionTiles.Team),
            R1 = VisibleOfKey(weights.R1, key + 1, query, AttentionTiles.Team),
            R2 = VisibleOfKey(weights.R2, key + 2, query, AttentionTiles.Team),
            R3 = VisibleOfKey(weights.R3, key + 3, query, AttentionTiles.Team),
            R4 = VisibleOfKey(weights.R4, key + 4, query, AttentionTiles.Team),
            R5 = VisibleOfKey(weights.R5, key + 5, query, AttentionTiles.Team),
            R6 = VisibleOfKey(weights.R6, key + 6, query, AttentionTiles.Team),
            R7 = VisibleOfKey(weights.R7, key + 7, query, AttentionTiles.Team),
        };

        public readonly TilePart KeptOfKeys(TilePart weights, int key, int query) => new()
        {
            R0 = weights.R0 * KeptOfKey(key, query, AttentionTiles.Team),
            R1 = weights.R1 * KeptOfKey(key + 1, query, AttentionTiles.Team),
            R2 = weights.R2 * KeptOfKey(key + 2, query, AttentionTiles.Team),
            R3 = weights.R3 * KeptOfKey(key + 3, query, AttentionTiles.Team),
            R4 = weights.R4 * KeptOfKey(key + 4, query, AttentionTiles.Team),
            R5 = weights.R5 * KeptOfKey(key + 5, query, AttentionTiles.Team),
            R6 = weights.R6 * KeptOfKey(key + 6, query, AttentionTiles.Team),
            R7 = weights.R7 * KeptOfKey(key + 7, query, AttentionTiles.Team),
        };

        public readonly TilePart GradientsOfKeys(TilePart products, TilePart weights, int key, int query, Four deltas) => new()
        {
            R0 = Gradients(products.R0, weights.R0, KeptOfKey(key, query, AttentionTiles.Team), deltas),
            R1 = Gradients(products.R1, weights.R1, KeptOfKey(key + 1, query, AttentionTiles.Team), deltas),
            R2 = Gradients(products.R2, weights.R2, KeptOfKey(key + 2, query, AttentionTiles.Team), deltas),
            R3 = Gradients(products.R3, weights.R3, KeptOfKey(key + 3, query, AttentionTiles.Team), deltas),
            R4 = Gradients(products.R4, weights.R4, KeptOfKey(key + 4, query, AttentionTiles.Team), deltas),
            R5 = Gradients(products.R5, weights.R5, KeptOfKey(key + 5, query, AttentionTiles.Team), deltas),
            R6 = Gradients(products.R6, weights.R6, KeptOfKey(key + 6, query, AttentionTiles.Team), deltas),
            R7 = Gradients(products.R7, weights.R7, KeptOfKey(key + 7, query, AttentionTiles.Team), deltas),
        };

        readonly Four VisibleOfKey(Four weights, int key, int query, int step) => new()
        {
            X = Visible(weights.X, query, key),
            Y = Visible(weights.Y, query + step, key),
            Z = Visible(weights.Z, query + 2 * step, key),
            W = Visible(weights.W, query + 3 * step, key),
        };

        readonly Four KeptOfKey(int key, int query, int step) => new()
        {
            X = Shape.Kept(Batch, Head, query, key),
            Y = Shape.Kept(Batch, Head, query + step, key),
            Z = Shape.Kept(Batch, Head, query + 2 * step, key),
            W = Shape.Kept(Batch, Head, query + 3 * step, key),
        };

        // Rows are queries, and columns keys.

        public readonly TilePart WeightsOfQueries(TilePart products, Four upper, Four lower) => new()
        {
            R0 = Weights(products.R0, upper.X),
            R1 = Weights(products.R1, upper.Y),
            R2 = Weights(products.R2, upper.Z),
            R3 = Weights(products.R3, upper.W),
            R4 = Weights(products.R4, lower.X),
            R5 = Weights(products.R5, lower.Y),
            R6 = Weights(products.R6, lower.Z),
            R7 = Weights(products.R7, lower.W),
        };

        public readonly TilePart VisibleOfQueries(TilePart weights, int query, int key) => new()
        {
            R0 = VisibleOfQuery(weights.R0, query, key, AttentionTiles.Team),
            R1 = VisibleOfQuery(weights.R1, query + 1, key, AttentionTiles.Team),
            R2 = VisibleOfQuery(weights.R2, query + 2, key, AttentionTiles.Team),
            R3 = VisibleOfQuery(weights.R3, query + 3, key, AttentionTiles.Team),
            R4 = VisibleOfQuery(weights.R4, query + 4, key, AttentionTiles.Team),
            R5 = VisibleOfQuery(weights.R5, query + 5, key, AttentionTiles.Team),
            R6 = VisibleOfQuery(weights.R6, query + 6, key, AttentionTiles.Team),
            R7 = VisibleOfQuery(weights.R7, query + 7, key, AttentionTiles.Team),
        };

        public readonly TilePart GradientsOfQueries(TilePart products, TilePart weights, int query, int key, Four upper, Four lower) => new()
        {
            R0 = Gradients(products.R0, weights.R0, Shape.KeptOfKeys(Batch, Head, query, key, AttentionTiles.Team), upper.X),
            R1 = Gradients(products.R1, weights.R1, Shape.KeptOfKeys(Batch, Head, query + 1, key, AttentionTiles.Team), upper.Y),
            R2 = Gradients(products.R2, weights.R2, Shape.KeptOfKeys(Batch, Head, query + 2, key, AttentionTiles.Team), upper.Z),
            R3 = Gradients(products.R3, weights.R3, Shape.KeptOfKeys(Batch, Head, query + 3, key, AttentionTiles.Team), upper.W),
            R4 = Gradients(products.R4, weights.R4, Shape.KeptOfKeys(Batch, Head, query + 4, key, AttentionTiles.Team), lower.X),
            R5 = Gradients(products.R5, weights.R5, Shape.KeptOfKeys(Batch, Head, query + 5, key, AttentionTiles.Team), lower.Y),
            R6 = Gradients(products.R6, weights.R6, Shape.KeptOfKeys(Batch, Head, query + 6, key, AttentionTiles.Team), lower.Z),
            R7 = Gradients(products.R7, weights.R7, Shape.KeptOfKeys(Batch, Head, query + 7, key, AttentionTiles.Team), lower.W),
        };

        readonly Four VisibleOfQuery(Four weights, int query, int key, int step) => new()
        {
            X = Visible(weights.X, query, key),
            Y = Visible(weights.Y, query, key + step),
            Z = Visible(weights.Z, query, key + 2 * step),
            W = Visible(weights.W, query, key + 3 * step),
        };
    }
}
