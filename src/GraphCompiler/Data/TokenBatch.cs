namespace GraphCompiler.Data;

/// <summary>
/// Windows of tokens and, for each, the same window one token later. Its memory is used again by the next batch.
/// </summary>
public readonly ref struct TokenBatch
{
    /// <summary>The target in a window that only fills up the last batch, by <see cref="LastBatch.Pad"/>: no token.</summary>
    public const int NoTarget = -1;

    internal TokenBatch(TokenBatchBuffer buffer, int size, int count)
    {
        Inputs = buffer.Inputs.AsSpan(0, size * buffer.Length);
        Targets = buffer.Targets.AsSpan(0, size * buffer.Length);
        Size = size;
        Count = count;
    }

    /// <summary>What a model reads, [Size, length].</summary>
    public ReadOnlySpan<int> Inputs { get; }

    /// <summary>The token that follows each of them, [Size, length]; <see cref="NoTarget"/> in padding.</summary>
    public ReadOnlySpan<int> Targets { get; }

    /// <summary>Windows in this batch.</summary>
    public int Size { get; }

    /// <summary>How many of them, from the first on, are its own; the others fill it up.</summary>
    public int Count { get; }
}

/// <summary>The memory of a batch.</summary>
sealed class TokenBatchBuffer
{
    readonly int[] window;

    public TokenBatchBuffer(int batch, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if ((long)batch * length > Array.MaxLength || length == Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(batch), batch, "Such a batch has too many tokens for an array.");
        Length = length;
        Inputs = new int[batch * length];
        Targets = new int[batch * length];
        window = new int[length + 1];
    }

    public int Length { get; }

    public int[] Inputs { get; }

    public int[] Targets { get; }

    /// <summary>Reads the window and the token behind it into a row.</summary>
    public void Read(TokenSequence tokens, long start, int row)
    {
        tokens.Read(start, window);
        window.AsSpan(0, Length).CopyTo(Inputs.AsSpan(row * Length));
        window.AsSpan(1, Length).CopyTo(Targets.AsSpan(row * Length));
    }

    /// <summary>Fills a row with token 0 and with no targets.</summary>
    public void Pad(int row)
    {
        Inputs.AsSpan(row * Length, Length).Clear();
        Targets.AsSpan(row * Length, Length).Fill(TokenBatch.NoTarget);
    }
}
