namespace GraphCompiler.Generation;

/// <summary>
/// How the next token is drawn. The steps come in the order of the properties, which is that of Hugging Face's
/// transformers: penalty, temperature, the k likeliest, of those the nucleus; then the draw.
/// </summary>
public sealed record SamplingOptions
{
    readonly double repetitionPenalty = 1, temperature = 1, topP = 1;
    readonly int topK;

    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>
    /// Makes tokens less likely that have occurred, in the prompt or since: a positive logit is divided by it and a
    /// negative one multiplied, once however often the token occurred. 1: no penalty. Greater than 0.
    /// </summary>
    /// <remarks>Source: Keskar et al., "CTRL", 2019, section 4.1.</remarks>
    public double RepetitionPenalty
    {
        get => repetitionPenalty;
        init => repetitionPenalty =
            value > 0 && double.IsFinite(value) ? value : throw Refused(nameof(RepetitionPenalty), value);
    }

    /// <summary>
    /// What logits are divided by: below 1 the likely become likelier. 0: always the likeliest, the first of equals.
    /// </summary>
    public double Temperature
    {
        get => temperature;
        init => temperature = value >= 0 && double.IsFinite(value) ? value : throw Refused(nameof(Temperature), value);
    }

    /// <summary>Only the k likeliest tokens are drawn; of equals at the end, those with the lower numbers. 0: all.</summary>
    public int TopK
    {
        get => topK;
        init => topK = value >= 0 ? value : throw Refused(nameof(TopK), value);
    }

    /// <summary>
    /// Only the nucleus is drawn: the fewest tokens, from the likeliest on, whose probabilities add up to this much. 1: all.
    /// Greater than 0.
    /// </summary>
    /// <remarks>Source: Holtzman et al., "The curious case of neural text degeneration", ICLR 2020.</remarks>
    public double TopP
    {
        get => topP;
        init => topP = value is > 0 and <= 1 ? value : throw Refused(nameof(TopP), value);
    }

    /// <summary>The same seed draws the same tokens from the same logits.</summary>
    public ulong Seed { get; init; }

    static ArgumentOutOfRangeException Refused(string name, double value) =>
        new(name, value, $"{name} cannot be {value}.");
}
