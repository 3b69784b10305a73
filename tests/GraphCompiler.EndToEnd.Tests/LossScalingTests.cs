using System.Buffers.Binary;
using GraphCompiler.Checkpoints;
using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Training with gradients in binary16: the loss is scaled, and nobody but the backward pass sees it.</summary>
public sealed class LossScalingTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static HalfRegression.Trainer TrainerOf(HalfRegression model, TrainerOptions? options = null) => model.CreateTrainer(new Adam { LearningRate = 0.01 }, options);

    static float Step(HalfRegression.Trainer trainer, int step, float scaleOfTargets = 1, float weight = 1) => trainer.Step(
        Numbers.Floats(HalfRegression.Batch * HalfRegression.Inputs, step),
        Numbers.Floats(HalfRegression.Batch * HalfRegression.Outputs, step + 1000, scaleOfTargets),
        weight);

    /// <summary>Targets so far away that their gradients are infinite in binary16, once they are scaled.</summary>
    static float OverflowingStep(HalfRegression.Trainer trainer, int step) => Step(trainer, step, scaleOfTargets: 3e4f);

    /// <summary>All that a checkpoint has of parameters and optimizer state, as bytes.</summary>
    byte[] Remembered(HalfRegression.Trainer trainer)
    {
        string path = folder.File("remembered.safetensors");
        trainer.SaveCheckpoint(path);
        byte[] file = File.ReadAllBytes(path);
        return file[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file))..];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_step_that_overflows_is_skipped_and_the_scale_halved(int accumulationSteps)
    {
        using HalfRegression model = new(1);
        using var trainer = TrainerOf(model, new TrainerOptions { AccumulationSteps = accumulationSteps, ClipNorm = 1 });
        for (int step = 0; step < 2 * accumulationSteps; step++)
            Step(trainer, step);
        Assert.Equal((65536.0, 2L, 0L), (trainer.LossScale, trainer.UpdateCount, trainer.SkippedSteps));
        Assert.True(double.IsFinite(trainer.GradientNorm));
        float[] parameters = model.AllValues();
        byte[] before = Remembered(trainer);

        for (int step = 0; step < accumulationSteps; step++)
            Assert.True(float.IsFinite(step == 0 ? OverflowingStep(trainer, 50) : Step(trainer, 50 + step)));
        Assert.Equal((32768.0, 2L, (long)accumulationSteps), (trainer.LossScale, trainer.UpdateCount, trainer.SkippedSteps));
        Assert.False(double.IsFinite(trainer.GradientNorm));
        Numbers.AssertSameBits(parameters, model.AllValues(), "parameters");
        if (accumulationSteps == 1)
            Assert.Equal(before, Remembered(trainer));

        for (int step = 0; step < accumulationSteps; step++)
            Step(trainer, 60 + step);
        Assert.Equal((32768.0, 3L, (long)accumulationSteps), (trainer.LossScale, trainer.UpdateCount, trainer.SkippedSteps));
        Assert.True(double.IsFinite(trainer.GradientNorm));
        Assert.NotEqual(parameters, model.AllValues());
    }

    [Fact]
    public void Good_updates_double_the_scale_and_one_left_out_begins_the_count_anew()
    {
        using HalfRegression model = new(1);
        using var trainer = TrainerOf(model, new TrainerOptions { LossScaling = new LossScaling { InitialScale = 256, GrowthInterval = 3 } });
        List<double> scales = [];
        for (int step = 0; step < 12; step++)
        {
            if (step == 4)
                OverflowingStep(trainer, step);
            else
                Step(trainer, step);
            scales.Add(trainer.LossScale);
        }
        Assert.Equal([256, 256, 512, 512, 256, 256, 256, 512, 512, 512, 1024, 1024], scales);
    }

    /// <summary>Scales are powers of two: where nothing is too large or too small, they change no bit of what a user sees.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(2, 0.01)]
    public void Losses_gradients_and_updates_do_not_have_the_scale_in_them(int accumulationSteps, double? clipNorm)
    {
        TrainerOptions Options(float scale) => new() { AccumulationSteps = accumulationSteps, ClipNorm = clipNorm, LossScaling = new LossScaling { InitialScale = scale } };
        using HalfRegression small = new(1), large = new(1);
        using var smallTrainer = TrainerOf(small, Options(2048));
        using var largeTrainer = TrainerOf(large, Options(8192));
        for (int step = 0; step < 3 * accumulationSteps; step++)
        {
            Assert.Equal(Step(smallTrainer, step), Step(largeTrainer, step));
            Numbers.AssertSameBits(smallTrainer.AllGradients(small), largeTrainer.AllGradients(large), "gradients");
            Numbers.AssertSameBits(smallTrainer.AllGradients(small), largeTrainer.AllGradients(large), "gradients that are asked for again");
            Assert.Equal(smallTrainer.GradientNorm, largeTrainer.GradientNorm);
        }
        Assert.Equal((2048.0, 8192.0), (smallTrainer.LossScale, largeTrainer.LossScale));
        Numbers.AssertSameBits(small.AllValues(), large.AllValues(), "parameters");
    }

    [Fact]
    public void Small_gradients_survive_that_would_be_zero_otherwise()
    {
        const float Weight = 1e-7f;
        using HalfRegression model = new(1);
        using var scaled = TrainerOf(model);
        using var plain = TrainerOf(model, new TrainerOptions { LossScaling = new LossScaling { InitialScale = 1, GrowthInterval = null } });
        Step(plain, 1, weight: Weight);
        Assert.All(plain.GradientOf("first.weight").ToArray(), g => Assert.Equal(0, g));
        Step(scaled, 1, weight: Weight);
        Assert.True(scaled.GradientOf("first.weight").ToArray().Count(g => g != 0) > HalfRegression.Inputs * HalfRegression.Hidden * 9 / 10);
    }

    [Fact]
    public void A_training_that_is_resumed_goes_on_with_the_scale_and_the_same_bits()
    {
        TrainerOptions options = new() { AccumulationSteps = 2, LossScaling = new LossScaling { GrowthInterval = 3 } };
        static float[] Train(HalfRegression.Trainer trainer, int first, int count) =>
            [.. Enumerable.Range(first, count).Select(step => step == 3 ? OverflowingStep(trainer, step) : Step(trainer, step))];
        using HalfRegression whole = new(1), resumed = new(99);
        using var wholeTrainer = TrainerOf(whole, options);
        Train(wholeTrainer, 0, 7);
        Assert.Equal((32768.0, 2L), (wholeTrainer.LossScale, wholeTrainer.SkippedSteps));
        wholeTrainer.SaveCheckpoint(folder.File("half.safetensors"));
        float[] expected = Train(wholeTrainer, 7, 8);
        Assert.Equal(65536, wholeTrainer.LossScale);

        using var resumedTrainer = TrainerOf(resumed, options);
        Train(resumedTrainer, 20, 3);
        resumedTrainer.LoadCheckpoint(folder.File("half.safetensors"));
        Assert.Equal((32768.0, 2L), (resumedTrainer.LossScale, resumedTrainer.SkippedSteps));
        Numbers.AssertSameBits(expected, Train(resumedTrainer, 7, 8), "losses");
        Assert.Equal(65536, resumedTrainer.LossScale);
        Numbers.AssertSameBits(whole.AllValues(), resumed.AllValues(), "parameters");
        Numbers.AssertSameBits(wholeTrainer.AllGradients(whole), resumedTrainer.AllGradients(resumed), "gradients");

        using var other = TrainerOf(resumed, new TrainerOptions { AccumulationSteps = 2 });
        Assert.Contains("loss_scaling", Assert.Throws<SafetensorsException>(() => other.LoadCheckpoint(folder.File("half.safetensors"))).Message, StringComparison.Ordinal);
        Assert.Single(other.LoadCheckpoint(folder.File("half.safetensors"), new CheckpointOptions { AllowOtherSettings = true }));
        Assert.Equal(32768, other.LossScale);
    }

    [Fact]
    public void Other_models_have_a_scale_of_one()
    {
        using SmallClassifier model = new(1);
        using var trainer = model.CreateTrainer(new Adam());
        Assert.Equal(1, trainer.LossScale);
    }

    [Fact]
    public void Scales_are_powers_of_two()
    {
        foreach (float scale in new[] { 0, -2, 3, float.NaN, float.PositiveInfinity, 1e-30f, 2.1990233e12f })
            Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaling { InitialScale = scale });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaling { GrowthInterval = 0 });
        Assert.Equal(1.0995116e12f, new LossScaling { InitialScale = 1.0995116e12f }.InitialScale);
    }
}
