namespace GraphCompiler.Ilgpu.Tests;

/// <summary>What a device will need, and what is said where it is absent, too small or lost.</summary>
public class MemoryAndErrorTests
{
    static readonly float[] Pixels = new float[Classifier.Batch * Classifier.Pixels];
    static readonly int[] Digits = new int[Classifier.Batch];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_report_is_what_the_device_allocates(bool decays)
    {
        using var device = DeviceUnderTest.Open();
        var optimizer = new Adam { LearningRate = 0.1, WeightDecay = decays ? 0.1 : 0 };
        var options = new TrainerOptions { AccumulationSteps = 2 };
        using var planned = new Classifier(seed: 1);
        var report = planned.MemoryReport;
        using var model = new Classifier(seed: 1, device);
        AssertNear(report.DeviceBytes, device.AllocatedBytes);
        using var trainer = model.CreateTrainer(optimizer, options);
        AssertNear(report.DeviceTrainingBytes("Loss", optimizer, options), device.AllocatedBytes);
    }

    /// <summary>Tensors begin at multiples of 128 bytes, and the norm of the gradients has some numbers of its own.</summary>
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
        Assert.Contains("Loss with gradients: arena", report.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => report.CpuTrainingBytes("Logits", new AdamW()));
    }

#if !ILGPU
    [Fact]
    public void Too_little_memory_is_said_with_both_numbers()
    {
        ILGPU.Runtime.Accelerator.MemoryOfNewDevices = 5000;
        try
        {
            using var device = DeviceUnderTest.Open();
            using var planned = new Classifier(seed: 1);
            string message = Assert.Throws<DeviceException>(() => new Classifier(seed: 1, device)).Message;
            Assert.Contains($"{planned.MemoryReport.DeviceBytes:N0} bytes", message, StringComparison.Ordinal);
            Assert.Contains("5,000 of 5,000 left", message, StringComparison.Ordinal);
            Assert.Equal(0, device.AllocatedBytes);
        }
        finally
        {
            ILGPU.Runtime.Accelerator.MemoryOfNewDevices = null;
        }
    }

    [Fact]
    public void A_trainer_that_does_not_fit_gives_back_what_it_took()
    {
        using var planned = new Classifier(seed: 1);
        ILGPU.Runtime.Accelerator.MemoryOfNewDevices = planned.MemoryReport.DeviceBytes + planned.MemoryReport.GradientBytes;
        try
        {
            using var device = DeviceUnderTest.Open();
            using var model = new Classifier(seed: 1, device);
            Assert.Contains("left", Assert.Throws<DeviceException>(() => model.CreateTrainer(new Adam())).Message, StringComparison.Ordinal);
            model.Logits(Pixels, new float[Classifier.Batch * Classifier.Classes]);
        }
        finally
        {
            ILGPU.Runtime.Accelerator.MemoryOfNewDevices = null;
        }
    }

    [Fact]
    public void A_lost_device_is_said_and_the_host_goes_on()
    {
        using var device = DeviceUnderTest.Open();
        using var model = new Classifier(seed: 1, device);
        using var trainer = model.CreateTrainer(new Adam());
        trainer.Step(Pixels, Digits);
        ILGPU.Runtime.Accelerator.IsLost = true;
        try
        {
            string message = Assert.Throws<DeviceException>(() => trainer.Step(Pixels, Digits)).Message;
            Assert.Contains("The device is lost. If the device was lost, dispose its models", message, StringComparison.Ordinal);
        }
        finally
        {
            ILGPU.Runtime.Accelerator.IsLost = false;
        }
    }

    [Fact]
    public void An_absent_device_is_said()
    {
        Assert.Contains("CUDA device number 0", Assert.Throws<DeviceException>(() => IlgpuDevice.Cuda()).Message, StringComparison.Ordinal);
        Assert.Contains("OpenCL device number 3", Assert.Throws<DeviceException>(() => IlgpuDevice.OpenCl(3)).Message, StringComparison.Ordinal);
        using var best = IlgpuDevice.Best();
        Assert.Contains("reference executor", best.Name, StringComparison.Ordinal);
    }
#endif
}
