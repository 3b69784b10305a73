namespace GraphCompiler;

/// <summary>A number that says how good a model is on some data, taken together from batches.</summary>
/// <remarks>One of your own is a class with these members, or, of a number that is known at the end, <see cref="ComputedMetric"/> in a line.</remarks>
public abstract class Metric
{
    /// <summary>A metric.</summary>
    /// <param name="name">What logs and tables call it.</param>
    /// <param name="goal">Which way it improves.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    protected Metric(string name, MetricGoal goal)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Goal = goal;
    }

    /// <summary>What logs and tables call it.</summary>
    public string Name { get; }

    /// <summary>Which way it improves.</summary>
    public MetricGoal Goal { get; }

    /// <summary>The number for all that was added; not a number where nothing was.</summary>
    public abstract double Value { get; }

    /// <summary>Forgets what was added.</summary>
    public abstract void Reset();
}

/// <summary>A number that something else computes: <c>new ComputedMetric("error", () => Error(model))</c>.</summary>
/// <param name="name">What logs and tables call it.</param>
/// <param name="compute">Computes it, once a validation.</param>
/// <param name="goal">Which way it improves.</param>
public sealed class ComputedMetric(string name, Func<double> compute, MetricGoal goal = MetricGoal.Minimize) : Metric(name, goal)
{
    double? value;

    /// <inheritdoc/>
    public override double Value => value ??= compute();

    /// <inheritdoc/>
    public override void Reset() => value = null;
}

/// <summary>The mean of numbers, each with a weight: of the losses of batches, by how many rows of each count.</summary>
/// <param name="name">What logs and tables call it.</param>
/// <param name="goal">Which way it improves.</param>
public class MeanMetric(string name = "loss", MetricGoal goal = MetricGoal.Minimize) : Metric(name, goal)
{
    double sum, weights;

    /// <inheritdoc/>
    public override double Value => weights == 0 ? double.NaN : sum / weights;

    /// <summary>Takes a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="weight">How much it counts.</param>
    public void Add(double value, double weight = 1)
    {
        if (!(weight >= 0) || double.IsInfinity(weight))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "Must be finite and at least 0.");
        if (weight == 0)
            return;
        sum += value * weight;
        weights += weight;
    }

    /// <inheritdoc/>
    public override void Reset() => (sum, weights) = (0, 0);
}

/// <summary>The exponential of the mean loss of tokens, in nats: among how many tokens a model that is as good as that would have to guess.</summary>
/// <param name="name">What logs and tables call it.</param>
public sealed class Perplexity(string name = "perplexity") : MeanMetric(name)
{
    /// <inheritdoc/>
    public override double Value => Math.Exp(base.Value);
}

/// <summary>The mean of the distances between predictions and targets (MAE).</summary>
/// <param name="name">What logs and tables call it.</param>
public sealed class MeanAbsoluteError(string name = "mean absolute error") : Metric(name, MetricGoal.Minimize)
{
    double sum;
    long count;

    /// <inheritdoc/>
    public override double Value => count == 0 ? double.NaN : sum / count;

    /// <summary>Takes a batch.</summary>
    /// <param name="predictions">What the model says.</param>
    /// <param name="targets">What is true; as many.</param>
    /// <exception cref="ArgumentException">There are not as many of both.</exception>
    public void Add(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        if (predictions.Length != targets.Length)
            throw new ArgumentException($"There are {predictions.Length} predictions and {targets.Length} targets.", nameof(targets));
        for (int i = 0; i < targets.Length; i++)
            sum += Math.Abs((double)predictions[i] - targets[i]);
        count += targets.Length;
    }

    /// <inheritdoc/>
    public override void Reset() => (sum, count) = (0, 0);
}
