using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Attention of few queries, one in the usual case: a token is decoded. Every key and value is read once and used
// little, so the time is that of reading memory. The queries of all heads that share a key head are rows of one small
// product, keys are read where they lie, and the lanes run along a key rather than along the queries.
//
// The keys are cut into slices (flash decoding, Dao, Haziza, Massa and Sizov, 2023): each gives its own maximum, total
// and sums, which are merged in the order of the slices. The cut depends on the shape alone. Workers share the heads;
// if these are too few to keep all busy, the slices as well, and worker 0 merges.

/// <summary>The forward pass where a key head has at most <see cref="MaxRows"/> queries.</summary>
/// <typeparam name="V">The width to compute with.</typeparam>
/// <typeparam name="T">How queries, keys and values lie in memory.</typeparam>
internal unsafe struct AttentionDecoding<V, T>
    where V : unmanaged, IVector<V>
    where T : unmanaged, IElement<T>
{
    /// <summary>Queries of one key head, those of all heads that share it.</summary>
    public const int MaxRows = 8;

    /// <summary>Keys that are scored before their values are read.</summary>
    const int Block = 256;

    /// <summary>Slices of all heads together, and so of how many the sums must be kept.</summary>
    const int MaxSlices = 64;

    const int MaxSlicesOfHead = 16;

    /// <summary>Keys and values are asked for this many keys before they are needed.</summary>
    const int KeysAhead = 16;

    /// <summary>Rows of values that are widened at a time, where they are not in single precision.</summary>
    const int WidenedRows = 32;

    readonly AttentionShape shape;
    readonly AttentionTensor<T> query, key, value;
    readonly AttentionTensor result;
    readonly AttentionKeyMask keyMask;
    readonly AttentionDropout dropout;
    readonly float* logSumExp;
    readonly int padded, rows;

    // Scratch: the scaled queries, a block's scores, and a block's last columns of values if they do not fill a
    // register; and rows of keys or values that are widened.
    readonly float* queries, scores, lastColumns, widened;

    // Of the head that is worked on.
    int batch, keyHead, firstKey, endKey;
    int* mask;

    public AttentionDecoding(
        Worker worker, in AttentionShape shape, in AttentionTensor<T> query, in AttentionTensor<T> key,
        in AttentionTensor<T> value, in AttentionKeyMask keyMask, in AttentionDropout dropout, in AttentionTensor result,
        float* logSumExp)
    {
        this.shape = shape;
        (this.query, this.key, this.value, this.result) = (query, key, value, result);
        (this.keyMask, this.dropout) = (keyMask, dropout);
        this.logSumExp = logSumExp;
        padded = AttentionBlocks.Padded(shape.HeadSize);
        rows = shape.Group * shape.QueryLength;
        queries = worker.Scratch(ScratchFloats(shape.HeadSize));
        scores = queries + (MaxRows * padded);
        lastColumns = scores + (MaxRows * Block);
        widened = lastColumns + (Block * AttentionBlocks.FloatsOfLine);
    }

    /// <summary>Whether a shape has few enough queries.</summary>
    public static bool Serves(in AttentionShape shape) => (long)shape.Group * shape.QueryLength <= MaxRows;

    /// <summary>Floats of scratch memory for a head size.</summary>
    public static int ScratchFloats(int headSize)
        => checked(PrivateFloats(headSize) + (MaxSlices * (int)FloatsOfSlice(AttentionBlocks.Padded(headSize))));

    /// <summary>What is not shared with other workers, and lies before what is.</summary>
    static int PrivateFloats(int headSize)
        => checked(((MaxRows + WidenedRows) * AttentionBlocks.Padded(headSize)) + (MaxRows * Block)
            + (Block * AttentionBlocks.FloatsOfLine));

    /// <summary>A slice's sums, maxima and totals.</summary>
    static nint FloatsOfSlice(nint padded) => (MaxRows * padded) + (2 * MaxRows);

    /// <summary>All heads, shared by the workers of the team.</summary>
    public void Run(Worker worker)
    {
        int heads = shape.Batch * shape.KeyHeads;
        int slices = Slices(heads, out int blocksOfSlice);
        if (slices > 1 && !SharesWell(heads, worker.Count))
        {
            RunSlices(worker, heads, slices, blocksOfSlice);
            return;
        }
        float* states = worker.Scratch(ScratchFloats(shape.HeadSize)) + PrivateFloats(shape.HeadSize);
        worker.Share(heads, 1, out int start, out int end);
        for (int head = start; head < end; head++)
        {
            Select(head);
            PackQueries();
            for (int slice = 0; slice < slices; slice++)
                RunSlice(slice, blocksOfSlice, states + (slice * FloatsOfSlice(padded)));
            Merge(slices, states);
        }
    }

    /// <summary>The slices of all heads, shared by the workers, and merged by the first.</summary>
    void RunSlices(Worker worker, int heads, int slices, int blocksOfSlice)
    {
        worker.Barrier();
        float* states = worker.First.Scratch(ScratchFloats(shape.HeadSize)) + PrivateFloats(shape.HeadSize);
        worker.Share(heads * slices, 1, out int start, out int end);
        int selected = -1;
        for (int i = start; i < end; i++)
        {
            if (i / slices != selected)
            {
                selected = i / slices;
                Select(selected);
                PackQueries();
            }
            RunSlice(i % slices, blocksOfSlice, states + (i * FloatsOfSlice(padded)));
        }
        worker.Barrier();
        if (worker.Index != 0)
            return;
        for (int head = 0; head < heads; head++)
        {
            Select(head);
            Merge(slices, states + (head * slices * FloatsOfSlice(padded)));
        }
    }

    static bool SharesWell(int heads, int workers)
        => (heads + workers - 1L) / workers * workers * 10 <= heads * 11L;

    /// <summary>Into how many slices the keys of each head are cut.</summary>
    readonly int Slices(int heads, out int blocksOfSlice)
    {
        int keys = shape.EndKey(shape.QueryLength - 1) - shape.FirstKey(0);
        int blocks = int.Max(1, (int)(((long)keys + Block - 1) / Block));
        int most = int.Clamp(MaxSlices / heads, 1, MaxSlicesOfHead);
        blocksOfSlice = (blocks + most - 1) / most;
        return (blocks + blocksOfSlice - 1) / blocksOfSlice;
    }

    void Select(int head)
    {
        batch = head / shape.KeyHeads;
        keyHead = head - (batch * shape.KeyHeads);
        mask = keyMask.Row(batch);
        firstKey = shape.FirstKey(0);
        endKey = shape.EndKey(shape.QueryLength - 1);
    }

    /// <summary>The query head and the query of a row.</summary>
    readonly int HeadOf(int row, out int queryIndex)
    {
        int inGroup = row / shape.QueryLength;
        queryIndex = row - (inGroup * shape.QueryLength);
        return (keyHead * shape.Group) + inGroup;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void PackQueries()
    {
        V scale = V.Splat(shape.Scale * AttentionWeights.Log2OfE);
        for (int row = 0; row < rows; row++)
        {
            int head = HeadOf(row, out int i);
            T* source = query.Head(batch, head) + (i * query.TimeStride);
            float* packed = queries + ((nint)row * padded);
            for (int column = 0; column < shape.HeadSize; column += V.Count)
                V.Store(packed + column, T.LoadPartial<V>(source + column, shape.HeadSize - column) * scale);
        }
    }

    /// <summary>Some blocks of keys in turn, as the forward pass of many queries takes them.</summary>
    void RunSlice(int slice, int blocksOfSlice, float* sums)
    {
        float* maxima = sums + (MaxRows * (nint)padded), totals = maxima + MaxRows;
        new Span<float>(sums, rows * padded).Clear();
        new Span<float>(maxima, rows).Fill(float.NegativeInfinity);
        new Span<float>(totals, rows).Clear();
        long start = firstKey + ((long)slice * blocksOfSlice * Block);
        int sliceEnd = (int)long.Min(endKey, start + ((long)blocksOfSlice * Block));
        for (long block = start; block < sliceEnd; block += Block)
        {
            int first = (int)block, count = int.Min(Block, sliceEnd - first);
            if (AttentionKeyMask.SkipsAll(mask, first, first + count))
                continue;
            Score(first, count);
            for (int row = 0; row < rows; row++)
                Weigh(row, first, count, maxima + row, totals + row, sums + ((nint)row * padded));
            if (mask == null)
                Sum(first, first, count, sums);
            else
                SumUnmasked(first, count, sums);
        }
    }

    /// <summary>scores = queries * keys, while keys and values further on are fetched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Score(int first, int count)
    {
        nint keyStride = key.TimeStride, valueStride = value.TimeStride;
        T* keys = key.Head(batch, keyHead) + (first * keyStride);
        T* values = value.Head(batch, keyHead) + (first * valueStride);
        for (int j = 0; j < count; j += DotKernel.Columns)
        {
            int columns = int.Min(DotKernel.Columns, count - j);
            for (int ahead = j; ahead < j + columns; ahead++)
            {
                T* nextKey = keys + ((ahead + KeysAhead) * keyStride), nextValue = values + (ahead * valueStride);
                for (int line = 0; line < shape.HeadSize; line += AttentionTensor<T>.ElementsOfLine)
                {
                    Prefetch.Near(nextKey + line);
                    Prefetch.Middle(nextValue + line);
                }
            }
            nint stride = keyStride;
            float* rowsOfKeys = Elements.InSinglePrecision<V, T>(keys + (j * keyStride), ref stride, columns, shape.HeadSize, widened, padded);
            for (int row = 0; row < rows; row += DotKernel.Rows)
            {
                DotKernel.Run<V>(
                    int.Min(DotKernel.Rows, rows - row), columns, shape.HeadSize,
                    queries + ((nint)row * padded), padded, rowsOfKeys, stride, scores + (row * Block) + j, Block, asksAhead: false);
            }
        }
    }

    /// <summary>A row's scores become weights; its maximum, total and sums so far are brought up to date.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Weigh(int row, int first, int count, float* maximum, float* total, float* sums)
    {
        float* weights = scores + (row * Block);
        int head = HeadOf(row, out int i);
        Mask(i, first, count, weights);
        V largest = V.Splat(*maximum);
        for (int j = 0; j < count; j += V.Count)
        {
            V score = V.Load(weights + j);
            largest = V.Select(V.GreaterThan(score, largest), score, largest);
        }
        float newMaximum = V.MaxLanes(largest);
        float shift = float.IsNegativeInfinity(newMaximum) ? 0 : newMaximum;
        V factor = AttentionWeights.PowerOfTwo(V.Splat(*maximum - shift));
        V sum = V.Zero;
        for (int j = 0; j < count; j += V.Count)
        {
            V weight = AttentionWeights.PowerOfTwo(V.Load(weights + j) - V.Splat(shift));
            V.Store(weights + j, weight);
            sum += weight;
        }
        float scaled = V.SumLanes(V.KeepFirst(factor, 1, 0));
        *total = (*total * scaled) + V.SumLanes(sum);
        *maximum = newMaximum;
        for (int column = 0; scaled != 1 && column < padded; column += V.Count)
            V.Store(sums + column, V.Load(sums + column) * factor);
        if (dropout.Drops)
            Drop(head, i, first, count, weights);
    }

    /// <summary>Minus infinity for keys that the query does not attend to, and after the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Mask(int i, int first, int count, float* weights)
    {
        V nothing = V.Splat(float.NegativeInfinity);
        V low = V.Splat(shape.FirstKey(i) - first), high = V.Splat(int.Min(count, shape.EndKey(i) - first));
        for (int j = 0; j < count; j += V.Count)
        {
            V lanes = V.Iota(j);
            V keep = V.And(V.GreaterThanOrEqual(lanes, low), V.LessThan(lanes, high));
            if (mask != null)
                keep = V.And(keep, V.Not(V.EqualBits(V.LoadPartial(mask + first + j, count - j), V.Zero)));
            V.Store(weights + j, V.Select(keep, V.Load(weights + j), nothing));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Drop(int head, int i, int first, int count, float* weights)
    {
        long row = ((((long)batch * shape.Heads) + head) * shape.QueryLength) + i;
        for (int j = 0; j < count; j += V.Count)
        {
            V factor = dropout.Factors<V>((row * shape.KeyLength) + first + j, 1);
            V.Store(weights + j, V.Load(weights + j) * factor);
        }
    }

    /// <summary>As <see cref="Sum"/>, a run of keys that count at a time.</summary>
    readonly void SumUnmasked(int first, int count, float* sums)
    {
        var block = new ReadOnlySpan<int>(mask + first, count);
        for (int j = 0; j < count;)
        {
            int next = block[j..].IndexOfAnyExcept(0);
            if (next < 0)
                return;
            j += next;
            int length = block[j..].IndexOf(0);
            if (length < 0)
                length = count - j;
            Sum(first, first + j, length, sums);
            j += length;
        }
    }

    /// <summary>sums += weights * values, for keys of the block that begins at <paramref name="first"/>.</summary>
    readonly void Sum(int first, int start, int count, float* sums)
    {
        nint stride = value.TimeStride;
        T* values = value.Head(batch, keyHead) + (start * stride);
        if (typeof(T) == typeof(Float32))
        {
            int whole = shape.HeadSize / V.Count * V.Count;
            if (whole < shape.HeadSize)
                CopyLastColumns((float*)values + whole, count, shape.HeadSize - whole);
            SumRows(start - first, count, (float*)values, stride, whole, sums);
            return;
        }
        for (int j = 0; j < count; j += WidenedRows)
        {
            int part = int.Min(WidenedRows, count - j);
            Elements.Widen<V, T>(values + (j * stride), stride, part, shape.HeadSize, widened, padded);
            SumRows(start - first + j, part, widened, padded, (shape.HeadSize + V.Count - 1) / V.Count * V.Count, sums);
        }
    }

    /// <summary>sums += weights * values, for values whose columns are whole registers up to <paramref name="whole"/>; what is left of them was copied.</summary>
    readonly void SumRows(int firstWeight, int count, float* values, nint stride, int whole, float* sums)
    {
        int height;
        for (int row = 0; row < rows; row += height)
        {
            height = Tiles.Next(rows - row, TileShape.Rows);
            float* weights = scores + (row * Block) + firstWeight, rowSums = sums + ((nint)row * padded);
            for (int column = 0; column < whole;)
            {
                int vectors = AttentionPacking.PanelVectors<V>(whole - column);
                RankOneKernel.Run<V>(
                    height, vectors, count, weights, Block, 1, values + column, stride, rowSums + column, padded, true);
                column += vectors * V.Count;
            }
            if (whole < shape.HeadSize)
            {
                RankOneKernel.Run<V>(
                    height, 1, count, weights, Block, 1, lastColumns, V.Count, rowSums + whole, padded, true);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void CopyLastColumns(float* source, int count, int columns)
    {
        float* destination = lastColumns;
        for (int j = 0; j < count; j++, source += value.TimeStride, destination += V.Count)
            V.Store(destination, V.LoadPartial(source, columns));
    }

    /// <summary>result = the slices' sums over their totals, brought to a common maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Merge(int slices, float* states)
    {
        nint stride = FloatsOfSlice(padded);
        for (int row = 0; row < rows; row++)
        {
            float* maxima = states + (MaxRows * (nint)padded) + row, totals = maxima + MaxRows;
            float maximum = float.NegativeInfinity;
            for (int slice = 0; slice < slices; slice++)
                maximum = maxima[slice * stride] > maximum ? maxima[slice * stride] : maximum;
            float shift = float.IsNegativeInfinity(maximum) ? 0 : maximum;
            V total = V.Zero;
            for (int slice = 0; slice < slices; slice++)
            {
                V factor = AttentionWeights.PowerOfTwo(V.Splat(maxima[slice * stride] - shift));
                total = V.FusedMultiplyAdd(factor, V.Splat(totals[slice * stride]), total);
                // The maximum is not needed again; the factor is, below.
                maxima[slice * stride] = V.SumLanes(V.KeepFirst(factor, 1, 0));
            }
            int head = HeadOf(row, out int i);
            float* destination = result.Head(batch, head) + (i * result.TimeStride);
            StoreRow(slices, states + ((nint)row * padded), maxima, total, destination);
            if (logSumExp == null)
                continue;
            V logarithm = V.FusedMultiplyAdd(V.Splat(maximum), V.Splat(AttentionWeights.Ln2), V.Log(total));
            nint place = ((((nint)batch * shape.Heads) + head) * shape.QueryLength) + i;
            V.StorePartial(logSumExp + place, 1, logarithm);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly void StoreRow(int slices, float* sums, float* factors, V total, float* destination)
    {
        nint stride = FloatsOfSlice(padded);
        V divisor = V.Select(V.Equal(total, V.Zero), V.Splat(1), total);
        for (int column = 0; column < shape.HeadSize; column += V.Count)
        {
            V sum = V.Zero;
            for (int slice = 0; slice < slices; slice++)
            {
                V part = V.Load(sums + (slice * stride) + column);
                sum = V.FusedMultiplyAdd(V.Splat(factors[slice * stride]), part, sum);
            }
            V.StorePartial(destination + column, shape.HeadSize - column, sum / divisor);
        }
    }
}
