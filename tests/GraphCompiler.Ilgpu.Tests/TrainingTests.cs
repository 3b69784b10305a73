using GraphCompiler.Tests.Optimizers;
using Xunit.Abstractions;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A model trained on the device under test, beside the same model on the CPU.</summary>
public sealed class TrainingTests(ITestOutputHelper output) : IDisposable
{
    const double Tolerance = 1e-4;
    const int Steps = 3;

    readonly IlgpuDevice device = DeviceUnderTest.Open();
    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose()
    {
        device.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    public static TheoryData<string> Optimizers => ["sgd", "decay", "momentum", "nesterov", "adam", "adamw", "groups", "lion", "lamb", "five states"];

    static Optimizer OptimizerOf(string name) => name switch
    {
        "sgd" => new Sgd { LearningRate = 0.1 },
        "decay" => new Sgd { LearningRate = 0.1, WeightDecay = 0.1, DecayRule = ParameterRules.Matrices },
        "momentum" => new Sgd { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.1 },
        "nesterov" => new Sgd { LearningRate = 0.1, Momentum = 0.9, Nesterov = true },
        "adam" => new Adam { LearningRate = 0.01, WeightDecay = 0.1 },
        "five states" => new FiveStates(),
        "lion" => new Lion { LearningRate = 0.001, WeightDecay = 0.1 },
        "lamb" => new Lamb { LearningRate = 0.01, WeightDecay = 0.1 },
        "groups" => new AdamW { LearningRate = 0.01, WeightDecay = 0.1, Groups = [new("*.bias") { LearningRate = 0.02, WeightDecay = 0.05, ClipNorm = 0.01 }] },
        _ => new AdamW { LearningRate = 0.01, WeightDecay = 0.1, DecayRule = ParameterRules.Matrices },
    };

    static (float[] Pixels, int[] Digits) BatchOf(int seed)
    {
        var random = new Random(seed);
        return ([.. Enumerable.Range(0, Classifier.Batch * Classifier.Pixels).Select(_ => random.NextSingle() * 2 - 1)],
            [.. Enumerable.Range(0, Classifier.Batch).Select(_ => random.Next(Classifier.Classes))]);
    }

    [Fact]
    public void The_run_says_which_device_it_was()
    {
        output.WriteLine(device.Name);
        Assert.EndsWith(DeviceUnderTest.Kind switch
        {
            DeviceKind.Ptx => "PTX",
            DeviceKind.IlgpuCpu => "(CPU)",
            DeviceKind.OpenCl => "(OpenCL)",
            _ => "(Cuda)",
        }, device.Name, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_trains_as_on_the_cpu(string name)
    {
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(OptimizerOf(name));
        using var expected = onCpu.CreateTrainer(OptimizerOf(name));
        for (int step = 0; step < Steps; step++)
        {
            var (pixels, digits) = BatchOf(step);
            Assert.Equal(expected.Step(pixels, digits), trainer.Step(pixels, digits), Tolerance);
        }
        Assert.Equal(expected.GradientNorm, trainer.GradientNorm, expected.GradientNorm * Tolerance);
        SameParameters(onCpu, onDevice);
        SameLogits(onCpu, onDevice);
    }

    [Fact]
    public void Clipping_and_accumulation_are_those_of_the_cpu()
    {
        var options = new TrainerOptions { ClipNorm = 0.05, AccumulationSteps = 2 };
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(OptimizerOf("adamw"), options);
        using var expected = onCpu.CreateTrainer(OptimizerOf("adamw"), options);
        for (int step = 0; step < 4; step++)
        {
            var (pixels, digits) = BatchOf(step);
            trainer.Queue(pixels, digits);
            expected.Step(pixels, digits);
        }
        Assert.Equal(expected.GradientNorm, trainer.GradientNorm, expected.GradientNorm * Tolerance);
        Assert.Equal(2, trainer.UpdateCount);
        SameParameters(onCpu, onDevice);
    }

    [Fact]
    public void Weights_and_flushes_of_accumulated_steps_are_those_of_the_cpu()
    {
        var options = new TrainerOptions { ClipNorm = 0.05, AccumulationSteps = 3 };
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(OptimizerOf("sgd"), options);
        using var expected = onCpu.CreateTrainer(OptimizerOf("sgd"), options);
        for (int step = 0; step < 5; step++)
        {
            var (pixels, digits) = BatchOf(step);
            trainer.StepWeight = expected.StepWeight = new[] { 3, 5, 5, 1, 7 }[step];
            trainer.Queue(pixels, digits);
            expected.Step(pixels, digits);
        }
        Assert.True(trainer.FlushAccumulation());
        Assert.True(expected.FlushAccumulation());
        Assert.Equal(2, trainer.UpdateCount);
        Assert.Equal(expected.GradientNorm, trainer.GradientNorm, expected.GradientNorm * Tolerance);
        SameParameters(onCpu, onDevice);
    }

    [Fact]
    public void Training_moves_from_one_target_to_the_other()
    {
        string checkpoint = Path.Combine(folder, "training.safetensors"), weights = Path.Combine(folder, "model.safetensors");
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 4);
        using var trainer = onDevice.CreateTrainer(OptimizerOf("adam"));
        using var other = onCpu.CreateTrainer(OptimizerOf("adam"));
        var (pixels, digits) = BatchOf(0);
        trainer.Step(pixels, digits);
        trainer.SaveCheckpoint(checkpoint);
        other.LoadCheckpoint(checkpoint);
        Assert.Equal(trainer.Step(pixels, digits), other.Step(pixels, digits), Tolerance);

        other.SaveCheckpoint(checkpoint);
        trainer.LoadCheckpoint(checkpoint);
        Assert.Equal(other.Step(pixels, digits), trainer.Step(pixels, digits), Tolerance);
        SameParameters(onCpu, onDevice);

        onDevice.Save(weights);
        using var loaded = new Classifier(seed: 5, device);
        loaded.Load(weights);
        SameLogits(onCpu, loaded);
    }

    [Fact]
    public void What_a_file_does_not_have_stays_as_the_device_trained_it()
    {
        string weights = Path.Combine(folder, "part.safetensors");
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        var name = onCpu.Parameters[1].Name;
        var file = new SafetensorsWriter();
        file.Add(name, [.. onCpu.Parameters[1].Shape], new float[onCpu.Parameters[1].Count]);
        file.Save(weights);
        var (pixels, digits) = BatchOf(0);
        foreach (var model in new[] { onDevice, onCpu })
        {
            using var trainer = model.CreateTrainer(OptimizerOf("sgd"));
            trainer.Step(pixels, digits);
            Assert.Equal([name], model.Load(weights, new LoadOptions { Strict = false }).Loaded);
        }
        SameParameters(onCpu, onDevice);
    }

    [Fact]
    public void Gradients_and_written_parameters_pass_between_host_and_device()
    {
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        foreach (var model in new[] { onDevice, onCpu })
            model.Parameters[0].Values.Fill(0.01f);
        SameLogits(onCpu, onDevice);
        using var trainer = onDevice.CreateTrainer(OptimizerOf("sgd"));
        using var expected = onCpu.CreateTrainer(OptimizerOf("sgd"));
        var (pixels, digits) = BatchOf(0);
        trainer.Step(pixels, digits);
        expected.Step(pixels, digits);
        foreach (var parameter in onCpu.Parameters)
            Same(parameter.Name, expected.GradientOf(parameter.Name), trainer.GradientOf(parameter.Name));
    }

    [Fact]
    public void Memory_is_given_back()
    {
        Assert.Equal(0, device.AllocatedBytes);
        var model = new Classifier(seed: 3, device);
        using (model.CreateTrainer(OptimizerOf("adam")))
            Assert.True(device.AllocatedBytes > model.ParameterCount * sizeof(float));
        model.Dispose();
        Assert.Equal(0, device.AllocatedBytes);
    }

    static void SameParameters(Classifier expected, Classifier actual)
    {
        for (int i = 0; i < expected.Parameters.Count; i++)
            Same(expected.Parameters[i].Name, expected.Parameters[i].Values, actual.Parameters[i].Values);
    }

    static void SameLogits(Classifier expected, Classifier actual)
    {
        var (pixels, _) = BatchOf(9);
        float[] wanted = new float[Classifier.Batch * Classifier.Classes], found = new float[wanted.Length];
        expected.Logits(pixels, wanted);
        actual.Logits(pixels, found);
        Same("logits", wanted, found);
    }

    static void Same(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double scale = 0;
        foreach (float value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * scale, $"{name}[{i}] is {actual[i]}, not {expected[i]}");
    }
}
