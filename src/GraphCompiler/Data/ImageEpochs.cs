namespace GraphCompiler.Data;

/// <summary>A run of epochs for a <c>foreach</c>; made by <see cref="ImageBatches.Epochs"/>.</summary>
public readonly struct ImageEpochs
{
    readonly ImageBatches batches;
    readonly int first, count, firstBatch;

    internal ImageEpochs(ImageBatches batches, int first, int count, int firstBatch)
    {
        this.batches = batches;
        this.first = first;
        this.count = count;
        this.firstBatch = firstBatch;
    }

    /// <summary>Begins the run.</summary>
    public ImageBatchEnumerator GetEnumerator() => batches.Enumerate(first, count, firstBatch);
}
