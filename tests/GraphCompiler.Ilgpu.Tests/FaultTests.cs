using GraphCompiler.Ilgpu.Tests.Runtimes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Whatever fails on a device, and whenever: it is said, and everything is given back.</summary>
public class FaultTests
{
    /// <summary>
    /// What trains and runs a model in every way that takes memory or waits. Each waits for all that it queues: what fails while
    /// something is disposed is said to nobody.
    /// </summary>
    static readonly Dictionary<string, Action<IlgpuDevice>> Uses = new()
    {
        ["state, sums, decay"] = device =>
        {
            using var model = new Normalised(seed: 1, device);
            var options = new TrainerOptions { AccumulationSteps = 2, ClipNorm = 1 };
            using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.1, WeightDecay = 0.1 }, options);
            float[] x = new float[Normalised.Batch * Normalised.Inputs], y = new float[Normalised.Batch];
            for (int step = 0; step < 6; step++)
                trainer.Queue(x, y);
            _ = trainer.LastLoss;
            _ = trainer.GradientNorm;
            _ = trainer.GradientOf(model.Parameters[0].Name)[0];
            _ = model.Parameters[0].Values[0];
            model.Values(x, y);
            device.Synchronize();
        },
        ["sessions"] = device =>
        {
            using var model = new Gpt(seed: 1, device);
            float[] logits = new float[Gpt.Vocabulary];
            for (int round = 0; round < 2; round++)
            {
                using var session = model.CreateSession();
                for (int position = 0; position < 3; position++)
                    session.Next([position], position, logits);
            }
        },
        ["momentum"] = device =>
        {
            using var model = new Classifier(seed: 1, device);
            using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.1, Momentum = 0.9 });
            _ = trainer.Step(new float[Classifier.Batch * Classifier.Pixels], new int[Classifier.Batch]);
            _ = trainer.GradientNorm;
        },
    };

    public static TheoryData<string, int, bool> Faults
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (string use in Uses.Keys)
            {
                data.Add(use, (int)(DeviceWork.Allocation | DeviceWork.HostAllocation), false);
                data.Add(use, (int)DeviceWork.Any, true);
                data.Add(use, (int)DeviceWork.Any, false);
            }
            return data;
        }
    }

    /// <summary>The first work fails, then the second, and so on, until there are no more.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public void Whatever_fails_everything_is_given_back(string use, int kinds, bool isLost)
    {
        int number = 0;
        for (bool hasStruck = true; hasStruck; number++)
        {
            var idle = new IdleRuntime();
            var failing = new FailingRuntime(idle) { Fault = new Fault((DeviceWork)kinds, number, isLost) };
            using var device = new IlgpuDevice(failing);
            var thrown = Record.Exception(() => Uses[use](device));
            hasStruck = failing.Fault.HasStruck;
            Assert.True(hasStruck == thrown is DeviceException && (hasStruck || thrown is null), $"work {number}: {thrown}");
            Assert.True(device.AllocatedBytes == 0, $"work {number} fails, and {device.AllocatedBytes} bytes stay allocated: {thrown}");
            Assert.True(idle.Deferred.Unfreed == 0, $"work {number} fails, and {idle.Deferred.Unfreed} blocks of the host and events are not freed: {thrown}");
        }
        Assert.True(number > 5, $"There were {number} works.");
    }

    static float[] Pixels { get; } = [.. Enumerable.Range(0, Classifier.Batch * Classifier.Pixels).Select(i => i % 7 - 3f)];

    static int[] Digits { get; } = [.. Enumerable.Range(0, Classifier.Batch).Select(i => i % Classifier.Classes)];

    static float[] LogitsOf(Classifier model)
    {
        float[] logits = new float[Classifier.Batch * Classifier.Classes];
        model.Logits(Pixels, logits);
        return logits;
    }

    /// <summary>What was trained before a device is lost goes on from its checkpoint, on the CPU or on the device that is opened again.</summary>
    [Theory]
    [InlineData((int)DeviceWork.Launch)]
    [InlineData((int)DeviceWork.Copy)]
    [InlineData((int)DeviceWork.Wait)]
    public void Training_goes_on_where_a_lost_device_left_it(int work)
    {
        string file = Path.GetTempFileName();
        using var onCpu = new Classifier(seed: 1);
        using var expected = onCpu.CreateTrainer(new Adam());
        var failing = new FailingRuntime(InterpretedRuntime.Default());
        using (var lost = new IlgpuDevice(failing))
        {
            using var model = new Classifier(seed: 1, lost);
            using var trainer = model.CreateTrainer(new Adam());
            Assert.Equal(expected.Step(Pixels, Digits), trainer.Step(Pixels, Digits), 1e-4);
            trainer.SaveCheckpoint(file);
            failing.Fault = new Fault((DeviceWork)work, number: 0, isLost: true);
            string message = Assert.Throws<DeviceException>(() => trainer.Step(Pixels, Digits)).Message;
            Assert.Contains("The device is lost. If the device was lost, dispose its models", message, StringComparison.Ordinal);
        }
        float next = expected.Step(Pixels, Digits);
        using var again = new IlgpuDevice(InterpretedRuntime.Default());
        foreach (var model in new[] { new Classifier(seed: 2), new Classifier(seed: 2, again) })
        {
            using (model)
            using (var trainer = model.CreateTrainer(new Adam()))
            {
                trainer.LoadCheckpoint(file);
                Assert.Equal(next, trainer.Step(Pixels, Digits), 1e-4);
            }
        }
        File.Delete(file);
    }

    /// <summary>Whichever allocation of a trainer fails, the model goes on, and so does a trainer that is made when there is room again.</summary>
    [Fact]
    public void A_model_goes_on_when_its_trainer_did_not_fit()
    {
        var failing = new FailingRuntime(InterpretedRuntime.Default());
        using var device = new IlgpuDevice(failing);
        using var onCpu = new Classifier(seed: 1);
        using var expected = onCpu.CreateTrainer(new Adam());
        using var model = new Classifier(seed: 1, device);
        float[] logits = LogitsOf(model);
        long allocated = device.AllocatedBytes;
        int number = 0;
        for (; ; number++)
        {
            failing.Fault = new Fault(DeviceWork.Allocation, number, isLost: false);
            if (Record.Exception(() => model.CreateTrainer(new Adam()).Dispose()) is not { } thrown)
                break;
            Assert.IsType<DeviceException>(thrown);
            Assert.Equal(allocated, device.AllocatedBytes);
            Assert.Equal(logits, LogitsOf(model));
        }
        Assert.InRange(number, 3, 10);
        failing.Fault = null;
        using var trainer = model.CreateTrainer(new Adam());
        for (int step = 0; step < 2; step++)
            Assert.Equal(expected.Step(Pixels, Digits), trainer.Step(Pixels, Digits), 1e-4);
        float[] wanted = LogitsOf(onCpu), found = LogitsOf(model);
        for (int i = 0; i < wanted.Length; i++)
            Assert.Equal(wanted[i], found[i], 1e-3);
    }
}
