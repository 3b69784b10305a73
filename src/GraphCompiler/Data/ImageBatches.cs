namespace GraphCompiler.Data;

/// <summary>
/// The batches of a sequence, epoch by epoch. A <c>foreach</c> over it runs one epoch and the next <c>foreach</c> the
/// next one; <see cref="Epochs"/> runs several without a pause between them.
/// </summary>
/// <example>
/// <code>
/// var batches = digits.Shuffle(seed: 1).Batches(32).Prefetch();
/// foreach (var batch in batches.Epochs(0, 10))
///     trainer.Step(batch.Images, batch.Labels);
/// </code>
/// </example>
public sealed class ImageBatches
{
    readonly ImageSequence sequence;
    readonly LastBatch last;
    readonly int prefetchDepth;
    readonly CancellationToken cancellation;
    BatchWork? spare;

    internal ImageBatches(
        ImageSequence sequence, int size, LastBatch last, int prefetchDepth = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (!Enum.IsDefined(last))
            throw new ArgumentOutOfRangeException(nameof(last), last, "Must be Wrap, Pad, Keep or Drop.");
        if ((long)size * sequence.ImageShape.Size > Array.MaxLength - 64)
            throw new ArgumentOutOfRangeException(nameof(size), size, "Such a batch has too many values for an array.");
        this.sequence = sequence;
        this.last = last;
        this.prefetchDepth = prefetchDepth;
        this.cancellation = cancellation;
        BatchSize = size;
        int examples = sequence.Set.Count;
        BatchesPerEpoch = examples / size + (examples % size != 0 && last != LastBatch.Drop ? 1 : 0);
        if (BatchesPerEpoch == 0)
            throw new InvalidOperationException($"{examples} examples give no batch of {size}.");
    }

    /// <summary>Examples per batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches per epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The shape of the images in a batch.</summary>
    public ImageShape ImageShape => sequence.ImageShape;

    /// <summary>The epoch that the next <c>foreach</c> over this runs; set it to go on with an interrupted training.</summary>
    public int NextEpoch { get; set; }

    /// <summary>
    /// The same batches, filled on another thread while the caller computes. The thread lives as long as an
    /// enumeration; leaving the <c>foreach</c> early ends it. What fails there is thrown to the caller after the
    /// batches before it.
    /// </summary>
    /// <param name="depth">How many batches may be ready in advance, at least 1.</param>
    /// <param name="cancellation">Ends an enumeration with <see cref="OperationCanceledException"/>.</param>
    public ImageBatches Prefetch(int depth = 8, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, 1 << 16);
        return new ImageBatches(sequence, BatchSize, last, depth, cancellation) { NextEpoch = NextEpoch };
    }

    /// <summary>Some epochs, one after the other. <see cref="NextEpoch"/> is neither used nor changed.</summary>
    /// <param name="first">The first epoch's number, at least 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="firstBatch">The batch to begin with in the first epoch, to go on with an interrupted training.</param>
    public ImageEpochs Epochs(int first, int count, int firstBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, int.MaxValue - first);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, BatchesPerEpoch);
        return new ImageEpochs(this, first, count, firstBatch);
    }

    /// <summary>Begins the epoch <see cref="NextEpoch"/> and counts it up.</summary>
    public ImageBatchEnumerator GetEnumerator() => Enumerate(NextEpoch++, 1, 0);

    internal ImageBatchEnumerator Enumerate(int firstEpoch, int epochs, int firstBatch)
    {
        BatchWork work = Interlocked.Exchange(ref spare, null) ?? NewWork();
        work.Filler.Start(firstEpoch, epochs, firstBatch);
        return prefetchDepth == 0
            ? new DirectEnumerator(this, work)
            : new PrefetchingEnumerator(this, work, cancellation);
    }

    internal void TakeBack(BatchWork work) => spare = work;

    BatchWork NewWork()
    {
        // One for the caller, who still looks at it while `prefetchDepth` others are ready.
        var buffers = new BatchBuffer[prefetchDepth + 1];
        for (int i = 0; i < buffers.Length; i++)
            buffers[i] = new BatchBuffer(BatchSize, ImageShape.Size);
        return new BatchWork(new BatchFiller(sequence, BatchSize, BatchesPerEpoch, last), buffers);
    }
}
