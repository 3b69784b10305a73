using BenchmarkDotNet.Attributes;
using GraphCompiler.Comparison.Models;

namespace GraphCompiler.Benchmarks;

/// <summary>
/// Forward, backward and AdamW's update of two ReLU networks with cross-entropy. The learning rate is tiny: a network that
/// has learned its one batch by heart computes with denormal gradients, which no training does.
/// </summary>
[MemoryDiagnoser]
public class TrainingStepBenchmarks
{
    const int Pixels = 784, Classes = 10;

    readonly float[] images = new float[WideClassifier.Batch * Pixels];
    readonly int[] labels = new int[WideClassifier.Batch];
    SmallClassifier small = null!;
    SmallClassifier.Trainer smallTrainer = null!;
    WideClassifier wide = null!;
    WideClassifier.Trainer wideTrainer = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var random = new Random(1);
        foreach (ref float pixel in images.AsSpan())
            pixel = random.NextSingle();
        foreach (ref int label in labels.AsSpan())
            label = random.Next(Classes);
        var options = new ModelOptions { Threads = Threads };
        small = new SmallClassifier(seed: 1, options);
        wide = new WideClassifier(seed: 1, options);
        smallTrainer = small.CreateTrainer(new AdamW { LearningRate = 1e-6 });
        wideTrainer = wide.CreateTrainer(new AdamW { LearningRate = 1e-6 });
    }

    [GlobalCleanup]
    public void Free()
    {
        smallTrainer.Dispose();
        small.Dispose();
        wideTrainer.Dispose();
        wide.Dispose();
    }

    /// <summary>784, 16, 16 and 10 units, batch 32.</summary>
    [Benchmark]
    public float Small() => smallTrainer.Step(images.AsSpan(0, SmallClassifier.Batch * Pixels), labels.AsSpan(0, SmallClassifier.Batch));

    /// <summary>784, 512, 512 and 10 units, batch 128.</summary>
    [Benchmark]
    public float Wide() => wideTrainer.Step(images, labels);
}
