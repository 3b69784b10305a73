using GraphCompiler;
using GraphCompiler.Data;

namespace GraphCompilerProject;

public static class Training
{
    /// <summary>Trains for some passes over the data; gives the mean loss of the last pass.</summary>
    public static double Run(Regression model, Measurements data, int epochs, Action<int, double>? report = null)
    {
        var rows = new ArrayRows<float>(data.X, data.Y, data.Count).Batches(Regression.Batch, shuffle: 1);
        var options = new TrainerOptions { Schedule = LearningRateSchedule.Cosine(epochs * rows.BatchesPerEpoch!.Value) };
        using var trainer = model.CreateTrainer(new Adam { LearningRate = 1e-2 }, options);
        var result = trainer.Fit(rows, batch => trainer.Step(batch.Inputs, batch.Targets), new FitOptions
        {
            Epochs = epochs,
            Validated = progress => report?.Invoke(progress.Epoch + 1, progress.Validation!.TrainingLoss),
        });
        return result.Validations[^1].TrainingLoss;
    }

    /// <summary>The root of the mean square of what the curve is wrong by, compared with the truth.</summary>
    public static double Error(Regression model)
    {
        float[] x = [.. Enumerable.Range(0, 401).Select(i => i / 100f - 2)], y = new float[x.Length];
        model.Values(x, y);
        return Math.Sqrt(x.Zip(y, (at, value) => Math.Pow(value - Measurements.Truth(at), 2)).Average());
    }
}
