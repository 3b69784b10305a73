namespace GraphCompiler.Data;

/// <summary>Goes through batches. Nothing is allocated per batch. For one thread; dispose it (a <c>foreach</c> does).</summary>
public abstract class ImageBatchEnumerator : IDisposable
{
    private protected ImageBatchEnumerator()
    {
    }

    /// <summary>The batch reached; its memory is used again by the next <see cref="MoveNext"/>.</summary>
    public ImageBatch Current { get; private protected set; }

    /// <summary>Goes to the next batch; false after the last.</summary>
    public abstract bool MoveNext();

    /// <summary>Ends the enumeration, and the thread that prefetches for it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Dispose(bool disposing);
}

/// <summary>Fills each batch when it is asked for.</summary>
sealed class DirectEnumerator(ImageBatches batches, BatchWork work) : ImageBatchEnumerator
{
    BatchWork? work = work;

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(work == null, this);
        if (!work.Filler.TryFill(work.Buffers[0]))
            return false;
        Current = new ImageBatch(work.Buffers[0]);
        return true;
    }

    private protected override void Dispose(bool disposing)
    {
        if (work != null)
            batches.TakeBack(work);
        work = null;
        Current = default;
    }
}
