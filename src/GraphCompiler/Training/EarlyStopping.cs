namespace GraphCompiler;

/// <summary>Which way a metric improves.</summary>
public enum MetricGoal
{
    /// <summary>Smaller is better: a loss.</summary>
    Minimize,

    /// <summary>Larger is better: an accuracy.</summary>
    Maximize,
}

/// <summary>
/// Says when a validation metric has stopped improving, and at which step it was best. A report improves when it beats
/// the best so far by more than <see cref="MinimumDelta"/>; after <see cref="Patience"/> reports in a row that do not,
/// <see cref="ShouldStop"/> is true. A metric that is not a number never improves.
/// </summary>
/// <example>
/// <code>
/// var stopping = new EarlyStopping(patience: 3, goal: MetricGoal.Maximize);
/// for (int epoch = 0; epoch &lt; 100 &amp;&amp; !stopping.ShouldStop; epoch++)
/// {
///     Train();
///     if (stopping.Report(Accuracy(validation), trainer.StepCount))
///         model.Save("best.safetensors");
/// }
/// </code>
/// </example>
public sealed class EarlyStopping
{
    /// <summary>Begins with nothing reported.</summary>
    /// <param name="patience">How many reports in a row may fail to improve, at least 1.</param>
    /// <param name="minimumDelta">What a report must beat the best by, at least 0.</param>
    /// <param name="goal">Which way the metric improves.</param>
    /// <exception cref="ArgumentOutOfRangeException">A patience below 1, a delta that is negative or not finite, or an
    /// unknown goal.</exception>
    public EarlyStopping(int patience, double minimumDelta = 0, MetricGoal goal = MetricGoal.Minimize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        if (!(minimumDelta >= 0) || double.IsInfinity(minimumDelta))
            throw new ArgumentOutOfRangeException(nameof(minimumDelta), minimumDelta, "Must be finite and at least 0.");
        if (!Enum.IsDefined(goal))
            throw new ArgumentOutOfRangeException(nameof(goal), goal, "Must be Minimize or Maximize.");
        Patience = patience;
        MinimumDelta = minimumDelta;
        Goal = goal;
        Reset();
    }

    /// <summary>How many reports in a row may fail to improve.</summary>
    public int Patience { get; }

    /// <summary>What a report must beat the best by.</summary>
    public double MinimumDelta { get; }

    /// <summary>Which way the metric improves.</summary>
    public MetricGoal Goal { get; }

    /// <summary>The best metric reported; not a number before the first improvement.</summary>
    public double BestMetric { get; private set; }

    /// <summary>The step of the best metric; -1 before the first improvement.</summary>
    public long BestStep { get; private set; }

    /// <summary>How many reports have come since the best one.</summary>
    public int ReportsSinceBest { get; private set; }

    /// <summary>Whether patience has run out. A later improvement makes it false again.</summary>
    public bool ShouldStop => ReportsSinceBest >= Patience;

    /// <summary>Takes the metric measured at a step.</summary>
    /// <param name="metric">The metric on data that is not trained on.</param>
    /// <param name="step">When it was measured: a count of steps or epochs.</param>
    /// <returns>Whether it is the new best: the moment to keep the weights.</returns>
    public bool Report(double metric, long step)
    {
        double gain = Goal == MetricGoal.Minimize ? BestMetric - metric : metric - BestMetric;
        bool first = double.IsNaN(BestMetric) && !double.IsNaN(metric);
        if (!first && !(gain > MinimumDelta))
        {
            ReportsSinceBest++;
            return false;
        }

        BestMetric = metric;
        BestStep = step;
        ReportsSinceBest = 0;
        return true;
    }

    /// <summary>Begins to count anew, and keeps the best.</summary>
    internal void Forgive() => ReportsSinceBest = 0;

    /// <summary>Forgets every report.</summary>
    public void Reset()
    {
        BestMetric = double.NaN;
        BestStep = -1;
        ReportsSinceBest = 0;
    }
}
