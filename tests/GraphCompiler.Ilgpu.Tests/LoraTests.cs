using Xunit;
using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Two layers that an adapter each is trained for.</summary>
[Graph, Lora(Rank = 2, Alpha = 4)]
public sealed partial class AdaptedClassifier
{
    readonly Linear hidden = new(Classifier.Pixels, 16), output = new(16, Classifier.Classes);

    public Tensor Logits([Shape(Classifier.Batch, Classifier.Pixels)] Tensor pixels) => output.Forward(Relu(hidden.Forward(pixels)));

    [Objective]
    public Tensor Loss([Shape(Classifier.Batch, Classifier.Pixels)] Tensor pixels, [Shape(Classifier.Batch)] Tensor<int> digits)
        => CrossEntropy(Logits(pixels), digits);
}

/// <summary>Frozen parameters and adapters of LoRA on a device.</summary>
public sealed class LoraTests : IDisposable
{
    readonly IlgpuDevice device = DeviceUnderTest.Open();

    public void Dispose() => device.Dispose();

    [Fact]
    public void Adapters_train_and_merge_as_on_the_cpu_and_the_rest_stays()
    {
        using var onDevice = new AdaptedClassifier(seed: 3, device);
        using var onCpu = new AdaptedClassifier(seed: 3);
        using var first = new AdaptedClassifier(seed: 3);
        Optimizer optimizer = new AdamW { LearningRate = 0.01, Groups = [new("*.lora_B") { LearningRate = 0.02 }] };
        using var trainer = onDevice.CreateTrainer(optimizer, new TrainerOptions { ClipNorm = 1 });
        using var expected = onCpu.CreateTrainer(optimizer, new TrainerOptions { ClipNorm = 1 });
        var random = new Random(1);
        float[] pixels = [.. Enumerable.Range(0, Classifier.Batch * Classifier.Pixels).Select(_ => random.NextSingle() * 2 - 1)];
        int[] digits = [.. Enumerable.Range(0, Classifier.Batch).Select(_ => random.Next(Classifier.Classes))];
        for (int step = 0; step < 3; step++)
            Assert.Equal(expected.Step(pixels, digits), trainer.Step(pixels, digits), 1e-5f);
        foreach (var ((wanted, found), before) in onCpu.Parameters.Zip(onDevice.Parameters).Zip(first.Parameters))
        {
            Assert.Equal(wanted.IsFrozen, before.Values.SequenceEqual(found.Values));
            for (int i = 0; i < wanted.Values.Length; i++)
                Assert.Equal(wanted.Values[i], found.Values[i], 1e-5f);
        }
        float[] unmerged = Logits(onDevice, pixels);
        onDevice.MergeLora();
        float[] merged = Logits(onDevice, pixels);
        for (int i = 0; i < merged.Length; i++)
            Assert.Equal(unmerged[i], merged[i], 1e-5f);
        Assert.NotEqual(Logits(first, pixels), merged);
    }

    static float[] Logits(AdaptedClassifier model, float[] pixels)
    {
        float[] logits = new float[Classifier.Batch * Classifier.Classes];
        model.Logits(pixels, logits);
        return logits;
    }
}
