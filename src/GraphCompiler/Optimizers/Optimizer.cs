using System.Globalization;

namespace GraphCompiler;

/// <summary>
/// A rule that updates parameters from their gradients: the formula and its hyper-parameters. What it remembers between
/// updates belongs to each trainer, so one optimizer may serve several.
/// </summary>
public abstract class Optimizer
{
    readonly double learningRate;
    readonly double weightDecay;

    private protected Optimizer(double learningRate, double weightDecay, ParameterRule decayRule)
    {
        this.learningRate = learningRate;
        this.weightDecay = weightDecay;
        DecayRule = decayRule;
    }

    /// <summary>The learning rate, before the factor of <see cref="TrainerOptions.Schedule"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, not finite or beyond a float's range.</exception>
    public double LearningRate
    {
        get => learningRate;
        init => learningRate = NotNegative(value);
    }

    /// <summary>How strongly parameters are drawn to zero; each optimizer says in which form.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, not finite or beyond a float's range.</exception>
    public double WeightDecay
    {
        get => weightDecay;
        init => weightDecay = NotNegative(value);
    }

    /// <summary>The parameters that <see cref="WeightDecay"/> applies to, asked once for each when a trainer is made.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ParameterRule DecayRule
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>The name of the formula, for checkpoints.</summary>
    internal abstract string Kind { get; }

    /// <summary>The blocks of state, one float a parameter each, under PyTorch's names.</summary>
    internal abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Every hyper-parameter by name, for checkpoints.</summary>
    internal virtual IEnumerable<(string Name, string Value)> Hyperparameters =>
        [("learning_rate", Text(LearningRate)), ("weight_decay", Text(WeightDecay))];

    /// <summary>The loop that applies the formula for one trainer.</summary>
    internal abstract OptimizerLoop CreateLoop();

    private protected static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private protected static double NotNegative(double value, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
        => value is >= 0 and <= float.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be finite and not negative.");

    /// <summary>Refuses what is not from 0 (inclusive) to 1 (exclusive).</summary>
    private protected static double Fraction(double value, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
        => value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be from 0 to less than 1.");
}
