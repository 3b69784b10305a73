using GraphCompiler.Contracts;

namespace GraphCompiler;

/// <summary>
/// The scale of a training's loss: it follows from which updates were good, in their order. A device, which knows first, does the same
/// (<c>UpdateKernels</c>), and the host follows when it hears of them.
/// </summary>
internal sealed class LossScaler(LossScaling scaling)
{
    /// <summary>What the gradient of the loss begins with.</summary>
    public float Scale { get; private set; } = scaling.InitialScale;

    /// <summary>How many updates were good since the scale changed.</summary>
    public int GoodUpdates { get; private set; }

    /// <summary>The scale before the last update.</summary>
    public float ScaleOfLastUpdate { get; private set; } = scaling.InitialScale;

    /// <summary>After so many good updates the scale doubles.</summary>
    public int GrowthInterval { get; } = scaling.GrowthInterval ?? int.MaxValue;

    /// <summary>Takes an update into account.</summary>
    public void Count(bool isGood)
    {
        ScaleOfLastUpdate = Scale;
        (Scale, GoodUpdates) = (LossScaleContract.Next(Scale, GoodUpdates, isGood, GrowthInterval), LossScaleContract.GoodUpdates(GoodUpdates, isGood, GrowthInterval));
    }

    /// <summary>Goes on from elsewhere.</summary>
    public void Restore(float scale, int goodUpdates) => (Scale, GoodUpdates) = (scale, goodUpdates);
}
