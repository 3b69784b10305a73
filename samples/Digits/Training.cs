using System.Diagnostics;
using GraphCompiler;
using GraphCompiler.Data;

namespace Digits;

/// <summary>
/// AdamW, the rate warmed up over a fiftieth of the steps and then brought to zero along a cosine. About every second
/// digit is moved by up to a pixel in each direction, anew in every epoch: that is worth two points of accuracy when
/// there are 10,000 digits.
/// </summary>
static class Training
{
    const double LearningRate = 6e-3;

    public static AdamW Optimizer() => new() { LearningRate = LearningRate };

    public static void Run(DigitClassifier model, ImageSet training, ImageSet validation, Settings settings)
    {
        ulong seed = settings.Seed;
        ImageBatches batches = new ImageSequence(training)
            .Shuffle(seed).RandomShift(pixels: 1, probability: 0.5f, seed).Batches(DigitClassifier.Batch);

        // Whoever asks for one thread gets one; otherwise another one shifts digits while this one computes.
        if (settings.Threads != 1)
            batches = batches.Prefetch();

        int epochs = settings.Steps is { } some
            ? (some + batches.BatchesPerEpoch - 1) / batches.BatchesPerEpoch
            : settings.Epochs ?? (training.Count < 30_000 ? 60 : 20);
        long steps = settings.Steps ?? (long)epochs * batches.BatchesPerEpoch, warmUp = steps / 50;
        using DigitClassifier.Trainer trainer = model.CreateTrainer(
            Optimizer(),
            new TrainerOptions
            {
                Schedule = LearningRateSchedule.WarmUp(warmUp).Then(LearningRateSchedule.Cosine(steps - warmUp)),
            });

        ProgressBar progress = new(Console.Out, Console.IsOutputRedirected, epochs, training.Count);
        long start = Stopwatch.GetTimestamp();
        double lossSum = 0;
        foreach (ImageBatch batch in batches.Epochs(0, epochs))
        {
            lossSum += trainer.Step(batch.Images, batch.Labels);
            bool isLast = trainer.StepCount == steps;
            if (batch.IsLastOfEpoch || isLast)
            {
                double accuracy = Evaluation.Of(model, validation).Accuracy;
                progress.EndEpoch(batch.Epoch, Math.Min((batch.Index + 1) * batches.BatchSize, training.Count), lossSum / (batch.Index + 1), accuracy);
                lossSum = 0;
                if (isLast)
                    break;
            }
            else
            {
                progress.Advance(batch.Epoch, (batch.Index + 1) * batches.BatchSize, lossSum / (batch.Index + 1));
            }
        }

        TimeSpan time = Stopwatch.GetElapsedTime(start);
        progress.Finish();
        Console.WriteLine($"{epochs} epochs, {steps:N0} steps in {time.TotalSeconds:F2} s");
    }
}
