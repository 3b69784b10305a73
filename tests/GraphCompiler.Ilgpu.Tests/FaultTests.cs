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
}
