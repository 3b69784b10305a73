namespace GraphCompiler.Tests.Training;

/// <summary>Metrics against numbers of scikit-learn, or worked out by hand.</summary>
public sealed class MetricTests
{
    static readonly float[] Scores = [0.1f, 0.7f, 0.2f, 0.5f, 0.5f, 0, 0.3f, 0.3f, 0.4f, 0.9f, 0, 0.1f, 0.2f, 0.2f, 0.6f];
    static readonly int[] Labels = [1, 1, 2, 0, 1];

    [Fact]
    public void Accuracies()
    {
        // Of equal scores the lower class comes first: the second row names 0.
        Accuracy accuracy = new(3);
        TopKAccuracy two = new(3, 2);
        accuracy.Add(Scores, Labels);
        two.Add(Scores, Labels);
        Assert.Equal(3 / 5.0, accuracy.Value);
        Assert.Equal(4 / 5.0, two.Value);
        accuracy.Add([1, 0, 0, 0, 0, 1], [-1, 2]);
        Assert.Equal(4 / 6.0, accuracy.Value);
        accuracy.Reset();
        Assert.Equal(double.NaN, accuracy.Value);
        Assert.Equal(("accuracy", "top-2 accuracy"), (accuracy.Name, two.Name));
    }

    [Fact]
    public void F1_is_the_mean_over_classes()
    {
        // Named 1, 0, 2, 0, 2 for 1, 1, 2, 0, 1: f1_score(..., average="macro") of scikit-learn.
        F1Score f1 = new(3);
        f1.Add(Scores, Labels);
        Assert.Equal((2 * 1 / 3.0 + 2 * 1 / 4.0 + 2 * 1 / 3.0) / 3, f1.Value, 12);
        F1Score with = new(4);
        with.Add([1, 0, 0, 0], [0]);
        Assert.Equal(1, with.Value);
    }

    [Fact]
    public void The_area_under_the_curve_counts_pairs()
    {
        AreaUnderCurve area = new();
        // roc_auc_score of scikit-learn: 0.75.
        area.Add([0.1f, 0.4f, 0.35f, 0.8f], [0, 0, 1, 1]);
        Assert.Equal(0.75, area.Value);
        area.Reset();
        // Of two positives and three negatives: 1 + 1 + ½ and 0 + ½ + 0 wins of 6.
        area.Add([0.5f, 0.2f, 0.5f, 0.2f, 0.1f, 9], [1, 1, 0, 0, 0, -1]);
        Assert.Equal((2.5 + 1.5) / 6, area.Value, 12);
        Assert.Throws<ArgumentException>(() => area.Add([float.NaN], [1]));
    }

    [Fact]
    public void Means_count_by_weight()
    {
        MeanMetric mean = new();
        mean.Add(2, 3);
        mean.Add(5);
        mean.Add(double.NaN, 0);
        Assert.Equal(11 / 4.0, mean.Value);
        Perplexity perplexity = new();
        perplexity.Add(Math.Log(8));
        perplexity.Add(Math.Log(2));
        Assert.Equal(4, perplexity.Value, 12);
        MeanAbsoluteError error = new();
        error.Add([1, -2, 3], [1.5f, -1, 3]);
        Assert.Equal(0.5, error.Value, 12);
        Assert.Throws<ArgumentException>(() => error.Add([1], [1, 2]));
    }
}
