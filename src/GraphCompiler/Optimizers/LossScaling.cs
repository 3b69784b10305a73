using GraphCompiler.Contracts;

namespace GraphCompiler;

/// <summary>
/// How a trainer scales the loss of a model with <see cref="Precision.Float16"/>, whose gradients would else be too small for the format: the
/// backward pass computes the gradients of a multiple of the loss, a power of two, and the update divides by it. An update whose gradient
/// overflows is left out and halves the scale; a run of good updates doubles it. Other models' losses are not scaled.
/// </summary>
public sealed class LossScaling
{
    readonly float initialScale = 65536;
    readonly int? growthInterval = 2000;

    /// <summary>The scale of a new training, 2^16 by default: a power of two from 2^-24 to 2^40, between which it stays.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no such power of two.</exception>
    public float InitialScale
    {
        get => initialScale;
        init
        {
            if (!LossScaleContract.IsScale(value))
                throw new ArgumentOutOfRangeException(nameof(value), value, "The scale of the loss must be a power of two from 2^-24 to 2^40.");
            initialScale = value;
        }
    }

    /// <summary>After so many good updates in a row the scale doubles, 2,000 by default; null never lets it grow.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? GrowthInterval
    {
        get => growthInterval;
        init
        {
            if (value is int interval)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);
            growthInterval = value;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => GrowthInterval is int interval ? FormattableString.Invariant($"doubled after {interval} updates") : "never doubled";
}
