using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A layer and a loss whose gradients lie in binary16.</summary>
[Graph(Precision = Precision.Float16)]
public sealed partial class HalfRegression
{
    public const int Batch = 4, Inputs = 8, Outputs = 4;

    readonly Linear layer = new(Inputs, Outputs);

    [Objective]
    public Tensor Loss([Shape(Batch, Inputs)] Tensor x, [Shape(Batch, Outputs)] Tensor y) => Mean(Square(Tanh(layer.Forward(x)) - y));
}

/// <summary>The scale of a loss on a device, which halves and doubles it without asking the host.</summary>
public sealed class LossScalingDeviceTests
{
    const int Steps = 12;

    static float[] Numbers(int seed, int count, float scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => scale * (random.NextSingle() * 2 - 1))];
    }

    /// <summary>Targets of some steps are so far away that their gradients are infinite in binary16.</summary>
    static (float[] X, float[] Y) BatchOf(int step) => (Numbers(step, HalfRegression.Batch * HalfRegression.Inputs),
        Numbers(step + 100, HalfRegression.Batch * HalfRegression.Outputs, step is 3 or 7 ? 3e4f : 1));

    [Fact]
    public void Steps_that_overflow_are_left_out_and_the_scale_follows_as_on_the_cpu()
    {
        var options = new TrainerOptions { ClipNorm = 1, LossScaling = new LossScaling { GrowthInterval = 3 } };
        string checkpoint = Path.GetTempFileName();
        using var device = DeviceUnderTest.Open();
        using var onDevice = new HalfRegression(seed: 3, device);
        using var onCpu = new HalfRegression(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Adam { LearningRate = 0.01 }, options);
        using var expected = onCpu.CreateTrainer(new Adam { LearningRate = 0.01 }, options);
        for (int step = 0; step < Steps; step++)
        {
            var (x, y) = BatchOf(step);
            trainer.Queue(x, y);
            expected.Step(x, y);
        }
        Assert.Equal((10, 2), (expected.UpdateCount, expected.SkippedSteps));
        Assert.Equal((10, 2), (trainer.UpdateCount, trainer.SkippedSteps));
        Assert.Equal(expected.LossScale, trainer.LossScale);
        Assert.Equal(expected.LastLoss, trainer.LastLoss, 1e-3);
        Assert.Equal(expected.GradientNorm, trainer.GradientNorm, 1e-3);
        Same(expected.GradientOf("layer.weight"), trainer.GradientOf("layer.weight"), 1e-3);
        Same(onCpu.Parameters[0].Values, onDevice.Parameters[0].Values, 1e-3);

        // The device goes on with the scale of a checkpoint: so large a one that the next step overflows.
        using var large = onCpu.CreateTrainer(new Adam { LearningRate = 0.01 }, options: new TrainerOptions
        {
            ClipNorm = 1,
            LossScaling = new LossScaling { InitialScale = 1 << 30, GrowthInterval = 3 },
        });
        large.SaveCheckpoint(checkpoint);
        trainer.LoadCheckpoint(checkpoint);
        File.Delete(checkpoint);
        trainer.Queue(BatchOf(0).X, BatchOf(0).Y);
        Assert.Equal((1 << 29, 1, 0), (trainer.LossScale, trainer.SkippedSteps, trainer.UpdateCount));
    }

    static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }
}
