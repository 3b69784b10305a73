using GraphCompiler.Ilgpu.Tests.Runtimes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>What a device will need, and what is said where it is absent, too small or lost.</summary>
public class MemoryAndErrorTests
{
    static readonly float[] Pixels = new float[Classifier.Batch * Classifier.Pixels];
    static readonly int[] Digits = new int[Classifier.Batch];

    /// <summary>Each optimizer, whose state and rules of decay differ.</summary>
    static readonly Dictionary<string, Optimizer> Optimizers = new()
    {
        ["sgd"] = new Sgd { LearningRate = 0.1 },
        ["momentum"] = new Sgd { LearningRate = 0.1, Momentum = 0.9 },
        ["adam"] = new Adam { LearningRate = 0.1 },
        ["decay"] = new Adam { LearningRate = 0.1, WeightDecay = 0.1 },
        ["adamw"] = new AdamW { LearningRate = 0.1 },
    };

    /// <summary>A model on the device, its report, and a trainer of its objective.</summary>
    static readonly Dictionary<string, Func<IlgpuDevice, (GraphModel Model, Func<Optimizer, TrainerOptions, GraphTrainer> CreateTrainer)>> Models = new()
    {
        ["classifier"] = device => new Classifier(seed: 1, device) is var model ? (model, model.CreateTrainer) : default,
        ["state"] = device => new Normalised(seed: 1, device) is var model ? (model, model.CreateTrainer) : default,
        ["attention and sessions"] = device => new Gpt(seed: 1, device) is var model ? (model, model.CreateTrainer) : default,
        ["vocabulary and named rows"] = device => new Vocabulary(seed: 1, device) is var model ? (model, model.CreateTrainer) : default,
    };

    public static TheoryData<string, string, int> Allocations
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (string model in Models.Keys)
            {
                foreach (string optimizer in Optimizers.Keys)
                    data.Add(model, optimizer, 1 + data.Count % 2);
            }
            return data;
        }
    }

    [Fact]
    public void Clearing_a_part_leaves_the_rest()
    {
        using var device = DeviceUnderTest.Open();
        using var block = device.Allocate(100 * sizeof(float), "Numbers");
        float[] numbers = [.. Enumerable.Range(1, 100)], read = new float[100];
        block.Write(0, numbers);
        block.Clear(10, 3);
        block.Read(0, read);
        Assert.Equal(numbers.Select((x, i) => i is >= 10 and < 13 ? 0f : x), read);
    }

    [Theory]
    [MemberData(nameof(Allocations))]
    public void The_report_is_what_the_device_allocates(string name, string optimizer, int accumulationSteps)
    {
        using var device = DeviceUnderTest.Open();
        var options = new TrainerOptions { AccumulationSteps = accumulationSteps };
        var (model, createTrainer) = Models[name](device);
        using (model)
        {
            AssertNear(model.MemoryReport.DeviceBytes, device.AllocatedBytes);
            using (createTrainer(Optimizers[optimizer], options))
                AssertNear(model.MemoryReport.DeviceTrainingBytes("Loss", Optimizers[optimizer], options), device.AllocatedBytes);
            AssertNear(model.MemoryReport.DeviceBytes, device.AllocatedBytes);
        }
        Assert.Equal(0, device.AllocatedBytes);
    }

    [Fact]
    public void The_report_knows_what_a_session_allocates()
    {
        using var device = DeviceUnderTest.Open();
        using var model = new Gpt(seed: 1, device);
        long before = device.AllocatedBytes;
        using var session = model.CreateSession();
        AssertNear(model.MemoryReport.DeviceSessionBytes, device.AllocatedBytes - before);
    }

    /// <summary>Tensors begin at multiples of 128 bytes, a program has some numbers of its step, and the norm of the gradients some of its own.</summary>
    static void AssertNear(long planned, long allocated) => Assert.InRange(allocated, planned, planned + 4096);

    [Fact]
    public void The_report_names_every_method()
    {
        using var model = new Classifier(seed: 1);
        var report = model.MemoryReport;
        Assert.Equal(["Logits", "Loss", "Loss"], report.Methods.Select(m => m.Name));
        Assert.Equal([false, false, true], report.Methods.Select(m => m.IsTraining));
        Assert.Equal(sizeof(float) * (Classifier.Batch * (Classifier.Pixels + 1)), report.Methods[2].TensorBytes);
        Assert.InRange(report.ParameterBytes, model.ParameterCount * sizeof(float), (model.ParameterCount + 500) * sizeof(float));
        Assert.Equal(2 * report.ParameterBytes, report.OptimizerBytes(new AdamW()));
        Assert.Contains("training of Loss", report.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => report.CpuTrainingBytes("Logits", new AdamW()));
    }

    [Fact]
    public void Too_little_memory_is_said_with_both_numbers()
    {
        using var device = new IlgpuDevice(new FailingRuntime(new IdleRuntime()) { Memory = 5000 });
        using var planned = new Classifier(seed: 1);
        string message = Assert.Throws<DeviceException>(() => new Classifier(seed: 1, device)).Message;
        Assert.Contains($"{planned.MemoryReport.DeviceBytes:N0} bytes", message, StringComparison.Ordinal);
        Assert.Contains("5,000 of 5,000 left", message, StringComparison.Ordinal);
        Assert.Equal(0, device.AllocatedBytes);
    }

    [Fact]
    public void A_trainer_that_does_not_fit_gives_back_what_it_took()
    {
        using var planned = new Classifier(seed: 1);
        using var device = new IlgpuDevice(new FailingRuntime(new IdleRuntime()) { Memory = planned.MemoryReport.DeviceBytes + planned.MemoryReport.GradientBytes });
        using var model = new Classifier(seed: 1, device);
        long before = device.AllocatedBytes;
        Assert.Contains("left", Assert.Throws<DeviceException>(() => model.CreateTrainer(new Adam())).Message, StringComparison.Ordinal);
        Assert.Equal(before, device.AllocatedBytes);
        model.Logits(Pixels, new float[Classifier.Batch * Classifier.Classes]);
    }

    /// <summary>The numbers are too large for any machine.</summary>
    [Fact]
    public void An_absent_device_is_said()
    {
        Assert.Contains("CUDA device number 999", Assert.Throws<DeviceException>(() => IlgpuDevice.Cuda(999)).Message, StringComparison.Ordinal);
        Assert.Contains("OpenCL device number 999", Assert.Throws<DeviceException>(() => IlgpuDevice.OpenCl(999)).Message, StringComparison.Ordinal);
    }
}
