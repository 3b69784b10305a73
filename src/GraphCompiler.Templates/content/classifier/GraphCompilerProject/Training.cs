using GraphCompiler;
using GraphCompiler.Data;

namespace GraphCompilerProject;

public static class Training
{
    /// <summary>Trains for some passes over the data; gives the mean loss of the last pass.</summary>
    public static double Run(Classifier model, Spirals data, int epochs, Action<int, double>? report = null)
    {
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 3e-3 });
        var rows = new ArrayRows<int>(data.Points, data.Classes, data.Count);
        var result = trainer.Fit(rows.Batches(Classifier.Batch, shuffle: 1), batch => trainer.Step(batch.Inputs, batch.Targets), new FitOptions
        {
            Epochs = epochs,
            Validated = progress => report?.Invoke(progress.Epoch + 1, progress.Validation!.TrainingLoss),
        });
        return result.Validations[^1].TrainingLoss;
    }

    /// <summary>The share of points whose most probable class is the right one.</summary>
    public static double Accuracy(Classifier model, Spirals data)
    {
        var probabilities = new float[data.Count * Classifier.Classes];
        model.Probabilities(data.Points, probabilities);
        var accuracy = new Accuracy(Classifier.Classes);
        accuracy.Add(probabilities, data.Classes);
        return accuracy.Value;
    }
}
