namespace GraphCompiler;

/// <summary>Where a training is.</summary>
/// <param name="Step">How many steps the trainer has done.</param>
/// <param name="Steps">How many it will have done at the end; null where that is not known.</param>
/// <param name="Epoch">The epoch's number, from 0.</param>
/// <param name="StepOfEpoch">How many steps of the epoch are done.</param>
/// <param name="StepsPerEpoch">How many the epoch has; null where that is not known.</param>
/// <param name="Loss">The loss of the last step.</param>
/// <param name="MeanLoss">The mean loss of the epoch's steps so far.</param>
/// <param name="LearningRate">The learning rate of the next update.</param>
/// <param name="Elapsed">The time since the training began, without that of validations.</param>
/// <param name="Validation">The last validation; null before the first.</param>
public readonly record struct TrainingProgress(
    long Step, long? Steps, int Epoch, int StepOfEpoch, int? StepsPerEpoch, float Loss, double MeanLoss, double LearningRate, TimeSpan Elapsed, ValidationResult? Validation);

/// <summary>What a validation measured.</summary>
/// <param name="Step">After how many of the trainer's steps.</param>
/// <param name="Epoch">In which epoch, from 0.</param>
/// <param name="TrainingLoss">The mean loss of the steps since the validation before.</param>
/// <param name="Values">The metrics, in their order.</param>
/// <param name="IsBest">Whether it is better than all before.</param>
public sealed record ValidationResult(long Step, int Epoch, double TrainingLoss, IReadOnlyList<MetricValue> Values, bool IsBest)
{
    /// <summary>The value of a metric.</summary>
    /// <param name="name">The metric's name.</param>
    /// <exception cref="ArgumentException">There is no metric of the name.</exception>
    public double this[string name] => Values.FirstOrDefault(value => value.Name == name) is { Name: not null } found
        ? found.Value
        : throw new ArgumentException($"There is no metric '{name}'; there are {string.Join(", ", Values.Select(value => $"'{value.Name}'"))}.", nameof(name));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"step {Step}, epoch {Epoch}: training loss {TrainingLoss:G5}{string.Concat(Values.Select(value => FormattableString.Invariant($", {value.Name} {value.Value:G5}")))}{(IsBest ? ", the best" : "")}");
}

/// <summary>A metric's number.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Value">Its number.</param>
public readonly record struct MetricValue(string Name, double Value);

/// <summary>Why a training ended.</summary>
public enum FitEnd
{
    /// <summary>All epochs or steps are done.</summary>
    Complete,

    /// <summary>Validations no longer got better.</summary>
    NoImprovement,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>What a training came to.</summary>
/// <param name="Steps">How many steps were done.</param>
/// <param name="Epochs">How many epochs were gone through to their end.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Validations">The validations, in their order.</param>
/// <param name="Best">The best of them; null if there was none.</param>
/// <param name="Elapsed">The time it took, without that of validations.</param>
public sealed record FitResult(long Steps, int Epochs, FitEnd End, IReadOnlyList<ValidationResult> Validations, ValidationResult? Best, TimeSpan Elapsed);
