namespace GraphCompiler;

/// <summary>
/// The sum of the gradients of several steps, as the update of a block without hyper-parameters: the parameter is the sum. Both targets add so.
/// </summary>
[Optimizer]
internal sealed partial class GradientSum : Optimizer
{
    GradientSum()
        : base(learningRate: 0)
    {
    }

    /// <summary>The only one there is.</summary>
    public static GradientSum Instance { get; } = new();

    /// <inheritdoc/>
    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step) => parameter + gradient;
}
