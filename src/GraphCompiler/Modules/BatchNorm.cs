namespace GraphCompiler;

/// <summary>
/// Normalises each feature to mean 0 and variance 1 over a batch, then scales and shifts. Training steps take mean and
/// variance from their batch and keep running averages of both, which inference uses instead. PyTorch's
/// <c>nn.BatchNorm1d</c>: the batch is divided by its biased variance, the running average is of the unbiased one.
/// One value has no variance, so training steps need at least two of each feature: others are refused, at build time
/// (GC0207) or with an <see cref="ArgumentException"/>. Inference takes any number. Ioffe and Szegedy 2015.
/// </summary>
/// <remarks>
/// Equal values of a feature give exactly the bias, and its differences are measured from its first value, so that values far from
/// zero keep their digits. The variance is a float: differences from the mean of 1.8e19 and more make it infinite, and the
/// feature 0.
/// </remarks>
[Module]
public sealed class BatchNorm : ILayer
{
    readonly Parameter? weight;
    readonly Parameter? bias;

    [Name("running_mean")]
    readonly State runningMean;

    [Name("running_var")]
    readonly State runningVariance;

    [Name("num_batches_tracked")]
    readonly State batches = new([]);

    readonly int features;
    readonly int axis;
    readonly float epsilon;
    readonly float? momentum;

    /// <summary>Declares the layer.</summary>
    /// <param name="features">How many features there are.</param>
    /// <param name="axis">The axis that numbers them; −1 is the last. PyTorch's [batch, channels, length] has them on axis 1.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">The weight of a batch in the running averages; null for the plain average of all batches.</param>
    /// <param name="affine">Whether the result is scaled and shifted.</param>
    public BatchNorm(int features, int axis = -1, float epsilon = 1e-5f, float? momentum = 0.1f, bool affine = true)
    {
        weight = affine ? new([features], Init.Ones) : null;
        bias = affine ? new([features], Init.Zeros) : null;
        runningMean = new([features], Init.Zeros);
        runningVariance = new([features], Init.Ones);
        this.features = features;
        this.axis = axis;
        this.epsilon = epsilon;
        this.momentum = momentum;
    }

    /// <summary>Applies the layer to every feature.</summary>
    /// <param name="x">Any shape with the features on the layer's axis; the result has the same.</param>
    public Tensor Forward(Tensor x)
    {
        int own = axis < 0 ? axis + x.Rank : axis;
        int[] others = new int[x.Rank - 1];
        int count = 1;
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = i < own ? i : i + 1;
            count *= x.Shape[others[i]];
        }

        Ops.RequireInTraining(count, 2, "values of each feature");
        Tensor mean = Ops.Mean(x, others, keepDims: true);
        Tensor variance = Ops.Mean(Ops.Square(x - mean), others, keepDims: true);
        Track(mean.Reshape(features), variance.Reshape(features), count);

        Tensor y = (x - Ops.WhenTraining(mean, Placed(runningMean, x.Rank, own)))
            * Ops.Rsqrt(Ops.WhenTraining(variance, Placed(runningVariance, x.Rank, own)) + epsilon);
        if (weight is not null)
            y *= Placed(weight, x.Rank, own);
        return bias is null ? y : y + Placed(bias, x.Rank, own);
    }

    void Track(Tensor mean, Tensor variance, Tensor count)
    {
        batches.Set(batches + 1);
        Tensor share = momentum is { } constant ? constant : 1f / batches;
        Tensor unbiased = variance * (count / (count - 1));
        runningMean.Set((1 - share) * runningMean + share * mean);
        runningVariance.Set((1 - share) * runningVariance + share * unbiased);
    }

    /// <summary>A value for each feature, on the features' axis of a tensor.</summary>
    static Tensor Placed(Tensor perFeature, int rank, int own)
    {
        int[] shape = new int[rank];
        for (int other = 0; other < rank; other++)
            shape[other] = other == own ? -1 : 1;
        return perFeature.Reshape(shape);
    }
}
