namespace GraphCompiler;

/// <summary>
/// Clipping, as the update of one number, for a set of parameters that are clipped together: the parameter is what their gradients are multiplied
/// with, which makes the sum of several steps a mean, and afterwards also clips; the sums are over all of the set's gradients. Both targets clip so.
/// </summary>
[Optimizer]
internal sealed partial class GradientClipping : Optimizer
{
    /// <summary>Gradients beyond 2^48 are added up apart, times 2^-80, so that no square of a finite number becomes infinite.</summary>
    const double Large = 281474976710656, ScaleOfLarge = 8.271806125530277e-25, LargeAgain = 1.2089258196146292e24;

    /// <summary>Receives the norm of the mean gradient.</summary>
    readonly OptimizerState norm = new();

    public GradientClipping()
        : base(learningRate: 0)
    {
    }

    /// <summary>
    /// Whether gradients of any size are added up. Else the sum of squares may leave the range of a float, as it does for gradients over 1e19: it
    /// takes one instruction a vector, and says when it has to be taken again.
    /// </summary>
    public bool AddsLargeApart { get; init; } = true;

    /// <summary>The largest norm, infinite if there is none.</summary>
    public double LargestNorm { get; init; } = double.PositiveInfinity;

    /// <inheritdoc/>
    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)
    {
        Tensor root;
        if (AddsLargeApart)
        {
            Tensor<bool> isLarge = Ops.Abs(gradient) > Large;
            Tensor small = Ops.Select(isLarge, 0, gradient), large = Ops.Select(isLarge, gradient * ScaleOfLarge, 0);
            Tensor sum = Ops.Sum(small * small), sumOfLarge = Ops.Sum(large * large);
            root = Ops.Select(
                sumOfLarge > 0, Ops.Sqrt(sumOfLarge + sum * ScaleOfLarge * ScaleOfLarge) * LargeAgain, Ops.Sqrt(sum));
        }
        else
        {
            root = Ops.Sqrt(Ops.Sum(gradient * gradient));
        }
        // The norm of finite gradients may be beyond a float's range.
        Tensor length = Ops.Minimum(root * parameter, float.MaxValue);
        norm.Set(length);
        return parameter * Ops.Minimum(1, LargestNorm / (length + 1e-6));
    }
}
