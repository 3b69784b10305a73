using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Flash attention backward, after Dao, "FlashAttention-2" (2023): keys outside, queries inside, the weights computed
// again from the log-sum-exp. With W the weights, O the result and a ' for the cotangent of what it follows:
//
//   for each block of keys of a key head
//     for each query head that reads it, for each panel of queries that attends to it
//       W   = e^(scale * keys * queries - log-sum-exp)     transposed like the forward pass's: a row for a key
//       W'  = values * O'
//       S'  = W (W' - rowsum(O O'))                        cotangents of the scores
//       values'  += W  * O'
//       keys'    += S' * queries
//       queries' += S'^T * keys
//
// keys' and values' of the block are gathered in scratch memory and stored once; queries' are gathered where they
// belong, one block's sum at a time. With too few key heads for the workers the three are computed apart: keys' and
// values' shared by blocks of keys, queries' by panels of queries. That costs two more products and changes no bit,
// since every sum runs over the same parts in the same order.

/// <summary>The backward pass of one key head, or of one head's queries, at a time.</summary>
/// <typeparam name="V">The width to compute with.</typeparam>
/// <typeparam name="T">How queries, keys, values and the cotangent of the result lie in memory.</typeparam>
/// <typeparam name="TResult">How the result lies in memory.</typeparam>
internal unsafe struct AttentionBackward<V, T, TResult>
    where V : unmanaged, IVector<V>
    where T : unmanaged, IElement<T>
    where TResult : unmanaged, IElement<TResult>
{
    readonly AttentionShape shape;
    readonly AttentionGradientOperands<T, TResult> operands;
    readonly int padded;
    readonly float scale;
    readonly bool wantsKeys, wantsValues;

    // Scratch: one panel's queries and cotangents, transposed and in rows; weights and their cotangents for a block of
    // keys; the block's keys and gradients.
    readonly float* queries, cotangents, queryRows, cotangentRows, sums, shifts, deltas;
    readonly float* weights, weightCotangents, keyRows, keySums, valueSums, square, dropStrip, widened;

    AttentionDropoutStrip dropStrips;
    byte* mask;
    T* keys, values;
    int batch, head;

    public AttentionBackward(Worker worker, in AttentionShape shape, in AttentionGradientOperands<T, TResult> operands)
    {
        this.shape = shape;
        this.operands = operands;
        padded = AttentionBlocks.Padded(shape.HeadSize);
        scale = shape.Scale * AttentionWeights.Log2OfE;
        wantsKeys = operands.KeyGradient.Exists;
        wantsValues = operands.ValueGradient.Exists;
        nint panelFloats = AttentionBlocks.PanelWidth * padded, blockFloats = AttentionBlocks.Keys * padded;
        queries = worker.Scratch(ScratchFloats(shape.HeadSize));
        cotangents = queries + panelFloats;
        queryRows = cotangents + panelFloats;
        cotangentRows = queryRows + panelFloats;
        sums = cotangentRows + panelFloats;
        shifts = sums + (AttentionBlocks.StripRows * padded);
        deltas = shifts + AttentionBlocks.PanelWidth;
        weights = deltas + AttentionBlocks.PanelWidth;
        weightCotangents = weights + AttentionBlocks.WeightFloats;
        keyRows = weightCotangents + AttentionBlocks.WeightFloats;
        keySums = keyRows + blockFloats;
        valueSums = keySums + blockFloats;
        square = valueSums + blockFloats;
        dropStrip = square + AttentionBlocks.SquareFloats;
        widened = dropStrip + AttentionBlocks.StripFloats;
    }

    /// <summary>Floats of scratch memory for a head size.</summary>
    public static int ScratchFloats(int headSize)
    {
        int padded = AttentionBlocks.Padded(headSize);
        const int rows = (4 * AttentionBlocks.PanelWidth) + (2 * AttentionBlocks.StripRows) + (3 * AttentionBlocks.Keys);
        return checked((rows * padded) + (2 * AttentionBlocks.PanelWidth) + (2 * AttentionBlocks.WeightFloats) + AttentionBlocks.SquareFloats
            + AttentionBlocks.StripFloats);
    }

    /// <summary>
    /// The gradients of keys and values for blocks of one key head and, if these are all, of the queries that read it.
    /// </summary>
    public void RunKeyBlocks(int batch, int keyHead, int firstBlock, int endBlock, bool withQueries)
    {
        int firstHead = keyHead * shape.Group, panels = new QueryPanels<V>(shape.QueryLength).Count;
        if (withQueries)
        {
            for (int h = firstHead; h < firstHead + shape.Group; h++)
                Clear(operands.QueryGradient, batch, h, 0, shape.QueryLength);
        }
        for (int block = firstBlock; block < endBlock; block++)
        {
            int start = block * AttentionBlocks.Keys, end = int.Min(shape.KeyLength, start + AttentionBlocks.Keys);
            ClearSums(end - start);
            for (int h = firstHead; h < firstHead + shape.Group; h++)
            {
                Select(batch, h);
                if (h == firstHead && withQueries)
                    PackKeys(start, int.Min(end, shape.KeyCount));
                for (int panel = 0; panel < panels; panel++)
                    RunPanel(panel, start, wantsKeys, wantsValues, withQueries, isPrepared: false);
            }
            if (wantsKeys)
                Store(operands.KeyGradient, keyHead, start, end - start, keySums, shape.Scale);
            if (wantsValues)
                Store(operands.ValueGradient, keyHead, start, end - start, valueSums, 1);
        }
    }

    /// <summary>The gradients of the queries of a head's panels.</summary>
    public void RunQueryPanels(int batch, int head, int firstPanel, int endPanel)
    {
        Select(batch, head);
        for (int index = firstPanel; index < endPanel; index++)
        {
            var panel = new AttentionPanel<V>(shape, mask, index);
            Clear(operands.QueryGradient, batch, head, panel.Start, panel.End);
            Prepare(panel, forKeys: false, forValues: false);
            int firstBlock = panel.FirstKey / AttentionBlocks.Keys;
            for (long start = (long)firstBlock * AttentionBlocks.Keys; start < panel.EndKey; start += AttentionBlocks.Keys)
            {
                int block = (int)start;
                PackKeys(block, (int)long.Min(panel.EndKey, start + AttentionBlocks.Keys));
                RunPanel(index, block, forKeys: false, forValues: false, forQueries: true, isPrepared: true);
            }
        }
    }

    void Select(int batch, int head)
    {
        (this.batch, this.head) = (batch, head);
        mask = operands.KeyMask.Row(batch);
        keys = operands.Key.Head(batch, head / shape.Group);
        values = operands.Value.Head(batch, head / shape.Group);
        dropStrips = new AttentionDropoutStrip(operands.Dropout, shape, batch, head);
    }

    /// <summary>What one panel of queries adds to the gradients at one block of keys.</summary>
    void RunPanel(int index, int block, bool forKeys, bool forValues, bool forQueries, bool isPrepared)
    {
        var panel = new AttentionPanel<V>(shape, mask, index);
        int start = int.Max(block, panel.FirstKey);
        int end = (int)long.Min((long)block + AttentionBlocks.Keys, panel.EndKey);
        if (start >= end || AttentionKeyMask.SkipsAll(mask, start, end))
            return;
        if (!isPrepared)
            Prepare(panel, forKeys, forValues);
        int rows;
        for (int k = start; k < end; k += rows)
        {
            rows = Tiles.Next(end - k, TileShape.Rows);
            if (!isPrepared && panel.End == shape.QueryLength && AttentionBlocks.FetchesAhead(shape))
                FetchNextHead(k, rows);
            Weigh(panel, k, rows, (k - block) * (nint)AttentionBlocks.PanelWidth);
        }
        if (forValues)
            Gather(panel, block, start, end, weights, cotangentRows, valueSums);
        if (forKeys)
            Gather(panel, block, start, end, weightCotangents, queryRows, keySums);
        if (forQueries)
            GatherQueries(panel, block, start, end);
    }

    /// <summary>Asks for some positions of the head that comes next.</summary>
    readonly void FetchNextHead(int position, int rows)
    {
        int size = shape.HeadSize;
        operands.Key.FetchNextHead(keys, position, rows, size);
        operands.Value.FetchNextHead(values, position, rows, size);
        operands.Query.FetchNextHead(operands.Query.Head(batch, head), position, rows, size);
        operands.Result.FetchNextHead(operands.Result.Head(batch, head), position, rows, size);
        operands.Cotangent.FetchNextHead(operands.Cotangent.Head(batch, head), position, rows, size);
    }

    /// <summary>Packs a panel of queries and cotangents.</summary>
    void Prepare(in AttentionPanel<V> panel, bool forKeys, bool forValues)
    {
        int count = panel.End - panel.Start, size = shape.HeadSize;
        nint width = AttentionBlocks.PanelWidth;
        T* query = operands.Query.Head(batch, head) + (panel.Start * operands.Query.TimeStride);
        T* cotangent = operands.Cotangent.Head(batch, head) + (panel.Start * operands.Cotangent.TimeStride);
        AttentionPacking.Transposed<V, T>(
            query, operands.Query.TimeStride, count, size, 1, queries, width, square);
        AttentionPacking.Transposed<V, T>(
            cotangent, operands.Cotangent.TimeStride, count, size, 1, cotangents, width, square);
        if (forKeys)
        {
            AttentionPacking.Rows<V, T>(
                query, operands.Query.TimeStride, count, size, null, queryRows, AttentionBlocks.PanelWidth);
        }
        if (forValues)
        {
            AttentionPacking.Rows<V, T>(
                cotangent, operands.Cotangent.TimeStride, count, size, null, cotangentRows, AttentionBlocks.PanelWidth);
        }
        PrepareRows(panel, cotangent);
    }

    /// <summary>
    /// What the log-sum-exp adds to the scores of each query, in powers of two, and each query's product of result
    /// and cotangent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void PrepareRows(in AttentionPanel<V> panel, T* cotangent)
    {
        int count = panel.End - panel.Start, size = shape.HeadSize;
        float* stored = operands.LogSumExp + ((((nint)batch * shape.Heads) + head) * shape.QueryLength) + panel.Start;
        for (int lane = 0; lane < count; lane += V.Count)
        {
            V.Store(shifts + lane, V.LoadPartial(stored + lane, count - lane) * V.Splat(-AttentionWeights.Log2OfE));
            V.Store(deltas + lane, V.Zero);
        }
        TResult* row = operands.Result.Head(batch, head) + (panel.Start * operands.Result.TimeStride);
        for (int q = 0; q < count; q++, row += operands.Result.TimeStride, cotangent += operands.Cotangent.TimeStride)
        {
            V sum = V.Zero;
            int column = 0;
            for (; column <= size - V.Count; column += V.Count)
                sum = V.FusedMultiplyAdd(TResult.Load<V>(row + column), T.Load<V>(cotangent + column), sum);
            if (column < size)
            {
                V part = TResult.LoadPartial<V>(row + column, size - column);
                sum = V.FusedMultiplyAdd(part, T.LoadPartial<V>(cotangent + column, size - column), sum);
            }
            deltas[q] = V.SumLanes(sum);
        }
    }

    /// <summary>The weights of a strip of keys, and the cotangents of their scores.</summary>
    void Weigh(in AttentionPanel<V> panel, int key, int rows, nint place)
    {
        panel.RegistersOf(key, rows, out int first, out int end);
        int vectors = end - first;
        nint lane = first * V.Count;
        float* strip = weights + place, cotangentStrip = weightCotangents + place;
        MultiplyStrip(keys, operands.Key.TimeStride, key, rows, first, end, queries, strip);
        MultiplyStrip(values, operands.Value.TimeStride, key, rows, first, end, cotangents, cotangentStrip);
        if (dropStrips.Drops)
        {
            dropStrips.Fill<V>(key, rows, panel.Start + (int)lane, vectors, dropStrip);
            AttentionWeights.Multiply<V>(rows, vectors, cotangentStrip + lane, dropStrip);
        }
        if (panel.IsWhole(key, rows, first, end))
        {
            AttentionWeights.Differentiate<V>(
                rows, vectors, scale, strip + lane, cotangentStrip + lane, shifts + lane, deltas + lane);
        }
        else
        {
            AttentionWeights.MaskedDifferentiate<V>(
                rows, first, end, scale, strip, cotangentStrip, shifts, deltas, panel.MaskOf(key));
        }
        if (dropStrips.Drops)
            AttentionWeights.Multiply<V>(rows, vectors, strip + lane, dropStrip);
        if (vectors < panel.Registers)
            panel.ClearRest(rows, first, end, cotangentStrip);
    }

    /// <summary>Products of some rows of keys, or values, with what is packed of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly void MultiplyStrip(T* head, nint stride, int key, int rows, int first, int end, float* packed, float* products)
    {
        float* single = Elements.InSinglePrecision<V, T>(head + (key * stride), ref stride, rows, shape.HeadSize, widened, padded);
        AttentionPacking.MultiplyStrip<V>(rows, first, end, shape.HeadSize, single, stride, packed, products);
    }

    /// <summary>gathered += factors * rows: a row for each key, summed over the panel's queries.</summary>
    readonly void Gather(
        in AttentionPanel<V> panel, int block, int start, int end, float* factors, float* panelRows, float* gathered)
    {
        nint width = AttentionBlocks.PanelWidth;
        int height;
        for (int k = start; k < end; k += height)
        {
            height = Tiles.Next(end - k, TileShape.Rows);
            int firstQuery = int.Max(panel.Start, shape.FirstQuery(k)) - panel.Start;
            int depth = int.Min(panel.End, shape.EndQuery(k + height - 1)) - panel.Start - firstQuery;
            float* tile = gathered + ((k - block) * (nint)padded);
            for (int column = 0; column < shape.HeadSize;)
            {
                int vectors = AttentionPacking.PanelVectors<V>(shape.HeadSize - column);
                nint columns = vectors * V.Count;
                RankOneKernel.Run<V>(
                    height, vectors, depth, factors + ((k - block) * width) + firstQuery, width, 1,
                    panelRows + ((nint)AttentionBlocks.PanelWidth * column) + (firstQuery * columns), columns,
                    tile + column, padded, true);
                column += (int)columns;
            }
        }
    }

    /// <summary>Adds this block's part to the gradients of the panel's queries.</summary>
    readonly void GatherQueries(in AttentionPanel<V> panel, int block, int start, int end)
    {
        float* gradient = operands.QueryGradient.Head(batch, head);
        int height;
        for (int q = panel.Start; q < panel.End; q += height)
        {
            height = Tiles.Next(panel.End - q, TileShape.Rows);
            int firstKey = int.Max(start, shape.FirstKey(q)), endKey = int.Min(end, shape.EndKey(q + height - 1));
            if (firstKey >= endKey)
                continue;
            nint place = ((firstKey - block) * (nint)AttentionBlocks.PanelWidth) + q - panel.Start;
            float* factors = weightCotangents + place;
            for (int column = 0; column < shape.HeadSize;)
            {
                int vectors = AttentionPacking.PanelVectors<V>(shape.HeadSize - column);
                nint columns = vectors * V.Count;
                RankOneKernel.Run<V>(
                    height, vectors, endKey - firstKey, factors, 1, AttentionBlocks.PanelWidth,
                    keyRows + ((nint)AttentionBlocks.Keys * column) + ((firstKey - block) * columns), columns,
                    sums + column, padded, false);
                column += (int)columns;
            }
            Add(gradient + (q * operands.QueryGradient.TimeStride), operands.QueryGradient.TimeStride, height);
        }
    }

    /// <summary>gradient += scale * sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Add(float* gradient, nint stride, int rows)
    {
        V scale = V.Splat(shape.Scale);
        float* row = sums;
        for (int r = 0; r < rows; r++, row += padded, gradient += stride)
        {
            int column = 0;
            for (; column <= shape.HeadSize - V.Count; column += V.Count)
            {
                V sum = V.FusedMultiplyAdd(V.Load(row + column), scale, V.Load(gradient + column));
                V.Store(gradient + column, sum);
            }
            int rest = shape.HeadSize - column;
            if (rest > 0)
            {
                V sum = V.FusedMultiplyAdd(V.Load(row + column), scale, V.LoadPartial(gradient + column, rest));
                V.StorePartial(gradient + column, rest, sum);
            }
        }
    }

    readonly void PackKeys(int start, int end)
    {
        if (start >= end)
            return;
        AttentionPacking.Rows<V, T>(
            keys + (start * operands.Key.TimeStride), operands.Key.TimeStride, end - start, shape.HeadSize,
            mask == null ? null : mask + start, keyRows, AttentionBlocks.Keys);
    }

    readonly void ClearSums(int rows)
    {
        if (wantsKeys)
            new Span<float>(keySums, rows * padded).Clear();
        if (wantsValues)
            new Span<float>(valueSums, rows * padded).Clear();
    }

    readonly void Clear(in AttentionTensor gradient, int batch, int head, int start, int end)
    {
        float* row = gradient.Head(batch, head) + (start * gradient.TimeStride);
        for (int i = start; i < end; i++, row += gradient.TimeStride)
            new Span<float>(row, shape.HeadSize).Clear();
    }

    /// <summary>gradient = factor * gathered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Store(in AttentionTensor gradient, int keyHead, int start, int count, float* gathered, float factor)
    {
        float* row = gradient.Head(batch, keyHead) + (start * gradient.TimeStride);
        V scale = V.Splat(factor);
        for (int r = 0; r < count; r++, row += gradient.TimeStride, gathered += padded)
        {
            int column = 0;
            for (; column <= shape.HeadSize - V.Count; column += V.Count)
                V.Store(row + column, V.Load(gathered + column) * scale);
            if (column < shape.HeadSize)
                V.StorePartial(row + column, shape.HeadSize - column, V.Load(gathered + column) * scale);
        }
    }
}
