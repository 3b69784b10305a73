namespace GraphCompiler;

/// <summary>A metric of models that give a score for each class: logits or probabilities, which of them does not matter.</summary>
public abstract class ClassificationMetric : Metric
{
    private protected ClassificationMetric(string name, int classes)
        : base(name, MetricGoal.Maximize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Classes = classes;
    }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>Takes a batch. Rows whose label is negative, which fill up a last batch, do not count.</summary>
    /// <param name="scores">The scores, [rows, classes].</param>
    /// <param name="labels">The right classes, [rows].</param>
    /// <exception cref="ArgumentException">There are not as many scores as rows have, or a label is no class.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        if (scores.Length != (long)labels.Length * Classes)
            throw new ArgumentException($"{labels.Length} rows of {Classes} classes have {(long)labels.Length * Classes} scores, not {scores.Length}.", nameof(scores));
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] >= Classes)
                throw new ArgumentException($"The label {labels[row]} is none of {Classes} classes.", nameof(labels));
            if (labels[row] >= 0)
                AddRow(scores.Slice(row * Classes, Classes), labels[row]);
        }
    }

    private protected abstract void AddRow(ReadOnlySpan<float> scores, int label);

    /// <summary>How many classes come before one: those with a higher score, and of equal ones those with a lower number. NaN comes last.</summary>
    private protected static int RankOf(ReadOnlySpan<float> scores, int label)
    {
        if (float.IsNaN(scores[label]))
            return scores.Length - 1;
        int rank = 0;
        for (int other = 0; other < scores.Length; other++)
            rank += scores[other] > scores[label] || (scores[other] == scores[label] && other < label) ? 1 : 0;
        return rank;
    }
}

/// <summary>The share of rows whose right class is among the k with the highest scores; of equal scores the lower class comes first.</summary>
public class TopKAccuracy : ClassificationMetric
{
    long right, count;

    /// <summary>Begins with nothing.</summary>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="k">How many classes a model may name.</param>
    /// <param name="name">What logs and tables call it; null for <c>top-k accuracy</c>.</param>
    public TopKAccuracy(int classes, int k, string? name = null)
        : base(name ?? $"top-{k} accuracy", classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, classes);
        K = k;
    }

    /// <summary>How many classes a model may name.</summary>
    public int K { get; }

    /// <inheritdoc/>
    public override double Value => count == 0 ? double.NaN : (double)right / count;

    /// <inheritdoc/>
    public override void Reset() => (right, count) = (0, 0);

    private protected override void AddRow(ReadOnlySpan<float> scores, int label)
    {
        right += RankOf(scores, label) < K ? 1 : 0;
        count++;
    }
}

/// <summary>The share of rows whose class with the highest score is the right one; of equal scores the lower class counts.</summary>
/// <param name="classes">How many classes there are.</param>
/// <param name="name">What logs and tables call it.</param>
public sealed class Accuracy(int classes, string name = "accuracy") : TopKAccuracy(classes, 1, name);

/// <summary>
/// The mean over classes of F1, the harmonic mean of precision and recall (scikit-learn's macro average). A class that is neither there nor
/// ever named is left out.
/// </summary>
/// <param name="classes">How many classes there are.</param>
/// <param name="name">What logs and tables call it.</param>
public sealed class F1Score(int classes, string name = "F1") : ClassificationMetric(name, classes)
{
    readonly long[] right = new long[classes], named = new long[classes], there = new long[classes];

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            double sum = 0;
            int count = 0;
            for (int each = 0; each < Classes; each++)
            {
                if (named[each] + there[each] == 0)
                    continue;
                sum += 2.0 * right[each] / (named[each] + there[each]);
                count++;
            }
            return count == 0 ? double.NaN : sum / count;
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        Array.Clear(right);
        Array.Clear(named);
        Array.Clear(there);
    }

    private protected override void AddRow(ReadOnlySpan<float> scores, int label)
    {
        int best = 0;
        while (RankOf(scores, best) != 0 && best < scores.Length - 1)
            best++;
        named[best]++;
        there[label]++;
        right[label] += best == label ? 1 : 0;
    }
}

/// <summary>
/// The area under the curve of true positives over false positives (ROC) of a binary classifier: how probable it is that a positive row has a
/// higher score than a negative one, where equal scores count half. It keeps the score of every row.
/// </summary>
/// <param name="name">What logs and tables call it.</param>
public sealed class AreaUnderCurve(string name = "AUC") : Metric(name, MetricGoal.Maximize)
{
    readonly List<float> positive = [], negative = [];

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            if (positive.Count == 0 || negative.Count == 0)
                return double.NaN;
            positive.Sort();
            negative.Sort();
            double wins = 0;
            int below = 0, notAbove = 0;
            foreach (float score in positive)
            {
                while (below < negative.Count && negative[below] < score)
                    below++;
                notAbove = Math.Max(notAbove, below);
                while (notAbove < negative.Count && negative[notAbove] <= score)
                    notAbove++;
                wins += below + (notAbove - below) / 2.0;
            }
            return wins / ((double)positive.Count * negative.Count);
        }
    }

    /// <summary>Takes a batch. Rows whose label is negative, which fill up a last batch, do not count.</summary>
    /// <param name="scores">The scores, one a row.</param>
    /// <param name="labels">1 for positive rows, 0 for negative ones.</param>
    /// <exception cref="ArgumentException">There are not as many of both, a score is NaN, or a label is neither.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        if (scores.Length != labels.Length)
            throw new ArgumentException($"There are {scores.Length} scores and {labels.Length} labels.", nameof(labels));
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] < 0)
                continue;
            if (labels[row] > 1)
                throw new ArgumentException($"The label {labels[row]} is neither 0 nor 1.", nameof(labels));
            if (float.IsNaN(scores[row]))
                throw new ArgumentException("A score is not a number.", nameof(scores));
            (labels[row] == 1 ? positive : negative).Add(scores[row]);
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        positive.Clear();
        negative.Clear();
    }
}
