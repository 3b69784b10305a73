namespace GraphCompiler.Tests.Optimizers;

/// <summary>LAMB: Adam, whose step for a parameter is as long as the parameter is, times the rate.</summary>
/// <remarks>Source: You et al., "Large Batch Optimization for Deep Learning", ICLR 2020, algorithm 2, with φ(z) = z.</remarks>
[Optimizer]
public sealed partial class Lamb : Optimizer
{
    [Name("exp_avg")]
    readonly OptimizerState mean = new();

    [Name("exp_avg_sq")]
    readonly OptimizerState meanOfSquares = new();

    public Lamb()
        : base(learningRate: 1e-3, weightDecay: 0.01)
    {
    }

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-6;

    /// <inheritdoc/>
    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)
    {
        Tensor m = Beta1 * mean + (1 - Beta1) * gradient, v = Beta2 * meanOfSquares + (1 - Beta2) * (gradient * gradient);
        mean.Set(m);
        meanOfSquares.Set(v);
        Tensor direction = m / (1 - Math.Pow(Beta1, step.Number)) / (Ops.Sqrt(v / (1 - Math.Pow(Beta2, step.Number))) + Epsilon) + step.WeightDecay * parameter;
        Tensor length = Ops.Sqrt(Ops.Sum(parameter * parameter)), lengthOfDirection = Ops.Sqrt(Ops.Sum(direction * direction));
        Tensor trust = Ops.Select(Ops.Minimum(length, lengthOfDirection) > 0, length / lengthOfDirection, 1);
        return parameter - step.LearningRate * trust * direction;
    }
}
