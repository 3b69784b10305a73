using GraphCompiler;

namespace GraphCompilerProject;

public static class Training
{
    /// <summary>Trains for some passes over the data; gives the mean loss of the last pass.</summary>
    public static double Run(Regression model, Measurements data, int epochs, Action<int, double>? report = null)
    {
        const int Batch = Regression.Batch;
        int batches = data.Count / Batch;
        var options = new TrainerOptions { Schedule = LearningRateSchedule.Cosine(epochs * batches) };
        using var trainer = model.CreateTrainer(new Adam { LearningRate = 1e-2 }, options);
        double mean = double.NaN;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double sum = 0;
            for (int batch = 0; batch < batches; batch++)
                sum += trainer.Step(data.X.AsSpan(Batch * batch, Batch), data.Y.AsSpan(Batch * batch, Batch));
            mean = sum / batches;
            report?.Invoke(epoch, mean);
        }
        return mean;
    }

    /// <summary>The root of the mean square of what the curve is wrong by, compared with the truth.</summary>
    public static double Error(Regression model)
    {
        float[] x = [.. Enumerable.Range(0, 401).Select(i => i / 100f - 2)], y = new float[x.Length];
        model.Values(x, y);
        return Math.Sqrt(x.Zip(y, (at, value) => Math.Pow(value - Measurements.Truth(at), 2)).Average());
    }
}
