using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Flash attention, after Dao et al. (2022). A group has one block of queries of one head. It goes through the keys block by
/// block; for each query it keeps the largest score so far, the sum of the weights relative to that, and the weighted sum of
/// values, both of which are scaled down when a larger score comes. Nothing is stored for pairs of query and key; a block's
/// scores and sums are in registers (<see cref="AttentionTiles"/>). Of a head of more than 64 numbers a group sums up 64.
/// </summary>
static class AttentionForward
{
    /// <summary>Computes the block of this group; groups are numbered by batch, head, part of the head, and block, the last block first.</summary>
    /// <param name="reduction">How threads exchange numbers.</param>
    /// <param name="shape">Sizes, masks, dropout.</param>
    /// <param name="query">[batch, query length, heads, head size].</param>
    /// <param name="key">[batch, key length, key heads, head size].</param>
    /// <param name="value">Like the keys.</param>
    /// <param name="result">Like the queries; written if <paramref name="storesResult"/>.</param>
    /// <param name="storesResult">Whether the result is wanted.</param>
    /// <param name="logSumExp">[batch, heads, query length]; written if <paramref name="storesSums"/>.</param>
    /// <param name="storesSums">Whether the logarithms of the sums are wanted.</param>
    /// <param name="shared"><see cref="AttentionTiles.SharedFours"/>.</param>
    public static void Run<TReduction, TQuery, TKey, TValue>(
        TReduction reduction, AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value,
        HeadTensor<Float32View> result, bool storesResult, ArrayView<float> logSumExp, bool storesSums, ArrayView<Four> shared)
        where TReduction : struct, IGroupReduction
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
    {
        var item = AttentionItem.OfGroup(shape.QueryLength, shape.Heads, AttentionTiles.Parts(shape.HeadSize));
        int batch = item.Batch, head = item.Head, keyHead = head / (shape.Heads / shape.KeyHeads), firstQuery = item.FirstRow;
        var queries = query.Block(batch, head, firstQuery, item.Rows, shape.HeadSize);
        TilePart sums = default;
        Four upperLargest = float.NegativeInfinity, lowerLargest = float.NegativeInfinity, upperTotal = 0f, lowerTotal = 0f;
        int endKey = shape.EndKey(firstQuery + item.Rows);
        for (int firstKey = shape.FirstKey(firstQuery); firstKey < endKey; firstKey += AttentionTiles.Columns)
        {
            int keys = endKey - firstKey < AttentionTiles.Columns ? endKey - firstKey : AttentionTiles.Columns;
            var scores = AttentionTiles.Products(shared, queries, key.Block(batch, keyHead, firstKey, keys, shape.HeadSize));
            scores = Visible(shape, scores, batch, firstQuery, item.Rows, firstKey, keys);
            Four upper = DeviceMath.Max(upperLargest, reduction.Max(TilePart.LargestOfRows(scores, upper: true), AttentionTiles.Exchange(shared), AttentionTiles.Team));
            Four lower = DeviceMath.Max(lowerLargest, reduction.Max(TilePart.LargestOfRows(scores, upper: false), AttentionTiles.Exchange(shared), AttentionTiles.Team));
            Four upperBase = Base(upper), lowerBase = Base(lower);
            var weights = Exponentials(scores, upperBase, lowerBase);
            Four upperScale = DeviceMath.Exp(upperLargest - upperBase), lowerScale = DeviceMath.Exp(lowerLargest - lowerBase);
            upperTotal = upperTotal * upperScale + TilePart.SumsOfRows(weights, upper: true);
            lowerTotal = lowerTotal * lowerScale + TilePart.SumsOfRows(weights, upper: false);
            (upperLargest, lowerLargest) = (upper, lower);
            if (shape.Dropout != 0f)
                weights = Kept(shape, weights, batch, head, firstQuery, firstKey);
            AttentionTiles.StoreWeights(shared, weights);
            sums = AttentionTiles.AddWeighted(shared, TilePart.Scale(sums, upperScale, lowerScale), value.Block(batch, keyHead, firstKey, keys, shape.HeadSize),
                item.Part * AttentionTiles.Columns);
        }
        Group.Barrier();
        upperTotal = reduction.Sum(upperTotal, AttentionTiles.Exchange(shared), AttentionTiles.Team);
        lowerTotal = reduction.Sum(lowerTotal, AttentionTiles.Exchange(shared), AttentionTiles.Team);
        if (storesResult)
            AttentionTiles.Store(result.Block(batch, head, firstQuery, item.Rows, shape.HeadSize), item.Part * AttentionTiles.Columns,
                TilePart.Scale(sums, Reciprocal(upperTotal), Reciprocal(lowerTotal)));
        if (storesSums && item.Part * AttentionTiles.Columns == 0 && AttentionTiles.Member == 0)
        {
            int row = AttentionTiles.FirstRow, at = (batch * shape.Heads + head) * shape.QueryLength + firstQuery + row;
            StoreSums(logSumExp, at, item.Rows - row, LogSumExp(upperLargest, upperTotal));
            StoreSums(logSumExp, at + Four.Count, item.Rows - row - Four.Count, LogSumExp(lowerLargest, lowerTotal));
        }
    }

    /// <summary>What is subtracted from scores: the largest, or 0 for a query that has seen no key.</summary>
    static Four Base(Four largest) => Four.Select(Four.Equal(largest, float.NegativeInfinity), 0f, largest);

    static Four Reciprocal(Four total) => Four.Select(Four.Equal(total, 0f), 0f, 1f / total);

    static Four LogSumExp(Four largest, Four total) => Four.Select(Four.Equal(total, 0f), float.NegativeInfinity, largest + DeviceMath.Log(total));

    static void StoreSums(ArrayView<float> logSumExp, int at, int count, Four sums)
    {
        if (count > 0)
            logSumExp[at] = sums.X;
        if (count > 1)
            logSumExp[at + 1] = sums.Y;
        if (count > 2)
            logSumExp[at + 2] = sums.Z;
        if (count > 3)
            logSumExp[at + 3] = sums.W;
    }

    static TilePart Exponentials(TilePart scores, Four upper, Four lower) => new()
    {
        R0 = DeviceMath.Exp(scores.R0 - upper.X),
        R1 = DeviceMath.Exp(scores.R1 - upper.Y),
        R2 = DeviceMath.Exp(scores.R2 - upper.Z),
        R3 = DeviceMath.Exp(scores.R3 - upper.W),
        R4 = DeviceMath.Exp(scores.R4 - lower.X),
        R5 = DeviceMath.Exp(scores.R5 - lower.Y),
        R6 = DeviceMath.Exp(scores.R6 - lower.Z),
        R7 = DeviceMath.Exp(scores.R7 - lower.W),
    };

    /// <summary>The products times the scale; -infinity where a query does not attend to a key.</summary>
    static TilePart Visible(AttentionShape shape, TilePart products, int batch, int firstQuery, int queries, int firstKey, int keys)
    {
        products = TilePart.Scale(products, shape.Scale, shape.Scale);
        if (keys == AttentionTiles.Columns && shape.SeesAll(firstQuery, queries, firstKey, keys))
            return products;
        int query = firstQuery + AttentionTiles.FirstRow, key = firstKey + AttentionTiles.Member;
        return new()
        {
            R0 = Visible(shape, products.R0, batch, query, key),
            R1 = Visible(shape, products.R1, batch, query + 1, key),
            R2 = Visible(shape, products.R2, batch, query + 2, key),
            R3 = Visible(shape, products.R3, batch, query + 3, key),
            R4 = Visible(shape, products.R4, batch, query + 4, key),
            R5 = Visible(shape, products.R5, batch, query + 5, key),
            R6 = Visible(shape, products.R6, batch, query + 6, key),
            R7 = Visible(shape, products.R7, batch, query + 7, key),
        };
    }

    static Four Visible(AttentionShape shape, Four products, int batch, int query, int key) => new()
    {
        X = shape.Sees(batch, query, key) ? products.X : float.NegativeInfinity,
        Y = shape.Sees(batch, query, key + AttentionTiles.Team) ? products.Y : float.NegativeInfinity,
        Z = shape.Sees(batch, query, key + 2 * AttentionTiles.Team) ? products.Z : float.NegativeInfinity,
        W = shape.Sees(batch, query, key + 3 * AttentionTiles.Team) ? products.W : float.NegativeInfinity,
    };

    static TilePart Kept(AttentionShape shape, TilePart weights, int batch, int head, int firstQuery, int firstKey)
    {
        int query = firstQuery + AttentionTiles.FirstRow, key = firstKey + AttentionTiles.Member;
        return new()
        {
            R0 = weights.R0 * shape.KeptOfKeys(batch, head, query, key, AttentionTiles.Team),
            R1 = weights.R1 * shape.KeptOfKeys(batch, head, query + 1, key, AttentionTiles.Team),
            R2 = weights.R2 * shape.KeptOfKeys(batch, head, query + 2, key, AttentionTiles.Team),
            R3 = weights.R3 * shape.KeptOfKeys(batch, head, query + 3, key, AttentionTiles.Team),
            R4 = weights.R4 * shape.KeptOfKeys(batch, head, query + 4, key, AttentionTiles.Team),
            R5 = weights.R5 * shape.KeptOfKeys(batch, head, query + 5, key, AttentionTiles.Team),
            R6 = weights.R6 * shape.KeptOfKeys(batch, head, query + 6, key, AttentionTiles.Team),
            R7 = weights.R7 * shape.KeptOfKeys(batch, head, query + 7, key, AttentionTiles.Team),
        };
    }
}
