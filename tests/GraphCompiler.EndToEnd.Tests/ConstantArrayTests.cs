using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Arrays where tensors are needed: their numbers, of every type, broadcast, multiplied, looked up and between layers.</summary>
public class ConstantArrayTests
{
    static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    [Fact]
    public void Arrays_broadcast_as_tensors()
    {
        using ConstantArrays model = new();
        float[] x = Random(15, 1), y = new float[15];
        model.Normalize(x, y);
        Numbers.AssertSameBits([.. x.Select((value, i) => (value - ConstantArrays.Mean[i % 3]) / (float)ConstantArrays.Deviation[i % 3])], y, "normalised");
        float[] wide = Random(40, 2), windowed = new float[40], window = ConstantArrays.Window(20);
        model.Windowed(wide, windowed);
        Numbers.AssertSameBits([.. wide.Select((value, i) => value * window[i % 20])], windowed, "windowed");
    }

    [Fact]
    public void Arrays_of_truth_values_and_integers_choose_and_count()
    {
        using ConstantArrays model = new();
        float[] x = Random(6, 3), y = new float[6];
        model.Kept(x, y);
        Assert.Equal([x[0] + 1, 2, x[2] + 3, x[3] + 1, 2, x[5] + 3], y);
        int[] counted = new int[8];
        model.Counted([0, 1, 2, 3, 10, 20, 30, 40], counted);
        Assert.Equal([2, 2, 5, 8, 22, 40, 61, 82], counted);
        float[] rows = Random(15, 4), chosen = new float[20];
        model.Chosen(rows, chosen);
        Assert.Equal([.. new[] { 2, 0, 1, 2 }.SelectMany(row => Enumerable.Range(0, 5).Select(i => rows[(row * 5) + i] * (i + 1)))], chosen);
    }

    [Fact]
    public void Arrays_of_doubles_keep_their_64_bits()
    {
        using ConstantArrays model = new();
        double[] x = [1, 3, -7], y = new double[3];
        model.Precise(x, y);
        Assert.Equal([.. x.Zip(ConstantArrays.Deviation, (a, b) => a * b)], y);
    }

    [Fact]
    public void Arrays_of_two_axes_are_matrices()
    {
        using ConstantArrays model = new();
        float[] x = [1, 2, 4], y = new float[3];
        model.Mixed(x, y);
        Assert.Equal([2f, 16f, 4f], y);
    }

    [Fact]
    public void Layers_have_arrays_of_their_own()
    {
        using ConstantArrays model = new();
        float[] x = [0.5f, -0.25f, 0.75f], y = new float[3];
        model.Through(x, y);
        double[] expected = [.. x];
        for (int layer = 0; layer < 4; layer++)
        {
            double[] exponentials = [.. expected.Select((value, i) => Math.Exp(value * ((layer * 3) + i + 1)))];
            expected = [.. expected.Select((value, i) => value * exponentials[i] / exponentials.Sum())];
        }
        for (int i = 0; i < 3; i++)
            Assert.Equal(expected[i], y[i], 1e-6);
    }

    [Fact]
    public void Gradients_pass_arrays_and_training_lowers_the_loss()
    {
        using ConstantArrays model = new(seed: 3);
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.05 });
        float[] x = Random(48, 5);
        float first = trainer.Step(x), last = first;
        for (int step = 0; step < 200; step++)
            last = trainer.Step(x);
        Assert.True(last < first / 100, $"{first} to {last}");
    }
}
