namespace GraphCompiler;

/// <summary>
/// Stochastic gradient descent with momentum, by the formula of <c>torch.optim.SGD</c>:
/// <code>
/// g = gradient + WeightDecay * p
/// b = g at the first update, then Momentum * b + (1 - Dampening) * g
/// p = p - rate * (Nesterov ? g + Momentum * b : b)
/// </code>
/// Without momentum, <c>b</c> is <c>g</c>.
/// </summary>
/// <remarks>
/// Source: the algorithm in the documentation of torch.optim.SGD; Nesterov's form after Sutskever et al.,
/// "On the importance of initialization and momentum in deep learning", ICML 2013. Weight decay applies to every
/// parameter unless <see cref="Optimizer.DecayRule"/> says otherwise.
/// </remarks>
[Optimizer]
public sealed partial class Sgd : Optimizer
{
    [Name("momentum_buffer")]
    readonly OptimizerState buffer = new();

    /// <summary>PyTorch's defaults, with a learning rate of 0.001.</summary>
    public Sgd()
        : base(learningRate: 1e-3, weightDecay: 0, ParameterRules.All)
    {
    }

    /// <summary>How much of the last step's direction is kept; 0, the default, keeps no state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Momentum
    {
        get;
        init => field = NotNegative(value);
    }

    /// <summary>How much of the gradient is withheld from the momentum; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite or beyond a float's range.</exception>
    public double Dampening
    {
        get;
        init => field = Math.Abs(value) <= float.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Dampening must be finite.");
    }

    /// <summary>Whether to look ahead along the momentum; needs a momentum and no dampening.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "SGD";

    /// <inheritdoc/>
    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)
    {
        Tensor direction = step.WeightDecay * parameter + gradient;
        if (Momentum > 0)
        {
            // The buffer is zero before the first update, so taking the gradient whole gives PyTorch's first buffer.
            double intake = step.Number == 1 ? 1 : 1 - Dampening;
            Tensor b = Momentum * buffer + intake * direction;
            buffer.Set(b);
            direction = Nesterov ? Momentum * b + direction : b;
        }
        return -step.LearningRate * direction + parameter;
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        if (Nesterov && (Momentum <= 0 || Dampening != 0))
            throw new InvalidOperationException("Nesterov needs a momentum and zero dampening.");
    }
}
