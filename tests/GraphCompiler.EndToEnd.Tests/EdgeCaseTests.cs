using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Models at the edges: nothing to compute, nothing to learn, long sums, the ends of float32.</summary>
public class EdgeCaseTests
{
    [Fact]
    public void Results_that_take_no_computing()
    {
        using PlainResults model = new(1);
        float[] x = [1, 2, 3, 4, 5, 6], same = new float[6], again = new float[6], turned = new float[6];
        float[] row = new float[3], wide = new float[12];
        model.Views(x, same, again, turned, row, wide);
        Assert.Equal(x, same);
        Assert.Equal(x, again);
        Assert.Equal([1, 4, 2, 5, 3, 6], turned);
        Assert.Equal([4, 5, 6], row);
        Assert.Equal([.. x, .. x], wide);

        float[] weight = new float[6], weightTurned = new float[6], ones = new float[4], single = new float[1];
        model.Constants(weight, weightTurned, ones, single);
        float[] w = model.Values("weight").ToArray();
        Assert.Equal(w, weight);
        Assert.Equal([w[0], w[3], w[1], w[4], w[2], w[5]], weightTurned);
        Assert.Equal([1, 1, 1, 1], ones);
        Assert.Equal([0.5f], single);

        float[] sum = new float[6], twice = new float[6], sumTurned = new float[6];
        model.Shared(x, sum, twice, sumTurned);
        float[] s = [.. x.Zip(w, (a, b) => a + b)];
        Assert.Equal(s, sum);
        Assert.Equal(s.Select(v => 2 * v), twice);
        Assert.Equal([s[0], s[3], s[1], s[4], s[2], s[5]], sumTurned);
        Assert.Equal(10.5f, model.Number(x), 1e-5f);

        using var trainer = model.CreateTrainer(new Sgd());
        double error = 10.5 * w.Sum() - 2;
        Assert.Equal(error * error, trainer.Step(x, 2), 1e-4 * error * error);
        Numbers.AssertClose([2 * error * 21 * w.Sum()], trainer.GradientOf("single"), 1e-4, "single");
        Numbers.AssertClose(Enumerable.Repeat(2 * error * 10.5, 6).ToArray(), trainer.GradientOf("weight"), 1e-4, "weight");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Gradients_that_take_no_computing(int threads)
    {
        using PlainGradients model = new(1, new ModelOptions { Threads = threads });
        float[] x = [1, 2, 3, 4, 5, 6], left = model.Values("left").ToArray(), right = model.Values("right").ToArray();
        float[] idle = model.Values("idle").ToArray();
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.5 });
        for (int step = 0; step < 2; step++)
        {
            trainer.Step(x);
            Assert.Equal([0, 0, 0], trainer.GradientOf("idle").ToArray());
            Assert.Equal(x, trainer.GradientOf("linear").ToArray());
            Assert.Equal([1, 1, 1, 1], trainer.GradientOf("flat").ToArray());
            if (step > 0)
                continue;
            Assert.Equal(right, trainer.GradientOf("left").ToArray());
            Assert.Equal(left, trainer.GradientOf("right").ToArray());
        }

        Assert.Equal(idle, model.Values("idle").ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Long_sums_and_many_rows_to_few_slots(int threads)
    {
        const int rows = LongSums.Rows, columns = LongSums.Columns;
        using LongSums model = new(1, new ModelOptions { Threads = threads });
        float[] x = Numbers.Floats(rows * columns, 1);
        int[] slots = Numbers.Labels(rows, LongSums.Slots, 2);
        float[] rowSums = new float[rows], columnSums = new float[columns], all = new float[1];
        model.Sums(x, rowSums, columnSums, all);
        double[] expectedRows = new double[rows], expectedColumns = new double[columns];
        double[] table = Numbers.Wide(model.Values("table.weight")), tableGradient = new double[table.Length];
        double[] biasGradient = new double[columns];
        double loss = 0;
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                double value = x[r * columns + c], difference = value - table[slots[r] * columns + c];
                expectedRows[r] += value;
                expectedColumns[c] += value;
                loss += difference * difference / rows;
                tableGradient[slots[r] * columns + c] -= 2 * difference / rows;
                biasGradient[c] += 2 * difference / rows;
            }
        }

        Numbers.AssertClose(expectedRows, rowSums, 2e-6, "rows");
        Numbers.AssertClose(expectedColumns, columnSums, 1e-5, "columns");
        Numbers.AssertClose([expectedColumns.Sum()], all, 1e-4, "all");
        using var trainer = model.CreateTrainer(new Sgd());
        Numbers.AssertClose([loss], [trainer.Step(x, slots)], 2e-6, "loss");
        Numbers.AssertClose(tableGradient, trainer.GradientOf("table.weight"), 1e-5, "table");
        Numbers.AssertClose(biasGradient, trainer.GradientOf("bias"), 1e-5, "bias");
    }

    [Fact]
    public void The_ends_of_float32()
    {
        using Extremes model = new(1);
        float[] x = [1e4f, -1e4f, 0, 88, -200, -300, -400, -500];
        float[] softmax = new float[8], logSoftmax = new float[8], sigmoid = new float[8];
        float[] softplus = new float[8], gelu = new float[8], tanh = new float[8];
        model.Functions(x, softmax, logSoftmax, sigmoid, softplus, gelu, tanh);
        Numbers.AssertClose([1.0, 0, 0, 0, 1, 0, 0, 0], softmax, 1e-37, "softmax");
        Assert.Equal([0, -2e4f, -1e4f, -9912, 0, -100, -200, -300], logSoftmax);
        Assert.Equal([1, 0, 0.5f, 1, 0, 0, 0, 0], sigmoid.Select(v => MathF.Round(v, 6)));
        Assert.Equal([1e4f, 0, 0.693147f, 88, 0, 0, 0, 0], softplus.Select(v => MathF.Round(v, 6)));
        Assert.Equal([1e4f, 0, 0, 88, 0, 0, 0, 0], gelu.Select(v => MathF.Abs(v)));
        Assert.Equal([1, -1, 0, 1, -1, -1, -1, -1], tanh);

        using var trainer = model.CreateTrainer(new Sgd());
        float loss = trainer.Step(x, [1, 3]);
        Assert.Equal((2e4 + 300) / 2 + (1e4 + 88 + Math.Log(2)) / 8, loss, 1e-2);
        Assert.All(trainer.GradientOf("scale").ToArray(), gradient => Assert.True(float.IsFinite(gradient)));
    }

    [Fact]
    public void NaN_goes_through_where_nobody_checks()
    {
        using Extremes model = new(1);
        float[] x = [1, float.NaN, 3, 4, 5, 6, 7, 8], peak = new float[2];
        model.Peak(x, peak);
        Assert.True(float.IsNaN(peak[0]));
        Assert.Equal(8, peak[1]);
        Assert.True(float.IsNaN(model.Loss(x, [0, 0])));
        x[1] = 2;
        model.Peak(x, peak);
        Assert.Equal([4, 8], peak);
        Assert.True(float.IsFinite(model.Loss(x, [0, 0])));
    }

    [Fact]
    public void Ties_share_the_gradient()
    {
        using Ties model = new(1);
        using var trainer = model.CreateTrainer(new Sgd());
        Assert.Equal(10, trainer.Step([1, 1, 1, 1, 1, 1, 1, 1]));

        // A quarter of each row's maximum, half of each pair's, nothing of relu at zero, as in PyTorch.
        Assert.All(trainer.GradientOf("values").ToArray(), gradient => Assert.Equal(0.75f, gradient));
    }

    /// <summary>Places and sums as PyTorch 1.13 gives them; of −∞ alone the gradient is 0 here and NaN there.</summary>
    [Fact]
    public void Rows_of_infinities_of_NaN_and_of_equal_numbers()
    {
        const float inf = float.PositiveInfinity, nan = float.NaN;
        using SpecialRows model = new(1);
        float[] x = [-inf, -inf, -inf, -inf, -inf, 1, inf, inf, -inf, 2, 3, nan, -inf, nan, 9, 7, 7, 7, 7, 7, 1, 0, 1, 0, -inf];
        float[] sums = new float[5], largest = new float[5], smallest = new float[5], deviations = new float[5];
        model.Rows(x, sums, largest, smallest, deviations);
        Assert.Equal([-inf, inf, nan], sums[..3]);
        Assert.Equal(7 + MathF.Log(5), sums[3], 1e-6f);
        Assert.Equal(MathF.Log(2 + (2 * MathF.E)), sums[4], 1e-6f);
        Assert.Equal([0, 1, 1, 0, 0], largest);
        Assert.Equal([0, 3, 1, 0, 4], smallest);
        Assert.Equal(0, deviations[3]);

        using var trainer = model.CreateTrainer(new Sgd());
        Assert.Equal(-inf, trainer.Step([.. Enumerable.Repeat(-inf, 5), .. new float[20]], [.. Enumerable.Repeat(7f, 20), 1, 2, 3, 4, 5]));
        Assert.Equal([.. new float[5], .. Enumerable.Repeat(0.2f, 20)], trainer.GradientOf("left").ToArray());
        float[] gradient = trainer.GradientOf("right").ToArray();
        Assert.Equal(new float[20], gradient[..20]);
        float slope = 1 / (4 * MathF.Sqrt(2.5f));
        Numbers.AssertClose([-2.0 * slope, -slope, 0, slope, 2 * slope], [.. gradient.Skip(20)], 1e-6, "deviation");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Places_on_an_axis_longer_than_floats_count(int threads)
    {
        using LongAxis model = new(1, new ModelOptions { Threads = threads });
        float[] x = new float[LongAxis.Length];
        Assert.Equal(0, model.Distance(x, 0));
        foreach (int place in new[] { (1 << 24) + 1, (1 << 24) - 1, 12345677 })
        {
            x[place] = x[place + 1] = 1;
            Assert.Equal(0, model.Distance(x, place));
        }
    }

    /// <summary>As torch.nn.Embedding with padding_idx: what else reads the table passes its gradient to the row that pads too.</summary>
    [Fact]
    public void A_row_that_pads_is_zero_and_learns_nothing_from_lookups()
    {
        using PaddedTable model = new(1);
        float[] table = model.Values("table.weight").ToArray(), first = new float[12], last = new float[12];
        Assert.Equal([0, 0, 0], table[3..6]);
        Assert.DoesNotContain(0, table[..3].Concat(table[6..]));
        model.Rows([1, 0, 3, 1], first, last);
        Assert.Equal([0, 0, 0, .. table[..3], .. table[9..], 0, 0, 0], first);
        Assert.Equal([1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1], last);

        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.25 });
        trainer.Step([1, 0, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        Assert.Equal([4.5f, 5.5f, 6.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 7.5f, 8.5f, 9.5f], trainer.GradientOf("table.weight").ToArray());
        Assert.Equal([4, 5, 6, 11, 13, 15, 0, 0, 0, 0, 0, 0], trainer.GradientOf("last.weight").ToArray());
        Assert.Equal([0, 0, 0], model.Values("last.weight").ToArray()[9..]);
    }
}
