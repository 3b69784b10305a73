using Digits;
using GraphCompiler.Data;
using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>The sample's classifier with packed weights.</summary>
[Graph(Weights = WeightFormat.Int8)]
public sealed partial class DigitsOfInt8
{
    readonly Linear hidden1 = new(DigitClassifier.Pixels, 16), hidden2 = new(16, 16), output = new(16, DigitClassifier.Classes);

    public Tensor Logits([Shape(DigitClassifier.Batch, DigitClassifier.Pixels)] Tensor pixels)
        => output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))));
}

[Graph(Weights = WeightFormat.Int4)]
public sealed partial class DigitsOfInt4
{
    readonly Linear hidden1 = new(DigitClassifier.Pixels, 16), hidden2 = new(16, 16), output = new(16, DigitClassifier.Classes);

    public Tensor Logits([Shape(DigitClassifier.Batch, DigitClassifier.Pixels)] Tensor pixels)
        => output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))));
}

/// <summary>Handwritten digits by a trained classifier, and by the same with packed weights.</summary>
public sealed class QuantizedDigitsTests
{
    const int Epochs = 20, MostLostOfInt8 = 2, MostLostOfInt4 = 5, MostLostOfCalibrated = 2;

    static readonly string Data = Path.Combine(AppContext.BaseDirectory, "data");

    delegate void LogitsOf(ReadOnlySpan<float> pixels, Span<float> logits);

    [Fact]
    public void Digits_are_recognised_with_weights_of_8_and_of_4_bits()
    {
        ImageSet training = ImageSet.LoadMnist(Data, "train"), test = ImageSet.LoadMnist(Data, "t10k");
        Assert.Equal(2000, test.Count);
        using DigitClassifier model = new(seed: 42);
        ImageBatches batches = new ImageSequence(training).Shuffle(seed: 1).RandomShift(pixels: 1, probability: 0.5f, seed: 1).Batches(DigitClassifier.Batch);
        LearningRateSchedule schedule = LearningRateSchedule.WarmUp(100).Then(LearningRateSchedule.Cosine((Epochs * batches.BatchesPerEpoch) - 100));
        using (var trainer = model.CreateTrainer(new AdamW { LearningRate = 6e-3 }, new TrainerOptions { Schedule = schedule }))
        {
            foreach (ImageBatch batch in batches.Epochs(0, Epochs))
                trainer.Step(batch.Images, batch.Labels);
        }

        using DigitsOfInt8 int8 = new();
        using DigitsOfInt4 int4 = new(), calibrated = new();
        QuantizationReport report = int8.Quantize(model, new("recognised", () => Recognised(model.Logits), () => Recognised(int8.Logits)));
        int4.Quantize(model);
        Calibration calibration = new(calibrated);
        foreach (ImageBatch batch in training.Batches(DigitClassifier.Batch))
            calibration.Add("hidden1.weight", batch.Images);
        QuantizationReport calibratedReport = calibrated.Quantize(
            model, new("recognised", () => Recognised(model.Logits), () => Recognised(calibrated.Logits)), calibration);

        Assert.Equal(["hidden1.weight"], int8.Parameters.Where(p => p.Format == WeightFormat.Int8).Select(p => p.Name));
        Assert.Equal(["hidden1.weight"], int4.Parameters.Where(p => p.Format == WeightFormat.Int4).Select(p => p.Name));
        Assert.InRange(report.QualityBefore, 1850, 2000);
        Assert.InRange(report.QualityAfter, report.QualityBefore - MostLostOfInt8, 2000);
        Assert.InRange(Recognised(int4.Logits), report.QualityBefore - MostLostOfInt4, 2000);
        Assert.InRange(calibratedReport.QualityAfter, calibratedReport.QualityBefore - MostLostOfCalibrated, 2000);
        var (ofResults, uncalibrated) = calibratedReport.Tensors.Single(tensor => tensor.Name == "hidden1.weight").ErrorOfResults;
        Assert.InRange(ofResults, 0.001, 0.6 * uncalibrated);
        Assert.Contains("uncalibrated", calibratedReport.ToString(), StringComparison.Ordinal);

        int Recognised(LogitsOf logitsOf)
        {
            float[] logits = new float[DigitClassifier.Batch * DigitClassifier.Classes];
            int recognised = 0;
            foreach (ImageBatch batch in test.Batches(DigitClassifier.Batch))
            {
                logitsOf(batch.Images, logits);
                for (int i = 0; i < batch.Count; i++)
                {
                    float[] scores = logits[(i * DigitClassifier.Classes)..((i + 1) * DigitClassifier.Classes)];
                    recognised += Array.IndexOf(scores, scores.Max()) == batch.Labels[i] ? 1 : 0;
                }
            }
            return recognised;
        }
    }
}
