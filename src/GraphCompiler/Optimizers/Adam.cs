namespace GraphCompiler;

/// <summary>
/// Adam, by the formula of <c>torch.optim.Adam</c>, at update t = 1, 2, …:
/// <code>
/// g = gradient + WeightDecay * p
/// m = Beta1 * m + (1 - Beta1) * g
/// v = Beta2 * v + (1 - Beta2) * g * g
/// p = p - rate / (1 - Beta1^t) * m / (sqrt(v) / sqrt(1 - Beta2^t) + Epsilon)
/// </code>
/// </summary>
/// <remarks>
/// Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, in the form of the documentation of
/// torch.optim.Adam. Weight decay is an L2 penalty, applied to every parameter unless
/// <see cref="Optimizer.DecayRule"/> says otherwise; <see cref="AdamW"/> has the decoupled form.
/// </remarks>
[Optimizer]
public partial class Adam : Optimizer
{
    [Name("exp_avg")]
    readonly OptimizerState mean = new();

    [Name("exp_avg_sq")]
    readonly OptimizerState meanOfSquares = new();

    /// <summary>PyTorch's defaults: rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, no decay.</summary>
    public Adam()
        : this(weightDecay: 0, ParameterRules.All)
    {
    }

    private protected Adam(double weightDecay, ParameterRule decayRule)
        : base(learningRate: 1e-3, weightDecay, decayRule)
    {
    }

    /// <summary>How much of the mean of the gradients is kept from update to update.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to less than 1.</exception>
    public double Beta1
    {
        get;
        init => field = Fraction(value);
    } = 0.9;

    /// <summary>How much of the mean of the squared gradients is kept from update to update.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to less than 1.</exception>
    public double Beta2
    {
        get;
        init => field = Fraction(value);
    } = 0.999;

    /// <summary>What keeps the division finite where gradients are zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Epsilon
    {
        get;
        init => field = NotNegative(value);
    } = 1e-8;

    /// <inheritdoc/>
    protected internal override string Kind => "Adam";

    /// <inheritdoc/>
    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step) =>
        parameter + Advance(step.WeightDecay * parameter + gradient, step);

    /// <summary>Takes a gradient into the moments.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="step">The update.</param>
    /// <returns>What to add to the parameter.</returns>
    private protected Tensor Advance(Tensor gradient, UpdateStep step)
    {
        Tensor m = Beta1 * mean + (1 - Beta1) * gradient;
        Tensor v = Beta2 * meanOfSquares + (1 - Beta2) * (gradient * gradient);
        mean.Set(m);
        meanOfSquares.Set(v);
        double correction1 = 1 - Math.Pow(Beta1, step.Number);
        double correction2 = 1 - Math.Pow(Beta2, step.Number);
        return -step.LearningRate / correction1 * m / (Ops.Sqrt(v) * (1 / Math.Sqrt(correction2)) + Epsilon);
    }
}
