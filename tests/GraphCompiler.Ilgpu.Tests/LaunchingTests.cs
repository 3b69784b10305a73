using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu.Tests.Runtimes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Steps are queued, captured and replayed: whatever the way, the bits are the same, and the host learns in time what it must know.</summary>
public sealed class LaunchingTests : IDisposable
{
    const int Steps = 6;

    readonly IlgpuDevice device = DeviceUnderTest.Open();
    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose()
    {
        device.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static (float[] Pixels, int[] Digits) BatchOf(int seed)
    {
        var random = new Random(seed);
        return ([.. Enumerable.Range(0, Classifier.Batch * Classifier.Pixels).Select(_ => random.NextSingle() * 2 - 1)],
            [.. Enumerable.Range(0, Classifier.Batch).Select(_ => random.Next(Classifier.Classes))]);
    }

    static TrainerOptions Clipping => new() { ClipNorm = 0.05, Schedule = LearningRateSchedule.WarmUp(4) };

    static int[] ParametersOf(GraphModel model) => [.. model.Parameters.SelectMany(p => MemoryMarshal.Cast<float, int>(p.Values).ToArray())];

    /// <summary>What a training and a decoding leave behind, on a device that is allowed some things.</summary>
    static (int[] Bits, int Graphs) BitsOf(IlgpuOptions allowed, TrainerOptions options)
    {
        using var own = DeviceUnderTest.Open(allowed);
        using var classifier = new Classifier(seed: 3, own);
        var bits = new List<int>();
        using (var trainer = classifier.CreateTrainer(new AdamW { LearningRate = 0.01 }, options))
        {
            for (int step = 0; step < Steps; step++)
            {
                var (pixels, digits) = BatchOf(step);
                bits.Add(BitConverter.SingleToInt32Bits(trainer.Step(pixels, digits)));
            }
            bits.Add(BitConverter.SingleToInt32Bits((float)trainer.GradientNorm));
        }
        bits.AddRange(ParametersOf(classifier));
        using var gpt = new Gpt(seed: 3, own);
        using var session = gpt.CreateSession();
        float[] logits = new float[Gpt.Vocabulary];
        foreach (var (first, count) in new[] { (0, 2), (2, 1), (3, 1), (4, 1), (0, 2), (2, 2), (4, 1), (0, 2), (2, 2) })
        {
            session.Next([.. Enumerable.Range(first, count).Select(i => i * 3 % Gpt.Vocabulary)], first, logits);
            bits.AddRange(MemoryMarshal.Cast<float, int>(logits).ToArray());
        }
        return ([.. bits], own.CapturedGraphs);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.05, 1)]
    [InlineData(0.05, 2)]
    public void Replayed_graphs_give_the_bits_of_single_launches(double clipNorm, int accumulationSteps)
    {
        var options = new TrainerOptions { ClipNorm = clipNorm > 0 ? clipNorm : null, AccumulationSteps = accumulationSteps };
        var (single, none) = BitsOf(new IlgpuOptions { CaptureGraphs = false }, options);
        var (replayed, graphs) = BitsOf(new IlgpuOptions(), options);
        Assert.Equal(0, none);
        // Of the training, of its update, and of decoding one and two tokens.
        Assert.Equal(DeviceUnderTest.CapturesGraphs ? 4 : 0, graphs);
        Assert.Equal(single, replayed);
    }

    /// <summary>Whoever assembles and launches kernels: ILGPU, or we by the driver's calls, for whichever compute capability.</summary>
    [DeviceFact(DeviceNeeds.CudaDriver)]
    public void Kernels_that_ilgpu_loads_give_the_bits_of_those_that_the_driver_loads()
    {
        var options = new TrainerOptions { ClipNorm = 0.05 };
        var (expected, _) = BitsOf(new IlgpuOptions { LoadThroughDriver = false }, options);
        Assert.Equal(expected, BitsOf(new IlgpuOptions(), options).Bits);
        Assert.Equal(expected, BitsOf(new IlgpuOptions { TargetSm90 = true }, options).Bits);
    }

    [Fact]
    public void The_callers_memory_is_free_when_a_step_is_queued()
    {
        using var queued = new Classifier(seed: 3, device);
        using var stepped = new Classifier(seed: 3, device);
        using var ahead = queued.CreateTrainer(new AdamW { LearningRate = 0.01 });
        using var trainer = stepped.CreateTrainer(new AdamW { LearningRate = 0.01 });
        float[] pixels = new float[Classifier.Batch * Classifier.Pixels];
        int[] digits = new int[Classifier.Batch];
        float loss = float.NaN;
        Assert.Equal(loss, ahead.LastLoss);
        for (int step = 0; step < Steps; step++)
            loss = trainer.Step(BatchOf(step).Pixels, BatchOf(step).Digits);
        for (int step = 0; step < Steps; step++)
        {
            BatchOf(step).Pixels.CopyTo(pixels, 0);
            BatchOf(step).Digits.CopyTo(digits, 0);
            ahead.Queue(pixels, digits);
            Array.Fill(pixels, float.NaN);
            Array.Fill(digits, -1);
        }
        Assert.Equal(loss, ahead.LastLoss);
        Assert.Equal(loss, trainer.LastLoss);
        Assert.Equal(ParametersOf(stepped), ParametersOf(queued));
    }

    /// <summary>A step's inputs are copied beside the steps before it, as early as they may be or as late.</summary>
    [DeviceTheory(DeviceNeeds.Interpreter)]
    [InlineData(true)]
    [InlineData(false)]
    public void Copies_beside_the_work_neither_come_too_early_nor_too_late(bool copiesAtOnce)
    {
        using var own = new IlgpuDevice(InterpretedRuntime.Default(copiesAtOnce));
        using var onDevice = new Classifier(seed: 3, own);
        using var onCpu = new Classifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Sgd { LearningRate = 0.1 });
        using var expected = onCpu.CreateTrainer(new Sgd { LearningRate = 0.1 });
        for (int step = 0; step < 2 * Steps; step++)
        {
            trainer.Queue(BatchOf(step).Pixels, BatchOf(step).Digits);
            expected.Step(BatchOf(step).Pixels, BatchOf(step).Digits);
        }
        Assert.Equal(expected.LastLoss, trainer.LastLoss, 1e-4);
        SameParameters(onCpu, onDevice);
    }

    static TrainerOptions Scheduled(bool clips) => clips ? Clipping : new TrainerOptions { Schedule = LearningRateSchedule.WarmUp(4) };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Updates_without_a_finite_norm_are_left_out_and_counted_as_on_the_cpu(bool clips)
    {
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Adam { LearningRate = 0.01 }, Scheduled(clips));
        using var expected = onCpu.CreateTrainer(new Adam { LearningRate = 0.01 }, Scheduled(clips));
        for (int step = 0; step < 12; step++)
        {
            var (pixels, digits) = BatchOf(step);
            if (step is 0 or 3 or 4 or 5 or 11)
                pixels[step] = float.NaN;
            trainer.Queue(pixels, digits);
            expected.Step(pixels, digits);
        }
        Assert.Equal((7, 5), (expected.UpdateCount, expected.SkippedUpdates));
        Assert.Equal((7, 5), (trainer.UpdateCount, trainer.SkippedUpdates));
        Assert.Equal(expected.LearningRate, trainer.LearningRate);
        Assert.Equal(expected.GradientNorm, trainer.GradientNorm);
        SameParameters(onCpu, onDevice);
    }

    /// <summary>The state that batches went into comes back with the update that is left out, whichever of its steps was spoilt.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Updates_that_are_left_out_give_the_state_back(int accumulationSteps)
    {
        var options = new TrainerOptions { AccumulationSteps = accumulationSteps };
        using var onDevice = new Normalised(seed: 3, device);
        using var onCpu = new Normalised(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Sgd { LearningRate = 0.05, Momentum = 0.9 }, options);
        using var expected = onCpu.CreateTrainer(new Sgd { LearningRate = 0.05, Momentum = 0.9 }, options);
        var random = new Random(5);
        for (int step = 0; step < 4 * accumulationSteps; step++)
        {
            float[] x = [.. Enumerable.Range(0, Normalised.Batch * Normalised.Inputs).Select(_ => random.NextSingle() * 2 - 1)];
            float[] y = [.. Enumerable.Range(0, Normalised.Batch).Select(_ => random.NextSingle())];
            bool isLeftOut = step / accumulationSteps is 0 or 2;
            float last = x[^1];
            if (isLeftOut && step % accumulationSteps == accumulationSteps / 2)
                x[^1] = float.PositiveInfinity;
            trainer.Queue(x, y);
            x[^1] = last;
            if (!isLeftOut)
                expected.Step(x, y);
        }
        Assert.Equal((2, 2), (trainer.UpdateCount, trainer.SkippedUpdates));
        SameParameters(onCpu, onDevice);
        foreach (var (wanted, found) in onCpu.States.Zip(onDevice.States))
            Same(wanted.Name, wanted.Values, found.Values);
    }

    [Fact]
    public void Very_long_gradients_are_clipped_as_on_the_cpu()
    {
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Sgd { LearningRate = 0.1 }, Clipping);
        using var expected = onCpu.CreateTrainer(new Sgd { LearningRate = 0.1 }, Clipping);
        var (pixels, digits) = BatchOf(1);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] *= 1e25f;
        trainer.Step(pixels, digits);
        expected.Step(pixels, digits);
        Assert.Equal(1, expected.UpdateCount);
        Assert.InRange(trainer.GradientNorm / expected.GradientNorm, 1 - 1e-4, 1 + 1e-4);
        SameParameters(onCpu, onDevice);
    }

    [Fact]
    public void Kernels_load_once_a_device_and_only_when_they_run()
    {
        var (pixels, digits) = BatchOf(1);
        int first = 0;
        for (int round = 0; round < 2; round++)
        {
            using var model = new Classifier(seed: 3, device);
            Assert.Equal(first, device.LoadedKernels);
            model.Logits(pixels, new float[Classifier.Batch * Classifier.Classes]);
            int ofLogits = device.LoadedKernels;
            using (var trainer = model.CreateTrainer(new Adam(), Clipping))
                trainer.Step(pixels, digits);
            using (var trainer = model.CreateTrainer(new Adam(), Clipping))
                trainer.Step(pixels, digits);
            if (round == 0)
                Assert.InRange(ofLogits, 1, device.LoadedKernels - 4);
            first = round == 0 ? device.LoadedKernels : first;
            Assert.Equal(first, device.LoadedKernels);
        }
    }

    [DeviceTheory(DeviceNeeds.CudaDriver)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_step_allocates_nothing_on_the_host(bool captures)
    {
        using var own = DeviceUnderTest.Open(new IlgpuOptions { CaptureGraphs = captures });
        using var model = new Classifier(seed: 3, own);
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.01 }, Clipping);
        var (pixels, digits) = BatchOf(1);
        for (int step = 0; step < 10; step++)
            trainer.Queue(pixels, digits);
        _ = trainer.Step(pixels, digits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 10; step++)
            trainer.Queue(pixels, digits);
        _ = trainer.Step(pixels, digits);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Of_many_sizes_some_are_remembered_and_all_are_right()
    {
        using var onDevice = new Ragged(seed: 3, device);
        using var onCpu = new Ragged(seed: 3);
        for (int round = 0; round < 2; round++)
        {
            for (int rows = 1; rows <= Ragged.MostRows; rows++)
            {
                float[] x = [.. Enumerable.Range(0, rows * 3).Select(i => i + round - 0.5f)];
                float[] wanted = new float[rows * 2], found = new float[rows * 2];
                onCpu.Values(x, wanted);
                for (int again = 0; again < 3; again++)
                    onDevice.Values(x, found);
                Same($"{rows} rows", wanted, found);
            }
        }
        // The first sizes were forgotten when they came again.
        Assert.Equal(DeviceUnderTest.CapturesGraphs ? 2 * Ragged.MostRows : 0, device.CapturedGraphs);
    }

    [Fact]
    public void Training_with_state_moves_between_targets_in_the_middle_of_a_sum()
    {
        string file = Path.Combine(folder, "training.safetensors");
        var options = new TrainerOptions { AccumulationSteps = 2, ClipNorm = 0.5 };
        using var onDevice = new Normalised(seed: 3, device);
        using var onCpu = new Normalised(seed: 4);
        using var alone = new Normalised(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Sgd { LearningRate = 0.05, Momentum = 0.9 }, options);
        using var other = onCpu.CreateTrainer(new Sgd { LearningRate = 0.05, Momentum = 0.9 }, options);
        using var expected = alone.CreateTrainer(new Sgd { LearningRate = 0.05, Momentum = 0.9 }, options);
        var random = new Random(5);
        for (int step = 0; step < 9; step++)
        {
            float[] x = [.. Enumerable.Range(0, Normalised.Batch * Normalised.Inputs).Select(_ => random.NextSingle() * 2 - 1)];
            float[] y = [.. Enumerable.Range(0, Normalised.Batch).Select(_ => random.NextSingle())];
            bool isOnCpu = step is >= 3 and < 6;
            if (step is 3)
                Move(trainer.SaveCheckpoint, other.LoadCheckpoint, file);
            if (step is 6)
                Move(other.SaveCheckpoint, trainer.LoadCheckpoint, file);
            float loss = isOnCpu ? other.Step(x, y) : trainer.Step(x, y);
            Assert.Equal(expected.Step(x, y), loss, 1e-4);
        }
        Assert.Equal((expected.StepCount, expected.UpdateCount), (trainer.StepCount, trainer.UpdateCount));
        SameParameters(alone, onDevice);
        foreach (var (wanted, found) in alone.States.Zip(onDevice.States))
            Same(wanted.Name, wanted.Values, found.Values);
    }

    /// <summary>A copy waits for the steps before it: time for the collector to move the array that it goes to.</summary>
    [Fact]
    public void Arrays_may_move_while_devices_copy()
    {
        using var model = new Classifier(seed: 3, device);
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.01 });
        using var block = device.Allocate(1000 * sizeof(float), "Numbers");
        float[] numbers = [.. Enumerable.Range(1, 1000)];
        block.Write(0, numbers);
        var (pixels, digits) = BatchOf(0);
        trainer.Step(pixels, digits);
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(1, GCCollectionMode.Forced, blocking: true, compacting: true);
                Thread.Sleep(1);
            }
        });
        collector.Start();
        try
        {
            for (int step = 0; step < 4 * Steps; step++)
            {
                trainer.Queue(pixels, digits);
                GC.KeepAlive(new byte[numbers.Length]);
                float[] read = new float[numbers.Length];
                block.Read(0, read);
                Assert.Equal(numbers, read);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    static void Move(Action<string> save, Action<string> load, string file)
    {
        save(file);
        load(file);
    }

    static void SameParameters(GraphModel expected, GraphModel actual)
    {
        foreach (var (wanted, found) in expected.Parameters.Zip(actual.Parameters))
            Same(wanted.Name, wanted.Values, found.Values);
    }

    static void Same(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double scale = 0;
        foreach (float value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-4 * scale, $"{name}[{i}] is {actual[i]}, not {expected[i]}");
    }
}

/// <summary>A model of more sizes than a program remembers.</summary>
[Graph, Dim("rows", Max = MostRows)]
public sealed partial class Ragged
{
    public const int MostRows = 18;

    readonly Linear map = new(3, 2);

    public Tensor Values([Shape("rows", 3)] Tensor x) => map.Forward(x);
}
