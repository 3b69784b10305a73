using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>A model planned for a largest batch does at every size what one compiled for that size does.</summary>
public class DynamicDimensionTests
{
    const int Inputs = SharedNetwork.Inputs, Classes = SharedNetwork.Classes;

    // The same float32 formulas; only the order of sums may differ.
    const double Tolerance = 2e-6;

    sealed record Batch(int Size)
    {
        public float[] X { get; } = Numbers.Floats(Size * Inputs, 10 + Size);
        public int[] Kinds { get; } = Numbers.Labels(Size, SharedNetwork.Kinds, 20 + Size);
        public int[] Labels { get; } = Numbers.Labels(Size, Classes, 30 + Size);
    }

    [Fact]
    public void A_batch_of_1()
    {
        using BatchOf1 constant = new(1);
        using var trainer = constant.CreateTrainer(new Sgd());
        Compare(1, constant, trainer, constant.Outputs, trainer.Step, constant.Loss);
    }

    [Fact]
    public void A_batch_of_3()
    {
        using BatchOf3 constant = new(1);
        using var trainer = constant.CreateTrainer(new Sgd());
        Compare(3, constant, trainer, constant.Outputs, trainer.Step, constant.Loss);
    }

    [Fact]
    public void A_batch_of_17()
    {
        using BatchOf17 constant = new(1);
        using var trainer = constant.CreateTrainer(new Sgd());
        Compare(17, constant, trainer, constant.Outputs, trainer.Step, constant.Loss);
    }

    [Fact]
    public void A_batch_of_64()
    {
        using BatchOf64 constant = new(1);
        using var trainer = constant.CreateTrainer(new Sgd());
        Compare(64, constant, trainer, constant.Outputs, trainer.Step, constant.Loss);
    }

    [Fact]
    public void Every_size_in_turn_leaves_nothing_behind()
    {
        using AnyBatch used = new(1);
        for (int size = AnyBatch.MaxBatch; size >= 1; size--)
        {
            using AnyBatch fresh = new(1);
            Numbers.AssertSameBits(OutputsOf(fresh, new Batch(size)), OutputsOf(used, new Batch(size)), $"size {size}");
        }
    }

    [Fact]
    public void Training_goes_on_through_a_partial_last_batch()
    {
        using AnyBatch model = new(1);
        using var trainer = model.CreateTrainer(new Adam { LearningRate = 0.01 });
        Batch whole = new(AnyBatch.MaxBatch), last = new(11);
        float first = trainer.Step(whole.X, whole.Kinds, whole.Labels);
        float loss = first;
        for (int epoch = 0; epoch < 60; epoch++)
        {
            loss = trainer.Step(whole.X, whole.Kinds, whole.Labels);
            trainer.Step(last.X, last.Kinds, last.Labels);
        }

        Assert.True(loss < 0.5 * first, $"{first} fell only to {loss}");
        Assert.Equal(121, trainer.StepCount);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using AnyBatch model = new(1);
        using var trainer = model.CreateTrainer(new Sgd());
        Batch large = new(AnyBatch.MaxBatch + 1), fitting = new(5);
        float[] before = model.AllValues();
        ArgumentException exception = Assert.Throws<ArgumentException>(() => trainer.Step(large.X, large.Kinds, large.Labels));
        Assert.Contains("batch", exception.Message, StringComparison.Ordinal);
        Assert.Contains("64", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.Loss(large.X, large.Kinds, large.Labels));
        Assert.Throws<ArgumentException>(() => model.Loss([], [], []));
        Assert.Throws<ArgumentException>(() => model.Loss(fitting.X.AsSpan(1), fitting.Kinds, fitting.Labels));
        Refused("kinds", () => model.Loss(fitting.X, new int[4], fitting.Labels));
        Refused("labels", () => trainer.Step(fitting.X, fitting.Kinds, new int[6]));
        Refused("Logits", () => model.Outputs(fitting.X, fitting.Kinds, new float[4 * Classes], new float[Classes]));
        Refused("kinds", () => model.Loss(fitting.X, [0, 0, 0, 0, SharedNetwork.Kinds], fitting.Labels));
        Refused("labels", () => model.Loss(fitting.X, fitting.Kinds, [0, 0, 0, 0, Classes]));
        Assert.Equal(0, trainer.StepCount);
        Numbers.AssertSameBits(before, model.AllValues(), "after refusals");
    }

    static void Refused(string input, Action call) =>
        Assert.Equal(input, Assert.ThrowsAny<ArgumentException>(call).ParamName);

    delegate void OutputsMethod(ReadOnlySpan<float> x, ReadOnlySpan<int> kinds, Span<float> logits, Span<float> mean);

    delegate float LossMethod(ReadOnlySpan<float> x, ReadOnlySpan<int> kinds, ReadOnlySpan<int> labels);

    static void Compare(
        int size, GraphModel constant, GraphTrainer constantTrainer, OutputsMethod outputs, LossMethod step, LossMethod loss)
    {
        using AnyBatch any = new(1);
        using var trainer = any.CreateTrainer(new Sgd());
        Numbers.AssertSameBits(constant.AllValues(), any.AllValues(), "first values");
        Batch batch = new(size);
        float[] logits = new float[size * Classes], mean = new float[Classes];
        outputs(batch.X, batch.Kinds, logits, mean);
        Numbers.AssertClose([.. logits, .. mean], OutputsOf(any, batch), Tolerance, "outputs");
        Numbers.AssertClose(
            [loss(batch.X, batch.Kinds, batch.Labels)], [any.Loss(batch.X, batch.Kinds, batch.Labels)], Tolerance, "loss");
        for (int i = 0; i < 3; i++)
        {
            float expected = step(batch.X, batch.Kinds, batch.Labels);
            Numbers.AssertClose([expected], [trainer.Step(batch.X, batch.Kinds, batch.Labels)], Tolerance, "step");
            foreach (ModelParameter parameter in any.Parameters)
            {
                Numbers.AssertClose(
                    constantTrainer.GradientOf(parameter.Name), trainer.GradientOf(parameter.Name), 5 * Tolerance, parameter.Name);
            }
        }
    }

    static float[] OutputsOf(AnyBatch model, Batch batch)
    {
        float[] logits = new float[batch.Size * Classes], mean = new float[Classes];
        model.Outputs(batch.X, batch.Kinds, logits, mean);
        return [.. logits, .. mean];
    }
}
