namespace GraphCompiler;

/// <summary>How long <see cref="GraphTrainer.Fit"/> trains, and what it does meanwhile.</summary>
public sealed record FitOptions
{
    /// <summary>How many epochs; null for no such limit.</summary>
    public int? Epochs { get; init; }

    /// <summary>Up to which of the trainer's steps; null for no such limit.</summary>
    public long? Steps { get; init; }

    /// <summary>
    /// Fills <see cref="Metrics"/> from data that is not trained on: it runs the model's methods on batches and calls the metrics' <c>Add</c>. They have
    /// been reset before. Null for no validation.
    /// </summary>
    public Action? Validate { get; init; }

    /// <summary>What a validation measures. The first decides which weights are best.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>After how many steps there is a validation; null for one at the end of each epoch. The end of the training always has one.</summary>
    public long? ValidationInterval { get; init; }

    /// <summary>Ends the training after this many validations in a row that were not better than the best; null for never.</summary>
    public int? Patience { get; init; }

    /// <summary>What a validation must beat the best by.</summary>
    public double MinimumDelta { get; init; }

    /// <summary>Whether the model has, at the end, the weights and the state of its best validation. The optimizer's state stays that of the last step.</summary>
    public bool RestoresBest { get; init; }

    /// <summary>Lowers the learning rate where validations no longer get better; null for never.</summary>
    public ReduceOnPlateau? Plateau { get; init; }

    /// <summary>
    /// Where checkpoints go; null for none. <c>step-N.safetensors</c> is the trainer after N steps, at each validation, and <c>best.safetensors</c> the
    /// best of them.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>How many checkpoints are kept beside the best, the last ones.</summary>
    public int CheckpointsKept { get; init; } = 3;

    /// <summary>Called after each step.</summary>
    public Action<TrainingProgress>? StepDone { get; init; }

    /// <summary>Called after each validation.</summary>
    public Action<TrainingProgress>? Validated { get; init; }

    /// <summary>Told of each step and each validation.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Refuses what cannot be meant.</summary>
    internal void Check()
    {
        if (Epochs is null && Steps is null)
            throw new ArgumentException($"A training needs {nameof(Epochs)} or {nameof(Steps)}: it would never end.");
        RequireAtLeast(0, Epochs, nameof(Epochs));
        RequireAtLeast(0, Steps, nameof(Steps));
        RequireAtLeast(1, ValidationInterval, nameof(ValidationInterval));
        RequireAtLeast(1, Patience, nameof(Patience));
        RequireAtLeast(1, CheckpointsKept, nameof(CheckpointsKept));
        if (Metrics is null || Metrics.Any(metric => metric is null))
            throw new ArgumentException($"{nameof(Metrics)}, or one of them, is null.");
        if (Metrics.Select(metric => metric.Name).Distinct(StringComparer.Ordinal).Count() != Metrics.Count)
            throw new ArgumentException($"Two of the {nameof(Metrics)} have one name.");
        bool needsMetric = Patience is not null || RestoresBest || Plateau is not null;
        if (needsMetric && Metrics.Count == 0)
            throw new ArgumentException($"{nameof(Patience)}, {nameof(RestoresBest)} and {nameof(Plateau)} go by the first of the {nameof(Metrics)}, and there is none.");
        if (Validate is not null && Metrics.Count == 0)
            throw new ArgumentException($"{nameof(Validate)} has no {nameof(Metrics)} to fill.");
    }

    static void RequireAtLeast(long least, long? value, string name)
    {
        if (value < least)
            throw new ArgumentException($"{name} is {value}; it must be at least {least}.");
    }
}

/// <summary>
/// Multiplies the learning rate by a factor when validations have not been better than the best for a while (PyTorch's
/// <c>ReduceLROnPlateau</c>), on top of the trainer's schedule.
/// </summary>
/// <param name="Patience">How many validations in a row may fail to be better before the rate is lowered.</param>
/// <param name="Factor">What the rate is multiplied with, above 0 and below 1.</param>
/// <param name="Least">What all factors together do not fall below.</param>
public sealed record ReduceOnPlateau(int Patience = 3, double Factor = 0.1, double Least = 1e-4)
{
    /// <summary>How many validations in a row may fail to be better before the rate is lowered.</summary>
    public int Patience { get; init; } = Patience >= 1 ? Patience : throw new ArgumentOutOfRangeException(nameof(Patience), Patience, "Must be at least 1.");

    /// <summary>What the rate is multiplied with.</summary>
    public double Factor { get; init; } = Factor is > 0 and < 1 ? Factor : throw new ArgumentOutOfRangeException(nameof(Factor), Factor, "Must be above 0 and below 1.");

    /// <summary>What all factors together do not fall below.</summary>
    public double Least { get; init; } = Least is >= 0 and <= 1 ? Least : throw new ArgumentOutOfRangeException(nameof(Least), Least, "Must be from 0 to 1.");
}
