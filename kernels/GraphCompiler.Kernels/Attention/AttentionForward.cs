using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Flash attention forward, after Dao, Fu, Ermon, Rudra and Ré, "FlashAttention" (2022), with the loops of Dao,
// "FlashAttention-2" (2023): queries outside, keys inside, and nothing stored that grows with both.
//
//   for each block of queries of a head                  two panels
//     pack the queries, transposed
//     for each block of keys that one of them attends to
//       pack the values
//       for each panel of queries                          two register tiles wide, with 16 lanes
//         scores = keys * queries                            strips that nobody attends to are skipped
//         new maxima; what was summed under the old ones is scaled down
//         weights = e^(scores - maxima), totals += weights
//         sums += weights * values
//     result = sums / totals, log-sum-exp = maxima + log(totals)
//
// A panel's numbers depend on the panel alone, so it does not matter which panels one worker has.

/// <summary>The forward pass of one head at a time.</summary>
/// <typeparam name="V">The width to compute with.</typeparam>
/// <typeparam name="T">How queries, keys and values lie in memory.</typeparam>
internal unsafe struct AttentionForward<V, T>
    where V : unmanaged, IVector<V>
    where T : unmanaged, IElement<T>
{
    const int StateFloats = 4 * AttentionBlocks.PanelWidth;

    readonly AttentionShape shape;
    readonly AttentionTensor<T> query, key, value;
    readonly AttentionTensor result;
    readonly AttentionKeyMask keyMask;
    readonly AttentionDropout dropout;
    readonly float* logSumExp;
    readonly int padded;
    readonly float scale, sign;

    // Scratch: the packed queries, sums, maxima and totals of a block's panels, and what one panel at a time needs.
    readonly float* queries, sums, maxima, totals, weights, values, newMaxima, shifts, factors, square, dropStrip, keyRows;

    AttentionDropoutStrip dropStrips;
    byte* mask;
    T* keys, valueRows;
    int batch, head, firstPanel, lastPanel, started;

    public AttentionForward(
        Worker worker, in AttentionShape shape, in AttentionTensor<T> query, in AttentionTensor<T> key,
        in AttentionTensor<T> value, in AttentionKeyMask keyMask, in AttentionDropout dropout, in AttentionTensor result,
        float* logSumExp)
    {
        this.shape = shape;
        (this.query, this.key, this.value, this.result) = (query, key, value, result);
        (this.keyMask, this.dropout) = (keyMask, dropout);
        this.logSumExp = logSumExp;
        padded = AttentionBlocks.Padded(shape.HeadSize);
        // A maximum of scores is one of scaled scores only if the scale is positive.
        sign = float.Sign(shape.Scale);
        scale = sign == 0 ? 1 : float.Abs(shape.Scale) * AttentionWeights.Log2OfE;
        const int blockLanes = AttentionBlocks.Panels * AttentionBlocks.PanelWidth;
        queries = worker.Scratch(ScratchFloats(shape.HeadSize));
        sums = queries + (blockLanes * padded);
        maxima = sums + (blockLanes * padded);
        totals = maxima + blockLanes;
        weights = totals + blockLanes;
        values = weights + AttentionBlocks.WeightFloats;
        newMaxima = values + (AttentionBlocks.Keys * padded);
        shifts = newMaxima + AttentionBlocks.PanelWidth;
        factors = shifts + AttentionBlocks.PanelWidth;
        square = factors + AttentionBlocks.PanelWidth;
        dropStrip = square + AttentionBlocks.SquareFloats;
        keyRows = dropStrip + AttentionBlocks.StripFloats;
    }

    /// <summary>Floats of scratch memory for a head size.</summary>
    public static int ScratchFloats(int headSize)
    {
        int padded = AttentionBlocks.Padded(headSize);
        const int blockLanes = AttentionBlocks.Panels * AttentionBlocks.PanelWidth;
        return checked((((2 * blockLanes) + AttentionBlocks.Keys + AttentionBlocks.StripRows) * padded) + (2 * blockLanes) + StateFloats
            + AttentionBlocks.WeightFloats + AttentionBlocks.SquareFloats + AttentionBlocks.StripFloats);
    }

    /// <summary>The panels [<paramref name="first"/>, <paramref name="end"/>) of one head.</summary>
    public void RunHead(int batch, int head, int first, int end)
    {
        (this.batch, this.head) = (batch, head);
        lastPanel = end - 1;
        mask = keyMask.Row(batch);
        keys = key.Head(batch, head / shape.Group);
        valueRows = value.Head(batch, head / shape.Group);
        dropStrips = new AttentionDropoutStrip(dropout, shape, batch, head);
        for (firstPanel = first; firstPanel < end; firstPanel += AttentionBlocks.Panels)
            RunBlock(int.Min(end, firstPanel + AttentionBlocks.Panels));
    }

    void RunBlock(int endPanel)
    {
        started = 0;
        for (int panel = firstPanel; panel < endPanel; panel++)
            Prepare(panel);
        int firstKey = new AttentionPanel<V>(shape, mask, firstPanel).FirstKey;
        int endKey = new AttentionPanel<V>(shape, mask, endPanel - 1).EndKey;
        for (int block = firstKey / AttentionBlocks.Keys * AttentionBlocks.Keys; block < endKey;)
        {
            int blockEnd = int.Min(endKey, block + AttentionBlocks.Keys);
            if (!AttentionKeyMask.SkipsAll(mask, block, blockEnd))
            {
                AttentionPacking.Rows<V, T>(
                    valueRows + (block * value.TimeStride), value.TimeStride, blockEnd - block, shape.HeadSize,
                    mask == null ? null : mask + block, values, AttentionBlocks.Keys);
                for (int panel = firstPanel; panel < endPanel; panel++)
                    RunPanel(panel, block);
            }
            if (blockEnd == endKey)
                break;
            block = blockEnd;
        }
        for (int panel = firstPanel; panel < endPanel; panel++)
            Finish(panel);
    }

    void Prepare(int panelIndex)
    {
        var panel = new AttentionPanel<V>(shape, mask, panelIndex);
        nint width = AttentionBlocks.PanelWidth;
        int place = panelIndex - firstPanel;
        AttentionPacking.Transposed<V, T>(
            query.Head(batch, head) + (panel.Start * query.TimeStride), query.TimeStride, panel.End - panel.Start,
            shape.HeadSize, sign, queries + (place * width * padded), width, square);
        new Span<float>(maxima + (place * width), (int)width).Fill(float.NegativeInfinity);
        new Span<float>(totals + (place * width), (int)width).Clear();
    }

    /// <summary>One panel of queries and one block of keys.</summary>
    void RunPanel(int panelIndex, int block)
    {
        var panel = new AttentionPanel<V>(shape, mask, panelIndex);
        int start = int.Max(block, panel.FirstKey);
        int end = (int)long.Min((long)block + AttentionBlocks.Keys, panel.EndKey);
        if (start >= end)
            return;
        nint lanes = (panelIndex - firstPanel) * (nint)AttentionBlocks.PanelWidth;
        Unsafe.CopyBlock(newMaxima, maxima + lanes, (uint)(AttentionBlocks.PanelWidth * sizeof(float)));
        Score(panel, block, start, end, queries + (lanes * padded), panelIndex == lastPanel);
        AttentionWeights.Rescale<V>(
            panel.Registers, scale, maxima + lanes, newMaxima, shifts, factors, totals + lanes);
        Weigh(panel, block, start, end, totals + lanes);
        bool isFirst = (started >> (panelIndex - firstPanel) & 1) == 0;
        started |= 1 << (panelIndex - firstPanel);
        Sum(panel, block, start, end, sums + (lanes * padded), isFirst);
    }

    /// <summary>Scores of all strips, and the maxima; the last panel also asks for the next head.</summary>
    void Score(in AttentionPanel<V> panel, int block, int start, int end, float* packed, bool isLast)
    {
        nint width = AttentionBlocks.PanelWidth;
        int rows;
        for (int k = start; k < end; k += rows)
        {
            rows = Tiles.Next(end - k, TileShape.Rows);
            panel.RegistersOf(k, rows, out int first, out int last);
            float* strip = weights + ((k - block) * width);
            nint lane = first * V.Count;
            if (isLast && AttentionBlocks.FetchesAhead(shape))
            {
                key.FetchNextHead(keys, k, rows, shape.HeadSize);
                value.FetchNextHead(valueRows, k, rows, shape.HeadSize);
                query.FetchNextHead(query.Head(batch, head), k, rows, shape.HeadSize);
            }
            nint stride = key.TimeStride;
            float* rowsOfKeys = Elements.InSinglePrecision<V, T>(keys + (k * stride), ref stride, rows, shape.HeadSize, keyRows, padded);
            AttentionPacking.MultiplyStrip<V>(rows, first, last, shape.HeadSize, rowsOfKeys, stride, packed, strip);
            if (panel.IsWhole(k, rows, first, last))
                AttentionWeights.Maximum<V>(rows, last - first, strip + lane, newMaxima + lane);
            else
                AttentionWeights.MaskedMaximum<V>(rows, first, last, strip, newMaxima, panel.MaskOf(k));
        }
    }

    /// <summary>Weights in place of the scores, and the totals.</summary>
    void Weigh(in AttentionPanel<V> panel, int block, int start, int end, float* panelTotals)
    {
        nint width = AttentionBlocks.PanelWidth;
        int rows;
        for (int k = start; k < end; k += rows)
        {
            rows = Tiles.Next(end - k, TileShape.Rows);
            panel.RegistersOf(k, rows, out int first, out int last);
            float* strip = weights + ((k - block) * width);
            nint lane = first * V.Count;
            AttentionWeights.Exponentials<V>(
                rows, last - first, scale, strip + lane, shifts + lane, panelTotals + lane);
            if (dropStrips.Drops)
            {
                dropStrips.Fill<V>(k, rows, panel.Start + (int)lane, last - first, dropStrip);
                AttentionWeights.Multiply<V>(rows, last - first, strip + lane, dropStrip);
            }
            if (last - first < panel.Registers)
                panel.ClearRest(rows, first, last, strip);
        }
    }

    /// <summary>sums = sums * factors + weights * values, a tile of queries at a time.</summary>
    void Sum(in AttentionPanel<V> panel, int block, int start, int end, float* panelSums, bool isFirst)
    {
        int rows;
        for (int q = panel.Start; q < panel.End; q += rows)
        {
            rows = Tiles.Next(panel.End - q, TileShape.Rows);
            int lane = q - panel.Start;
            int firstKey = int.Max(start, shape.FirstKey(q)), endKey = int.Min(end, shape.EndKey(q + rows - 1));
            float* tile = panelSums + ((nint)lane * padded);
            if (!isFirst)
                Scale(rows, tile, factors + lane);
            int depth = int.Max(0, endKey - firstKey);
            if (depth == 0 && !isFirst)
                continue;
            float* tileWeights = weights + ((firstKey - block) * (nint)AttentionBlocks.PanelWidth) + lane;
            for (int column = 0; column < shape.HeadSize;)
            {
                int vectors = AttentionPacking.PanelVectors<V>(shape.HeadSize - column);
                nint columns = vectors * V.Count;
                float* valuePanel = values + ((nint)AttentionBlocks.Keys * column) + ((firstKey - block) * columns);
                RankOneKernel.Run<V>(
                    rows, vectors, depth, tileWeights, 1, AttentionBlocks.PanelWidth, valuePanel, columns,
                    tile + column, padded, !isFirst);
                column += (int)columns;
            }
        }
    }

    /// <summary>Scales each query's sums by its factor; most are 1 once the largest score has been met.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Scale(int rows, float* tile, float* rowFactors)
    {
        for (int row = 0; row < rows; row++, tile += padded)
        {
            if (rowFactors[row] == 1)
                continue;
            V factor = V.Splat(rowFactors[row]);
            for (int column = 0; column < padded; column += V.Count)
                V.Store(tile + column, V.Load(tile + column) * factor);
        }
    }

    void Finish(int panelIndex)
    {
        var panel = new AttentionPanel<V>(shape, mask, panelIndex);
        int place = panelIndex - firstPanel;
        nint lanes = place * (nint)AttentionBlocks.PanelWidth;
        int count = panel.End - panel.Start;
        bool hasKeys = (started >> place & 1) != 0;
        if (result.Exists)
        {
            StoreResult(
                count, result.Head(batch, head) + (panel.Start * result.TimeStride),
                hasKeys ? sums + (lanes * padded) : null, totals + lanes);
        }
        if (logSumExp == null)
            return;
        float* destination = logSumExp + ((((nint)batch * shape.Heads) + head) * shape.QueryLength) + panel.Start;
        for (int lane = 0; lane < count; lane += V.Count)
        {
            V total = V.Log(V.Load(totals + lanes + lane));
            V maximum = V.Load(maxima + lanes + lane) * V.Splat(scale * AttentionWeights.Ln2);
            V.StorePartial(destination + lane, count - lane, maximum + total);
        }
    }

    /// <summary>The sums over the totals; zeros where there are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void StoreResult(int count, float* destination, float* panelSums, float* panelTotals)
    {
        int columns = shape.HeadSize;
        for (int row = 0; row < count; row++, destination += result.TimeStride, panelSums += padded)
        {
            if (panelTotals[row] == 0)
            {
                new Span<float>(destination, columns).Clear();
                continue;
            }
            V factor = V.Splat(1 / panelTotals[row]);
            int column = 0;
            for (; column <= columns - V.Count; column += V.Count)
                V.Store(destination + column, V.Load(panelSums + column) * factor);
            if (column < columns)
                V.StorePartial(destination + column, columns - column, V.Load(panelSums + column) * factor);
        }
    }
}
