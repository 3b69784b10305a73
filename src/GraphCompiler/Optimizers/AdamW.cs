namespace GraphCompiler;

/// <summary>
/// Adam with decoupled weight decay, by the formula of <c>torch.optim.AdamW</c>: first <c>p = p - rate * WeightDecay * p</c>,
/// then the update of <see cref="Adam"/> from the gradient alone.
/// </summary>
/// <remarks>
/// Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, in the form of the documentation
/// of torch.optim.AdamW. By default only parameters with two axes or more decay; PyTorch lets all of them decay, which
/// is <c>DecayRule = ParameterRules.All</c>.
/// </remarks>
[Optimizer]
public sealed partial class AdamW : Adam
{
    /// <summary>PyTorch's defaults: rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, decay 0.01.</summary>
    public AdamW()
        : base(weightDecay: 1e-2, ParameterRules.Matrices)
    {
    }

    /// <inheritdoc/>
    protected internal override string Kind => "AdamW";

    /// <inheritdoc/>
    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step) =>
        parameter * (1 - step.LearningRate * step.WeightDecay) + Advance(gradient, step);
}
