using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>State of the model: training steps change it, inference reads it, files hold it.</summary>
public class BatchNormTests
{
    [Fact]
    public void State_has_its_names_and_first_values()
    {
        using NormalizedClassifier model = new();
        Assert.Equal(
            ["norm1.running_mean", "norm1.running_var", "norm1.num_batches_tracked", "norm2.running_mean", "norm2.running_var", "norm2.num_batches_tracked"],
            model.States.Select(state => state.Name));
        Assert.Equal([1, 1, 1, 1], State(model, "norm2.running_var"));
        Assert.Equal([0], State(model, "norm1.num_batches_tracked"));
        Assert.Equal(["first.weight", "first.bias", "second.weight", "second.bias", "norm1.weight", "norm1.bias"], model.Parameters.Select(p => p.Name));
    }

    static float[] State(GraphModel model, string name) => model.States.Single(state => state.Name == name).Values.ToArray();

    [Fact]
    public void Inference_changes_nothing()
    {
        using NormalizedClassifier model = new();
        float[] x = Numbers.Floats(8 * NormalizedClassifier.Inputs, 1), logits = new float[8 * NormalizedClassifier.Classes], again = new float[logits.Length];
        model.Logits(x, logits);
        model.Loss(x, Numbers.Labels(8, NormalizedClassifier.Classes, 2));
        model.Logits(x, again);
        Numbers.AssertSameBits(logits, again, "logits");
        Assert.Equal([0], State(model, "norm1.num_batches_tracked"));
    }

    [Fact]
    public void Statistics_follow_the_batches()
    {
        using NormalizedClassifier model = new(4);
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0 });
        double[] mean = new double[NormalizedClassifier.Hidden], variance = [.. mean.Select(_ => 1.0)];
        for (int step = 1; step <= 5; step++)
        {
            int batch = 3 * step;
            float[] x = Numbers.Floats(batch * NormalizedClassifier.Inputs, step);
            trainer.Step(x, Numbers.Labels(batch, NormalizedClassifier.Classes, step));
            float[] weight = [.. model.Values("first.weight")], bias = [.. model.Values("first.bias")];
            for (int unit = 0; unit < mean.Length; unit++)
            {
                double[] values = [.. Enumerable.Range(0, batch).Select(row => bias[unit] + Enumerable.Range(0, NormalizedClassifier.Inputs)
                    .Sum(i => (double)x[row * NormalizedClassifier.Inputs + i] * weight[unit * NormalizedClassifier.Inputs + i]))];
                double average = values.Average();
                mean[unit] = 0.9 * mean[unit] + 0.1 * average;
                variance[unit] = 0.9 * variance[unit] + 0.1 * values.Sum(v => (v - average) * (v - average)) / (batch - 1);
            }

            Numbers.AssertClose(mean, State(model, "norm1.running_mean"), 1e-5, "mean");
            Numbers.AssertClose(variance, State(model, "norm1.running_var"), 1e-5, "variance");
            Assert.Equal([step], State(model, "norm2.num_batches_tracked"));
        }
    }
}
