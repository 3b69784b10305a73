using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// A rule that updates parameters from their gradients: the formula and its hyper-parameters. What it remembers between
/// updates belongs to each trainer, so one optimizer may serve several.
/// </summary>
/// <remarks>
/// An optimizer of your own is a partial class marked <see cref="OptimizerAttribute"/>. Its hyper-parameters are properties, its states
/// fields of type <see cref="OptimizerState"/>, and <see cref="Update"/> is the formula, which is compiled.
/// <code>
/// [Optimizer]
/// public sealed partial class Lion : Optimizer
/// {
///     [Name("exp_avg")]
///     readonly OptimizerState average = new();
///
///     public Lion() : base(learningRate: 1e-4) { }
///
///     public double Beta1 { get; init; } = 0.9;
///
///     public double Beta2 { get; init; } = 0.99;
///
///     protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)
///     {
///         Tensor direction = Ops.Sign(Beta1 * average + (1 - Beta1) * gradient);
///         average.Set(Beta2 * average + (1 - Beta2) * gradient);
///         return parameter * (1 - step.LearningRate * step.WeightDecay) - step.LearningRate * direction;
///     }
/// }
/// </code>
/// </remarks>
public abstract class Optimizer
{
    readonly double learningRate;
    readonly double weightDecay;
    UpdateFormula? formula;

    /// <summary>Sets what a user of the class may set otherwise.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="weightDecay">How strongly parameters are drawn to zero.</param>
    /// <param name="decayRule">The parameters that this applies to; those with two axes or more if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, not finite or beyond a float's range.</exception>
    protected Optimizer(double learningRate, double weightDecay = 0, ParameterRule? decayRule = null)
    {
        this.learningRate = NotNegative(learningRate, nameof(LearningRate));
        this.weightDecay = NotNegative(weightDecay, nameof(WeightDecay));
        DecayRule = decayRule ?? ParameterRules.Matrices;
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

    /// <summary>
    /// Parameters with a learning rate, weight decay or clipping of their own; the first group that has a parameter counts. None by default.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value, or a group, is null.</exception>
    public IReadOnlyList<ParameterGroup> Groups
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (ParameterGroup group in value)
                ArgumentNullException.ThrowIfNull(group, nameof(value));
            field = [.. value];
        }
    } = [];

    /// <summary>The name of the formula, for checkpoints: the name of the class unless it says otherwise.</summary>
    protected internal virtual string Kind => GetType().Name;

    /// <summary>The blocks of state, one float a parameter each, under their names in checkpoints.</summary>
    internal IReadOnlyList<string> StateNames => Formula.StateNames;

    /// <summary>Every hyper-parameter by name, for checkpoints.</summary>
    internal IEnumerable<(string Name, string Value)> Hyperparameters =>
        [("learning_rate", Text(LearningRate)), ("weight_decay", Text(WeightDecay)), .. OwnHyperparameters];

    /// <summary>The formula for these hyper-parameters.</summary>
    internal UpdateFormula Formula
    {
        get
        {
            if (formula is null)
            {
                Validate();
                formula = CreateFormula();
            }
            return formula;
        }
    }

    /// <summary>
    /// The formula: the compiler reads it at build time, and it is never executed. It computes each element from the same element of
    /// what it is given, by elementwise operations. Numbers, which are the hyper-parameters and what a step says, are
    /// computed with in double. A condition on hyper-parameters chooses between formulas, and one that changes with the step between numbers
    /// (<c>step.Number == 1 ? a : b</c>).
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient, clipped, and the mean of accumulated steps.</param>
    /// <param name="step">The update.</param>
    /// <returns>The parameter after the update.</returns>
    protected abstract Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step);

    /// <summary>Refuses hyper-parameters that make no sense together, with an exception; called once, before the first training.</summary>
    protected virtual void Validate()
    {
    }

    /// <summary>Written by the compiler: the formula for these hyper-parameters.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract UpdateFormula CreateFormula();

    /// <summary>Written by the compiler: the hyper-parameters that the class adds, by name, for checkpoints.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract IEnumerable<(string Name, string Value)> OwnHyperparameters { get; }

    /// <summary>A hyper-parameter as checkpoints write it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Text(double)"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected static string Text(bool value) => value ? "true" : "false";

    /// <summary>Refuses what is negative, not finite or beyond a float's range.</summary>
    /// <param name="value">The value of a hyper-parameter.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    protected internal static double NotNegative(double value, [CallerMemberName] string name = "")
        => value is >= 0 and <= float.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be finite and not negative.");

    /// <summary>Refuses what is not from 0 (inclusive) to 1 (exclusive).</summary>
    /// <param name="value">The value of a hyper-parameter.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    protected static double Fraction(double value, [CallerMemberName] string name = "")
        => value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be from 0 to less than 1.");
}
