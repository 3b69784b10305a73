namespace GraphCompiler.Data;

/// <summary>
/// A batch, ready to be given to a model. Its memory is used again: what the spans show is good until the next batch is
/// asked for.
/// </summary>
public readonly struct ImageBatch
{
    /// <summary>The label of an image that only fills up the last batch, by <see cref="LastBatch.Pad"/>: that of no class.</summary>
    public const int NoLabel = -1;

    readonly BatchBuffer? buffer;

    internal ImageBatch(BatchBuffer buffer)
    {
        this.buffer = buffer;
    }

    /// <summary>The images, [<see cref="Size"/>, channels, height, width].</summary>
    public ReadOnlySpan<float> Images => Buffer.Images;

    /// <summary>The labels, [<see cref="Size"/>]; <see cref="NoLabel"/> for padding.</summary>
    public ReadOnlySpan<int> Labels => Buffer.Labels;

    /// <summary>1 for each of the first <see cref="Count"/> examples and 0 for those that fill up the last batch, [<see cref="Size"/>].</summary>
    public ReadOnlySpan<float> Weights => Buffer.Weights;

    /// <summary>How many examples the spans hold: the batch size, or fewer in a kept last batch.</summary>
    public int Size => Buffer.Size;

    /// <summary>How many of them, the first, are the epoch's own; the others fill up the last batch.</summary>
    public int Count => Buffer.Count;

    /// <summary>The epoch's number.</summary>
    public int Epoch => Buffer.Epoch;

    /// <summary>The batch's number in its epoch, from 0.</summary>
    public int Index => Buffer.Index;

    /// <summary>Whether the epoch ends with this batch.</summary>
    public bool IsLastOfEpoch => Buffer.IsLastOfEpoch;

    BatchBuffer Buffer => buffer ?? throw new InvalidOperationException("There is no batch before MoveNext.");
}
