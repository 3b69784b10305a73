using BenchmarkDotNet.Attributes;
using GraphCompiler.Benchmarks.Models;

namespace GraphCompiler.Benchmarks;

/// <summary>
/// Forward and backward of the loss of GPT-2's vocabulary, 50,257 classes of 768 numbers, over 256 rows: plain, with rows left out, and with weights of rows
/// and classes. What is left out must cost nothing beside what the products take.
/// </summary>
[MemoryDiagnoser]
public class VocabularyLossBenchmarks
{
    readonly float[] hidden = new float[VocabularyLoss.Rows * VocabularyLoss.Width];
    readonly float[] rowWeights = new float[VocabularyLoss.Rows], classWeights = new float[VocabularyLoss.Classes];
    readonly int[] labels = new int[VocabularyLoss.Rows], masked = new int[VocabularyLoss.Rows];
    PlainVocabularyLoss plain = null!;
    MaskedVocabularyLoss left = null!;
    WeightedVocabularyLoss weighted = null!;
    PlainVocabularyLoss.Trainer plainTrainer = null!;
    MaskedVocabularyLoss.Trainer leftTrainer = null!;
    WeightedVocabularyLoss.Trainer weightedTrainer = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var random = new Random(1);
        foreach (ref float number in hidden.AsSpan())
            number = random.NextSingle() - 0.5f;
        foreach (ref float number in rowWeights.AsSpan())
            number = random.NextSingle();
        classWeights.AsSpan().Fill(1);
        for (int row = 0; row < labels.Length; row++)
        {
            labels[row] = random.Next(VocabularyLoss.Classes);
            masked[row] = row % 4 == 0 ? -1 : labels[row];
        }
        var options = new ModelOptions { Threads = Threads };
        var optimizer = new Sgd { LearningRate = 1e-6 };
        plain = new PlainVocabularyLoss(seed: 1, options);
        left = new MaskedVocabularyLoss(seed: 1, options);
        weighted = new WeightedVocabularyLoss(seed: 1, options);
        plainTrainer = plain.CreateTrainer(optimizer);
        leftTrainer = left.CreateTrainer(optimizer);
        weightedTrainer = weighted.CreateTrainer(optimizer);
    }

    [GlobalCleanup]
    public void Free()
    {
        plainTrainer.Dispose();
        leftTrainer.Dispose();
        weightedTrainer.Dispose();
        plain.Dispose();
        left.Dispose();
        weighted.Dispose();
    }

    /// <summary>Every row counts.</summary>
    [Benchmark(Baseline = true)]
    public float Plain() => plainTrainer.Step(hidden, labels);

    /// <summary>Labels may be left out, and none is.</summary>
    [Benchmark]
    public float NoneLeftOut() => leftTrainer.Step(hidden, labels);

    /// <summary>A quarter of the rows is left out.</summary>
    [Benchmark]
    public float QuarterLeftOut() => leftTrainer.Step(hidden, masked);

    /// <summary>Every row, and every class, has a weight.</summary>
    [Benchmark]
    public float Weighted() => weightedTrainer.Step(hidden, labels, rowWeights, classWeights);
}
