namespace GraphCompiler.Data;

/// <summary>
/// Tokens in their order, in memory or in a mapped file, or a part of them. Immutable; for any number of threads.
/// </summary>
public sealed class TokenSequence
{
    readonly TokenSource source;
    readonly long start;

    /// <summary>A copy of tokens in memory.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="vocabularySize">Every token is from 0 to one less than this.</param>
    /// <exception cref="ArgumentException">A token is not of the vocabulary.</exception>
    public TokenSequence(IEnumerable<int> tokens, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        int[] copy = [.. tokens];
        int at = copy.AsSpan().IndexOfAnyExceptInRange(0, vocabularySize - 1);
        if (at >= 0)
            throw new ArgumentException($"Token {copy[at]}, at {at}, is not from 0 to {vocabularySize - 1}.", nameof(tokens));
        source = new ArrayTokens(copy);
        Count = copy.Length;
        VocabularySize = vocabularySize;
    }

    internal TokenSequence(TokenSource source, long start, long count, int vocabularySize)
    {
        this.source = source;
        this.start = start;
        Count = count;
        VocabularySize = vocabularySize;
    }

    /// <summary>How many tokens there are.</summary>
    public long Count { get; }

    /// <summary>Every token is from 0 to one less than this.</summary>
    public int VocabularySize { get; }

    /// <summary>A part; nothing is copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the sequence.</exception>
    public TokenSequence Slice(long first, long count)
    {
        RequirePart(first, count);
        return new TokenSequence(source, start + first, count, VocabularySize);
    }

    /// <summary>
    /// The first part to train on and the last to validate with, so that no window is in both; nothing is copied. The
    /// first has <c>(long)(Count * (1 - validationFraction))</c> tokens.
    /// </summary>
    /// <param name="validationFraction">From 0 to 1.</param>
    public (TokenSequence Training, TokenSequence Validation) Split(double validationFraction)
    {
        if (!(validationFraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(validationFraction), validationFraction, "A fraction is from 0 to 1.");
        long training = (long)(Count * (1 - validationFraction));
        return (Slice(0, training), Slice(training, Count - training));
    }

    /// <summary>Copies tokens, from <paramref name="first"/> on, as many as there is room for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence does not have as many.</exception>
    /// <exception cref="InvalidDataException">The file has a token that is not of the vocabulary.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public void Read(long first, Span<int> destination)
    {
        RequirePart(first, destination.Length);
        source.Read(start + first, destination);
    }

    /// <summary>Batches of windows at random places, each with the token that follows as its target.</summary>
    /// <param name="batch">Windows in a batch.</param>
    /// <param name="length">Tokens in a window.</param>
    /// <param name="seed">The same seed gives the same windows on every machine.</param>
    /// <exception cref="InvalidOperationException">The sequence is not longer than a window.</exception>
    public RandomWindows RandomWindows(int batch, int length, ulong seed) => new(this, batch, length, seed);

    /// <summary>Batches of all windows that follow one another, for evaluation; the tokens after the last are left out.</summary>
    /// <param name="batch">Windows in a batch.</param>
    /// <param name="length">Tokens in a window.</param>
    /// <param name="last">What becomes of the last windows when they do not fill a batch.</param>
    /// <exception cref="InvalidOperationException">The sequence gives no batch.</exception>
    public SequentialWindows SequentialWindows(int batch, int length, LastBatch last = LastBatch.Drop) =>
        new(this, batch, length, last);

    void RequirePart(long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (first > Count - count)
            throw new ArgumentOutOfRangeException(
                nameof(first), first, $"{count} tokens from {first} on are not within a sequence of {Count}.");
    }
}
