using System.Runtime.CompilerServices;
using GraphCompiler.Text;

namespace GraphCompiler.Generation;

/// <summary>
/// Continues texts with a model: reads the prompt, then again and again draws a token and reads it. The same model,
/// prompt and options give the same tokens. One generation runs at a time.
/// </summary>
/// <example>
/// <code>
/// using var session = model.CreateSession();
/// var generator = TokenGenerator.WithCache(session.Next, vocabularySize: 65, contextLength: 64);
/// await foreach (string text in generator.GenerateTextAsync(tokenizer, "To be", new() { MaximumTokens = 500 }))
///     Console.Write(text);
/// </code>
/// </example>
public sealed class TokenGenerator
{
    readonly DecodeStep? step;
    readonly ForwardPass? forward;
    readonly Action? reset;
    readonly int maximumStep;
    int running;

    TokenGenerator(
        DecodeStep? step, ForwardPass? forward, int vocabularySize, int contextLength, int maximumStep, Action? reset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumStep, 1);
        this.step = step;
        this.forward = forward;
        this.maximumStep = maximumStep;
        this.reset = reset;
        VocabularySize = vocabularySize;
        ContextLength = contextLength;
        Logits = new float[vocabularySize];
        Window = new int[contextLength];
    }

    /// <summary>How many logits the model computes.</summary>
    public int VocabularySize { get; }

    /// <summary>How many tokens the model can look at.</summary>
    public int ContextLength { get; }

    internal float[] Logits { get; }

    internal int[] Window { get; }

    internal bool Remembers => step != null;

    /// <summary>Generates with a model that remembers what it has read: a token costs a pass over one token.</summary>
    /// <param name="step">Reads tokens; such as a session's method.</param>
    /// <param name="vocabularySize">How many logits it computes.</param>
    /// <param name="contextLength">How many tokens it can remember.</param>
    /// <param name="maximumStep">
    /// How many tokens it can read in one call; a longer prompt is read in pieces of this many. Null: the context's length.
    /// </param>
    /// <param name="reset">
    /// Forgets all state, such as a session's <c>Reset</c>: called when a generation begins and after a cut. Null where
    /// position 0 begins anew in any case, as with a KV cache.
    /// </param>
    public static TokenGenerator WithCache(
        DecodeStep step, int vocabularySize, int contextLength, int? maximumStep = null, Action? reset = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new TokenGenerator(step, null, vocabularySize, contextLength, maximumStep ?? contextLength, reset);
    }

    /// <summary>Generates with a model that reads the whole context for every token.</summary>
    /// <param name="forward">The forward pass.</param>
    /// <param name="vocabularySize">How many logits it computes.</param>
    /// <param name="contextLength">How many tokens it can take.</param>
    public static TokenGenerator WithoutCache(ForwardPass forward, int vocabularySize, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(forward);
        return new TokenGenerator(null, forward, vocabularySize, contextLength, contextLength, reset: null);
    }

    /// <summary>Begins a generation; nothing is computed before its first <see cref="GenerationRun.MoveNext"/>.</summary>
    /// <param name="prompt">The tokens to continue, at least one; copied.</param>
    /// <param name="options">How to continue; null for the defaults.</param>
    /// <param name="cancellation">Ends the generation with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The prompt is empty or has a token that is not of the vocabulary.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More tokens are to be kept than the context has.</exception>
    /// <exception cref="InvalidOperationException">Another generation of this generator is not disposed.</exception>
    public GenerationRun Start(
        IEnumerable<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        int[] tokens = [.. prompt];
        if (tokens.Length == 0)
            throw new ArgumentException("There is nothing to continue: the prompt has no token.", nameof(prompt));
        int wrong = tokens.AsSpan().IndexOfAnyExceptInRange(0, VocabularySize - 1);
        if (wrong >= 0)
            throw new ArgumentException($"Token {tokens[wrong]} is not from 0 to {VocabularySize - 1}.", nameof(prompt));
        options ??= new GenerationOptions();
        if (options.KeptTokens > ContextLength)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.KeptTokens, $"No more tokens can be kept than the context has, {ContextLength}.");
        if (!Enum.IsDefined(options.Overflow))
            throw new ArgumentOutOfRangeException(nameof(options), options.Overflow, "Overflow must be Cut or Chunk.");

        if (Interlocked.Exchange(ref running, 1) != 0)
            throw new InvalidOperationException(
                "Another generation is running; dispose it first, or use a generator of its own.");
        return new GenerationRun(this, tokens, options, cancellation);
    }

    /// <summary>
    /// The tokens that continue a prompt, as they are drawn. They are computed on the thread pool, so the caller's thread
    /// is free meanwhile; leaving the <c>await foreach</c> ends the generation.
    /// </summary>
    /// <inheritdoc cref="Start" path="/param"/>
    /// <inheritdoc cref="Start" path="/exception"/>
    public async IAsyncEnumerable<int> GenerateAsync(
        IEnumerable<int> prompt, GenerationOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using GenerationRun run = Start(prompt, options, cancellation);
        Func<bool> moveNext = run.MoveNext;
        while (await Task.Run(moveNext, cancellation).ConfigureAwait(false))
            yield return run.Current;
    }

    /// <summary>The text that continues a prompt, as its characters are complete; see <see cref="GenerateAsync"/>.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="options">How to continue; null for the defaults.</param>
    /// <param name="cancellation">Ends the generation with <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="Start" path="/exception"/>
    public async IAsyncEnumerable<string> GenerateTextAsync(
        ITokenizer tokenizer, string prompt, GenerationOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        StreamingDecoder decoder = new(tokenizer);
        await foreach (int token in GenerateAsync(tokenizer.Encode(prompt), options, cancellation).ConfigureAwait(false))
        {
            if (decoder.Next(token) is { Length: > 0 } text)
                yield return text;
        }

        if (decoder.Flush() is { Length: > 0 } rest)
            yield return rest;
    }

    internal void Reset() => reset?.Invoke();

    /// <summary>
    /// Reads the tokens of the window from <paramref name="read"/> on, so that the logits are those after the last.
    /// </summary>
    internal void Read(int read, int count, CancellationToken cancellation)
    {
        if (step == null)
        {
            forward!(Window.AsSpan(0, count), Logits);
            return;
        }

        while (read < count)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = Math.Min(maximumStep, count - read);
            step(Window.AsSpan(read, length), read, Logits);
            read += length;
        }
    }

    internal void End() => Volatile.Write(ref running, 0);
}
