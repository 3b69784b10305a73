using GraphCompiler;

namespace GraphCompilerProject;

public static class Training
{
    /// <summary>Trains for some passes over the data; gives the mean loss of the last pass.</summary>
    public static double Run(Classifier model, Spirals data, int epochs, Action<int, double>? report = null)
    {
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 3e-3 });
        const int Batch = Classifier.Batch;
        int batches = data.Count / Batch;
        double mean = double.NaN;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double sum = 0;
            for (int batch = 0; batch < batches; batch++)
                sum += trainer.Step(data.Points.AsSpan(2 * Batch * batch, 2 * Batch), data.Classes.AsSpan(Batch * batch, Batch));
            mean = sum / batches;
            report?.Invoke(epoch, mean);
        }
        return mean;
    }

    /// <summary>The share of points whose most probable class is the right one.</summary>
    public static double Accuracy(Classifier model, Spirals data)
    {
        var probabilities = new float[data.Count * Classifier.Classes];
        model.Probabilities(data.Points, probabilities);
        int right = 0;
        for (int i = 0; i < data.Count; i++)
        {
            var row = probabilities.AsSpan(i * Classifier.Classes, Classifier.Classes);
            right += row.IndexOf(MathF.Max(row[0], MathF.Max(row[1], row[2]))) == data.Classes[i] ? 1 : 0;
        }
        return (double)right / data.Count;
    }
}
