namespace GraphCompiler.Data;

/// <summary>
/// A table in memory: some numbers of each row to compute with, and some to compare with. Batches are drawn in an order of each epoch's own, and
/// copied to one place; nothing is allocated a batch.
/// </summary>
/// <typeparam name="T">The type of what is compared with: <c>int</c> for classes, <c>float</c> for values.</typeparam>
public sealed class ArrayRows<T>
    where T : unmanaged
{
    readonly float[] inputs;
    readonly T[] targets;

    /// <summary>A table.</summary>
    /// <param name="inputs">The numbers of all rows, one row after the other.</param>
    /// <param name="targets">What is compared with, one row after the other.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <exception cref="ArgumentException">The arrays are not whole rows.</exception>
    public ArrayRows(float[] inputs, T[] targets, int rows)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (inputs.Length % rows != 0)
            throw new ArgumentException($"{inputs.Length} numbers are not {rows} rows of equal length.", nameof(inputs));
        if (targets.Length % rows != 0)
            throw new ArgumentException($"{targets.Length} targets are not {rows} rows of equal length.", nameof(targets));
        this.inputs = inputs;
        this.targets = targets;
        Count = rows;
        InputWidth = inputs.Length / rows;
        TargetWidth = targets.Length / rows;
    }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>How many numbers a row has.</summary>
    public int InputWidth { get; }

    /// <summary>How many targets a row has.</summary>
    public int TargetWidth { get; }

    /// <summary>Two tables of this one's rows, the second with a share of them, drawn at random.</summary>
    /// <param name="share">The share of the second, above 0 and below 1.</param>
    /// <param name="seed">The same seed draws the same rows on every machine.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of the tables would have no row.</exception>
    public (ArrayRows<T> Training, ArrayRows<T> Validation) Split(double share, ulong seed)
    {
        int second = (int)Math.Round(share * Count);
        if (second < 1 || second >= Count)
            throw new ArgumentOutOfRangeException(nameof(share), share, $"Of {Count} rows, some must be in each table.");
        int[] order = new int[Count];
        ExampleRandom.Permute(order, seed, epoch: 0, ExampleRandom.SplitStream);
        return (Rows(order.AsSpan(second)), Rows(order.AsSpan(0, second)));
    }

    /// <summary>Batches of rows.</summary>
    /// <param name="size">How many rows a batch has.</param>
    /// <param name="shuffle">The seed of the order, which is another in each epoch; null for the rows' own order.</param>
    /// <param name="last">What becomes of the last rows where they do not fill a batch. By <see cref="LastBatch.Pad"/> the rows that fill up are zeros and
    /// <see cref="RowBatch{T}.Weights"/> is 0 for them.</param>
    /// <exception cref="InvalidOperationException">There is no batch of the size.</exception>
    public TrainingData<RowBatch<T>> Batches(int size, ulong? shuffle = null, LastBatch last = LastBatch.Wrap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (!Enum.IsDefined(last))
            throw new ArgumentOutOfRangeException(nameof(last), last, "Must be Wrap, Pad, Keep or Drop.");
        var batches = new RowBatches<T>(this, size, shuffle, last);
        return batches.BatchesPerEpoch > 0 ? batches : throw new InvalidOperationException($"{Count} rows give no batch of {size}.");
    }

    internal ReadOnlySpan<float> InputsOf(int row) => inputs.AsSpan(row * InputWidth, InputWidth);

    internal ReadOnlySpan<T> TargetsOf(int row) => targets.AsSpan(row * TargetWidth, TargetWidth);

    ArrayRows<T> Rows(ReadOnlySpan<int> order)
    {
        float[] someInputs = new float[order.Length * InputWidth];
        T[] someTargets = new T[order.Length * TargetWidth];
        for (int row = 0; row < order.Length; row++)
        {
            InputsOf(order[row]).CopyTo(someInputs.AsSpan(row * InputWidth));
            TargetsOf(order[row]).CopyTo(someTargets.AsSpan(row * TargetWidth));
        }
        return new(someInputs, someTargets, order.Length);
    }
}

/// <summary>Some rows of a table, whose memory is used again by the next batch.</summary>
/// <typeparam name="T">The type of what is compared with.</typeparam>
public sealed class RowBatch<T>
    where T : unmanaged
{
    readonly float[] inputs, weights;
    readonly T[] targets;
    readonly int inputWidth, targetWidth;

    internal RowBatch(int size, int inputWidth, int targetWidth)
    {
        (this.inputWidth, this.targetWidth) = (inputWidth, targetWidth);
        inputs = new float[size * inputWidth];
        targets = new T[size * targetWidth];
        weights = new float[size];
    }

    /// <summary>How many rows the spans hold.</summary>
    public int Size { get; private set; }

    /// <summary>How many of them, the first, are the epoch's own; the others fill up the last batch.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers to compute with, row by row.</summary>
    public ReadOnlySpan<float> Inputs => inputs.AsSpan(0, Size * inputWidth);

    /// <summary>What is compared with, row by row.</summary>
    public ReadOnlySpan<T> Targets => targets.AsSpan(0, Size * targetWidth);

    /// <summary>1 for each of the epoch's own rows, 0 for those that fill up: a loss given them leaves these out.</summary>
    public ReadOnlySpan<float> Weights => weights.AsSpan(0, Size);

    internal void Fill(ArrayRows<T> rows, ReadOnlySpan<int> order, int first, int size, LastBatch last)
    {
        Count = Math.Min(size, order.Length - first);
        Size = last == LastBatch.Keep ? Count : size;
        for (int row = 0; row < Size; row++)
        {
            Span<float> input = inputs.AsSpan(row * inputWidth, inputWidth);
            Span<T> target = targets.AsSpan(row * targetWidth, targetWidth);
            weights[row] = row < Count ? 1 : 0;
            if (row >= Count && last == LastBatch.Pad)
            {
                input.Clear();
                target.Clear();
                continue;
            }
            int from = order[(first + row) % order.Length];
            rows.InputsOf(from).CopyTo(input);
            rows.TargetsOf(from).CopyTo(target);
        }
    }
}

/// <summary>The batches of a table.</summary>
sealed class RowBatches<T>(ArrayRows<T> rows, int size, ulong? shuffle, LastBatch last) : TrainingData<RowBatch<T>>
    where T : unmanaged
{
    public override int? BatchesPerEpoch => last == LastBatch.Drop ? rows.Count / size : (rows.Count + size - 1) / size;

    public override IEnumerator<RowBatch<T>> Epoch(int epoch)
    {
        int[] order = new int[rows.Count];
        if (shuffle is { } seed)
            ExampleRandom.Permute(order, seed, epoch, ExampleRandom.ShuffleStream);
        else
            Identity(order);
        var batch = new RowBatch<T>(size, rows.InputWidth, rows.TargetWidth);
        for (int index = 0; index < BatchesPerEpoch; index++)
        {
            batch.Fill(rows, order, index * size, size, last);
            yield return batch;
        }
    }

    static void Identity(int[] order)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
    }
}
