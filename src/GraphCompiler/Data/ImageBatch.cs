namespace GraphCompiler.Data;

/// <summary>
/// A batch, ready to be given to a model. Its memory is used again: what the spans show is good until the next batch is
/// asked for.
/// </summary>
public readonly struct ImageBatch
{
    readonly BatchBuffer? buffer;

    internal ImageBatch(BatchBuffer buffer)
    {
        this.buffer = buffer;
    }

    /// <summary>The images, [<see cref="Size"/>, channels, height, width].</summary>
    public ReadOnlySpan<float> Images => Buffer.Images;

    /// <summary>The labels, [<see cref="Size"/>].</summary>
    public ReadOnlySpan<int> Labels => Buffer.Labels;

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
