namespace GraphCompiler;

/// <summary>How a trainer turns gradients into updates.</summary>
public sealed class TrainerOptions
{
    readonly double? clipNorm;
    readonly int accumulationSteps = 1;
    readonly LossScaling lossScaling = new();

    /// <summary>
    /// A factor on the optimizer's learning rate for each update; null leaves the rate constant.
    /// </summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>
    /// The largest norm of all gradients taken as one vector, but those of groups with a <see cref="ParameterGroup.ClipNorm"/> of their own; longer ones are scaled by
    /// <c>ClipNorm / (norm + 1e-6)</c>, as by PyTorch's <c>clip_grad_norm_</c>. Null clips nothing. Set or not, an update
    /// whose norm is NaN or infinite is left out: parameters, optimizer state and the model's own state are as they were before its
    /// first step, and <see cref="GraphTrainer.SkippedUpdates"/> counts it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public double? ClipNorm
    {
        get => clipNorm;
        init => clipNorm = CheckedClipNorm(value);
    }

    /// <summary>Refuses what is not positive and finite.</summary>
    internal static double? CheckedClipNorm(double? value) => value is double norm && !(norm > 0 && double.IsFinite(norm))
        ? throw new ArgumentOutOfRangeException(nameof(value), norm, "The norm to clip to must be positive and finite.")
        : value;

    /// <summary>
    /// How many steps make one update, which then uses the mean of their gradients. 1 by default. A gradient of one step that is NaN or
    /// infinite spoils the mean, so the whole update is left out, and the next step begins a new one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int AccumulationSteps
    {
        get => accumulationSteps;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            accumulationSteps = value;
        }
    }

    /// <summary>How the loss of a model with <see cref="Precision.Float16"/> is scaled; other models' is not.</summary>
    public LossScaling LossScaling
    {
        get => lossScaling;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            lossScaling = value;
        }
    }

    /// <summary>The seed of the training's random numbers (dropout); null takes the model's.</summary>
    public ulong? Seed { get; init; }
}
