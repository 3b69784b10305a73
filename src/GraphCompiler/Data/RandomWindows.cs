namespace GraphCompiler.Data;

/// <summary>
/// Batches of windows at random places. The batch of a step depends on the seed and the step's number alone, so a
/// training that goes on from a checkpoint sees what it would have seen. A batch allocates nothing. For one thread.
/// </summary>
/// <example>
/// <code>
/// RandomWindows windows = tokens.RandomWindows(batch: 12, length: 64, seed: 1);
/// while (trainer.StepCount &lt; steps)
/// {
///     TokenBatch batch = windows.Batch(trainer.StepCount);
///     trainer.Step(batch.Inputs, batch.Targets);
/// }
/// </code>
/// </example>
public sealed class RandomWindows
{
    readonly TokenSequence tokens;
    readonly TokenBatchBuffer buffer;
    readonly ulong seed;
    readonly long places;

    internal RandomWindows(TokenSequence tokens, int batch, int length, ulong seed)
    {
        buffer = new TokenBatchBuffer(batch, length);
        this.tokens = tokens;
        this.seed = seed;
        BatchSize = batch;
        places = tokens.Count - length;
        if (places < 1)
            throw new InvalidOperationException(
                $"{tokens.Count} tokens give no window of {length} and the token that follows it.");
    }

    /// <summary>Windows in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Tokens in a window.</summary>
    public int Length => buffer.Length;

    /// <summary>The batch of a step. It overwrites the batch before it.</summary>
    /// <param name="step">The step's number, at least 0.</param>
    /// <exception cref="InvalidDataException">The file has a token that is not of the vocabulary.</exception>
    public TokenBatch Batch(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        for (int row = 0; row < BatchSize; row++)
        {
            long start = ExampleRandom.Below(places, seed, step, ExampleRandom.WindowStream, row);
            buffer.Read(tokens, start, row);
        }

        return new TokenBatch(buffer, BatchSize, BatchSize);
    }
}
