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
internal unsafe partial struct AttentionDecoding<V, T>
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
    byte* mask;

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
            if (result.Exists)
                StoreRow(slices, states + ((nint)row * padded), maxima, total, result.Head(batch, head) + (i * result.TimeStride));
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
