namespace GraphCompiler.Data;

/// <summary>
/// Batches of windows, each beginning where the one before it ends. A batch allocates nothing. For one thread.
/// </summary>
public sealed class SequentialWindows
{
    readonly TokenSequence tokens;
    readonly TokenBatchBuffer buffer;
    readonly LastBatch last;

    internal SequentialWindows(TokenSequence tokens, int batch, int length, LastBatch last)
    {
        buffer = new TokenBatchBuffer(batch, length);
        if (!Enum.IsDefined(last))
            throw new ArgumentOutOfRangeException(nameof(last), last, "Must be Wrap, Pad, Keep or Drop.");
        this.tokens = tokens;
        this.last = last;
        BatchSize = batch;
        WindowCount = (tokens.Count - 1) / length;
        BatchCount = WindowCount / batch + (last != LastBatch.Drop && WindowCount % batch != 0 ? 1 : 0);
        if (BatchCount == 0)
            throw new InvalidOperationException(
                $"{tokens.Count} tokens give no batch of {batch} windows of {length} and the token that follows each.");
    }

    /// <summary>Windows in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Tokens in a window.</summary>
    public int Length => buffer.Length;

    /// <summary>Windows in all.</summary>
    public long WindowCount { get; }

    /// <summary>Batches in all.</summary>
    public long BatchCount { get; }

    /// <summary>One of the batches. It overwrites the batch before it.</summary>
    /// <param name="index">From 0 to one less than <see cref="BatchCount"/>.</param>
    /// <exception cref="InvalidDataException">The file has a token that is not of the vocabulary.</exception>
    public TokenBatch Batch(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, BatchCount);
        long first = index * BatchSize;
        int count = (int)Math.Min(BatchSize, WindowCount - first);
        int size = last == LastBatch.Keep ? count : BatchSize;
        for (int row = 0; row < size; row++)
        {
            if (row >= count && last == LastBatch.Pad)
                buffer.Pad(row);
            else
                buffer.Read(tokens, (first + row) % WindowCount * Length, row);
        }

        return new TokenBatch(buffer, size, count);
    }

    /// <summary>Goes through all batches.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Goes through all batches.</summary>
    public ref struct Enumerator
    {
        readonly SequentialWindows windows;
        long next;

        internal Enumerator(SequentialWindows windows) => this.windows = windows;

        /// <summary>The batch reached.</summary>
        public TokenBatch Current { get; private set; }

        /// <summary>Goes to the next batch; false after the last.</summary>
        public bool MoveNext()
        {
            if (next == windows.BatchCount)
                return false;
            Current = windows.Batch(next++);
            return true;
        }
    }
}
