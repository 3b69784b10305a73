namespace GraphCompiler.Generation;

/// <summary>What happens to tokens that do not fit into the context any more.</summary>
public enum ContextOverflow
{
    /// <summary>
    /// The oldest tokens are cut off. The newest <see cref="GenerationOptions.KeptTokens"/> are read again from position
    /// 0 on, and the context fills up from there. Of a prompt that is too long its newest part, as long as the context,
    /// is read. The model always sees at least the tokens kept; reading them again costs a pass over them every
    /// <c>contextLength - KeptTokens + 1</c> tokens.
    /// </summary>
    Cut,

    /// <summary>
    /// The tokens, those of the prompt too, are taken in chunks as long as the context, and each chunk begins anew at
    /// position 0: right after that the model sees a single token. Nothing is ever read twice, so every token costs the
    /// same. State other than the positions (a recurrent model's) is not reset between chunks, and every chunk of the
    /// prompt is read.
    /// </summary>
    Chunk,
}

/// <summary>How a text is continued.</summary>
public sealed record GenerationOptions
{
    readonly int maximumTokens = 256;
    readonly int? keptTokens;

    /// <summary>How many tokens to generate at most, at least 0.</summary>
    public int MaximumTokens
    {
        get => maximumTokens;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaximumTokens));
            maximumTokens = value;
        }
    }

    /// <summary>How tokens are drawn.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Generation ends before any of these; it is not among the tokens generated.</summary>
    public IReadOnlyCollection<int> StopTokens { get; init; } = [];

    /// <summary>What happens when the context is full.</summary>
    public ContextOverflow Overflow { get; init; } = ContextOverflow.Cut;

    /// <summary>
    /// With <see cref="ContextOverflow.Cut"/>: how many tokens, with the one just generated, are in the context after a
    /// cut, from 1 to the context's length. With the context's length the window moves on token by token, the model sees
    /// as much as it can, and every token costs a pass over the window. Null: half of the context.
    /// </summary>
    public int? KeptTokens
    {
        get => keptTokens;
        init
        {
            if (value is int count)
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(KeptTokens));
            keptTokens = value;
        }
    }
}
