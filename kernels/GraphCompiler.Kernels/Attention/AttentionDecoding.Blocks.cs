using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// A block of keys: its scores, their weights, the sums of its values.
internal unsafe partial struct AttentionDecoding<V, T>
{
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
                DotKernel.Run<V, Float32>(
                    int.Min(DotKernel.Rows, rows - row), columns, shape.HeadSize,
                    queries + ((nint)row * padded), padded, (Float32*)rowsOfKeys, stride, scores + (row * Block) + j, Block, asksAhead: false);
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
                keep = V.And(keep, Bool.LoadPartial<V>((Bool*)mask + first + j, count - j));
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
        var block = new ReadOnlySpan<byte>(mask + first, count);
        for (int j = 0; j < count;)
        {
            int next = block[j..].IndexOfAnyExcept((byte)0);
            if (next < 0)
                return;
            j += next;
            int length = block[j..].IndexOf((byte)0);
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
}
