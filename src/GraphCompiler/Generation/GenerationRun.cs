namespace GraphCompiler.Generation;

/// <summary>
/// A generation under way: each <see cref="MoveNext"/> computes one more token on the calling thread and allocates
/// nothing. Dispose it before the next one begins. For one thread.
/// </summary>
public sealed class GenerationRun : IDisposable
{
    readonly TokenGenerator generator;
    readonly GenerationOptions options;
    readonly Sampler sampler;
    readonly int[] prompt;
    readonly int[] stopTokens;
    readonly int kept;
    readonly CancellationToken cancellation;

    // The window holds `count` tokens, of which the model has read the first `read`.
    int count, read;
    int generated;
    bool begun, ended, disposed;

    internal GenerationRun(TokenGenerator generator, int[] prompt, GenerationOptions options, CancellationToken cancellation)
    {
        this.generator = generator;
        this.prompt = prompt;
        this.options = options;
        this.cancellation = cancellation;
        sampler = new Sampler(generator.VocabularySize, options.Sampling);
        stopTokens = [.. options.StopTokens];
        kept = options.KeptTokens ?? Math.Max(1, generator.ContextLength / 2);
    }

    /// <summary>The token generated last.</summary>
    public int Current { get; private set; }

    /// <summary>Generates a token; false where a stop token was drawn or the maximum is reached.</summary>
    /// <exception cref="OperationCanceledException">The generation was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The generation is disposed.</exception>
    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (ended || generated == options.MaximumTokens)
            return false;

        // Whatever throws below has ended the generation: what the model remembers is then in doubt.
        ended = true;
        cancellation.ThrowIfCancellationRequested();
        if (!begun)
            Begin();
        Read();
        int token = sampler.Sample(generator.Logits);
        if (stopTokens.AsSpan().Contains(token))
            return false;

        sampler.Observe(token);
        Append(token);
        generated++;
        Current = token;
        ended = false;
        return true;
    }

    /// <summary>Ends the generation, so that another can begin.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        generator.End();
    }

    void Begin()
    {
        begun = true;
        generator.Reset();
        foreach (int token in prompt)
            sampler.Observe(token);

        ReadOnlySpan<int> tokens = prompt;
        if (options.Overflow == ContextOverflow.Cut)
            tokens = tokens[Math.Max(0, tokens.Length - generator.ContextLength)..];
        foreach (int token in tokens)
            Append(token);
    }

    void Read()
    {
        generator.Read(read, count, cancellation);
        read = count;
    }

    void Append(int token)
    {
        if (count == generator.ContextLength)
            MakeRoom();
        generator.Window[count++] = token;
    }

    void MakeRoom()
    {
        if (options.Overflow == ContextOverflow.Chunk)
        {
            // A model that remembers more than the window has to see every chunk.
            if (generator.Remembers && read < count)
                Read();
            count = read = 0;
            return;
        }

        // The token to come is one of those kept.
        generator.Window.AsSpan(count - kept + 1, kept - 1).CopyTo(generator.Window);
        generator.Reset();
        count = kept - 1;
        read = 0;
    }
}
