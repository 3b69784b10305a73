namespace GraphCompiler.Tests.Optimizers;

/// <summary>
/// Lion: the parameter follows the sign of an average of gradients, in which the last one weighs more than in the average that is kept.
/// </summary>
/// <remarks>Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, algorithm 2.</remarks>
[Optimizer]
public sealed partial class Lion : Optimizer
{
    [Name("exp_avg")]
    readonly OptimizerState average = new();

    /// <summary>The paper's defaults.</summary>
    public Lion()
        : base(learningRate: 1e-4)
    {
    }

    /// <summary>How much of the average is in the direction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to less than 1.</exception>
    public double Beta1
    {
        get;
        init => field = Fraction(value);
    } = 0.9;

    /// <summary>How much of the average is kept from update to update.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to less than 1.</exception>
    public double Beta2
    {
        get;
        init => field = Fraction(value);
    } = 0.99;

    /// <inheritdoc/>
    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)
    {
        Tensor direction = Ops.Sign(Beta1 * average + (1 - Beta1) * gradient);
        average.Set(Beta2 * average + (1 - Beta2) * gradient);
        return parameter * (1 - step.LearningRate * step.WeightDecay) - step.LearningRate * direction;
    }
}
