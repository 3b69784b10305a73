namespace GraphCompiler.Tests.Optimizers;

public sealed class GradientClippingTests
{
    static TestModel Model(int threads = 1)
        => new(TestModel.LayoutOf(("a", [300, 170]), ("b", [13])), 3, new ModelOptions { Threads = threads });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Norm_is_that_of_all_gradients_as_one_vector(int threads)
    {
        using TestModel model = Model(threads);
        float[] gradients = [.. Enumerable.Range(0, 51013).Select(index => MathF.Sin(index) * (1 + index % 7))];
        double expected = Math.Sqrt(gradients.Sum(gradient => (double)gradient * gradient));
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd { LearningRate = 1 }, new TrainerOptions { ClipNorm = 2 });
        Assert.True(double.IsNaN(trainer.GradientNorm));
        float[] before = model.Values();
        trainer.Step(gradients);

        Assert.Equal(expected, trainer.GradientNorm, expected * 1e-6);
        float[] after = model.Values();
        double length = Math.Sqrt(before.Zip(after, (a, b) => (double)(a - b) * (a - b)).Sum());
        Assert.Equal(2, length, 1e-4);
    }

    [Fact]
    public void Shorter_gradients_stay_as_they_are()
    {
        float[] gradients = [.. Enumerable.Range(0, 51013).Select(index => 1e-4f * MathF.Cos(index))];
        Assert.Equal(After(new TrainerOptions(), gradients), After(new TrainerOptions { ClipNorm = 1 }, gradients));
    }

    [Fact]
    public void Huge_gradients_are_clipped_and_not_taken_for_infinite()
    {
        using TestModel model = Model();
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd { LearningRate = 1 }, new TrainerOptions { ClipNorm = 1 });
        trainer.Program.GradientAt = _ => 1e30f;
        trainer.Step();
        Assert.Equal(1, trainer.UpdateCount);
        Assert.Equal(1e30 * Math.Sqrt(51013), trainer.GradientNorm, 1e26);
        Assert.All(model.Values(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void An_update_that_is_not_finite_is_left_out(float bad)
    {
        float[] good = [.. Enumerable.Range(0, 51013).Select(index => MathF.Sin(index))];
        float[] spoilt = [.. good];
        spoilt[40_000] = bad;

        foreach (int threads in (int[])[1, 2])
        {
            using TestModel model = Model(threads), reference = Model(threads);
            TrainerOptions options = new() { ClipNorm = 1, AccumulationSteps = 2 };
            using GivenGradients.Trainer trainer = model.TrainOnGiven(new AdamW(), options);
            using GivenGradients.Trainer referenceTrainer = reference.TrainOnGiven(new AdamW(), options);

            trainer.Step(good);
            trainer.Step(spoilt);
            Assert.Equal((0, 1, 2), (trainer.UpdateCount, trainer.SkippedUpdates, trainer.StepCount));
            Assert.False(double.IsFinite(trainer.GradientNorm));
            Assert.Equal(reference.Values(), model.Values());

            // Nothing of the spoilt sum may be left in the sum or in the moments.
            for (int step = 0; step < 4; step++)
            {
                trainer.Step(good);
                referenceTrainer.Step(good);
            }

            Assert.Equal((2, 1, 6), (trainer.UpdateCount, trainer.SkippedUpdates, trainer.StepCount));
            Assert.Equal(reference.Values(), model.Values());
        }
    }

    [Fact]
    public void Accumulation_uses_the_mean()
    {
        float[] first = [.. Enumerable.Range(0, 51013).Select(index => MathF.Sin(index))];
        float[] second = [.. Enumerable.Range(0, 51013).Select(index => MathF.Cos(index))];
        float[] mean = [.. first.Zip(second, (a, b) => (a + b) / 2)];

        float[] accumulated = After(new TrainerOptions { AccumulationSteps = 2, ClipNorm = 100 }, first, second);
        Assert.Equal(After(new TrainerOptions { ClipNorm = 100 }, mean), accumulated);

        // Half a sum changes nothing.
        using TestModel untouched = Model();
        Assert.Equal(untouched.Values(), After(new TrainerOptions { AccumulationSteps = 2 }, first));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Weights_give_the_mean_of_the_one_large_batch_and_a_part_of_a_sum_can_be_flushed(int threads)
    {
        float[] first = [.. Enumerable.Range(0, 51013).Select(index => MathF.Sin(index))];
        float[] second = [.. Enumerable.Range(0, 51013).Select(index => MathF.Cos(index))];
        float[] mean = [.. first.Zip(second, (a, b) => (3 * a + 5 * b) / 8)];
        using TestModel model = Model(threads), whole = Model(threads);
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd { LearningRate = 0.1 }, new TrainerOptions { AccumulationSteps = 4, ClipNorm = 50 });
        using GivenGradients.Trainer expected = whole.TrainOnGiven(new Sgd { LearningRate = 0.1 }, new TrainerOptions { ClipNorm = 50 });
        Assert.False(trainer.FlushAccumulation());
        for (int update = 1; update <= 2; update++)
        {
            foreach ((float[] gradients, double weight) in ((float[], double)[])[(first, 3), (second, 5), (first, 0)])
            {
                trainer.StepWeight = weight;
                trainer.Step(gradients);
            }
            Assert.Equal(update - 1, trainer.UpdateCount);
            Assert.True(trainer.FlushAccumulation());
            expected.Step(mean);
            Assert.Equal(update, trainer.UpdateCount);
            Assert.Equal(expected.GradientNorm, trainer.GradientNorm, 1e-4);
            Assert.All(whole.Values().Zip(model.Values()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
        Assert.False(trainer.FlushAccumulation());
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.StepWeight = -1);
    }

    static float[] After(TrainerOptions options, params float[][] steps)
    {
        using TestModel model = Model();
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd { LearningRate = 0.1, Momentum = 0.5 }, options);
        foreach (float[] gradients in steps)
            trainer.Step(gradients);
        return model.Values();
    }
}
