using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests.Reference;
using static GraphCompiler.EndToEnd.Tests.Support.PyTorchTrack;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>
/// The generated code against the numbers PyTorch computed for the same models: outputs, loss and every gradient before
/// each of ten AdamW steps, and every parameter after it, without ever being put back on PyTorch's track.
/// </summary>
public class PyTorchTests
{
    [Fact]
    public void A_small_classifier()
    {
        ReferenceFile reference = new("small_classifier");
        using SmallClassifier model = new();
        Load(model, reference);
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] first = new float[6 * 9], second = new float[6 * 7], logits = new float[6 * 5], again = new float[6 * 5];
        for (int step = 0; step < reference.Steps; step++)
        {
            float[] features = reference.Row("inputs/features", step);
            int[] labels = reference.Integers("inputs/labels", step);
            model.Activations(features, first, second, logits);
            model.Logits(features, again);
            CompareOutputs(reference, step, ("first", first), ("second", second), ("logits", logits), ("logits", again));
            CompareLoss(reference, step, model.Loss(features, labels));
            CompareStep(reference, step, model, trainer, trainer.Step(features, labels));
        }
    }

    [Fact]
    public void A_token_tagger()
    {
        ReferenceFile reference = new("token_tagger");
        using TokenTagger model = new();
        Load(model, reference);
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] weights = new float[4 * 5], logits = new float[4 * 3], probabilities = new float[4 * 3];
        for (int step = 0; step < reference.Steps; step++)
        {
            int[] tokens = reference.Integers("inputs/tokens", step);
            float[] tags = reference.Row("inputs/tags", step);
            model.Outputs(tokens, weights, logits, probabilities);
            CompareOutputs(reference, step, ("weights", weights), ("logits", logits), ("probabilities", probabilities));
            CompareLoss(reference, step, model.Loss(tokens, tags));
            CompareStep(reference, step, model, trainer, trainer.Step(tokens, tags));
        }
    }

    [Fact]
    public void A_mix_of_operations()
    {
        ReferenceFile reference = new("operation_mix");
        using OperationMix model = new();
        Load(model, reference);
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] products = new float[3 * 4 * 4], logProbabilities = new float[3 * 4 * 4], prediction = new float[3 * 4];
        for (int step = 0; step < reference.Steps; step++)
        {
            float[] x = reference.Row("inputs/x", step), y = reference.Row("inputs/y", step);
            model.Outputs(x, products, logProbabilities, prediction);
            CompareOutputs(
                reference, step, ("products", products), ("logProbabilities", logProbabilities), ("prediction", prediction));
            CompareLoss(reference, step, model.Loss(x, y));
            CompareStep(reference, step, model, trainer, trainer.Step(x, y));
        }
    }

    [Fact]
    public void A_mix_of_losses()
    {
        ReferenceFile reference = new("loss_mix");
        using LossMix model = new();
        Load(model, reference);
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] numbers = new float[18], eachRow = new float[LossMix.Batch], eachElement = new float[LossMix.Batch * LossMix.Values];
        for (int step = 0; step < reference.Steps; step++)
        {
            int[] labels = reference.Integers("inputs/labels", step);
            float[] x = reference.Row("inputs/x", step), rows = reference.Row("inputs/rows", step), classes = reference.Row("inputs/classes", step);
            float[] targets = reference.Row("inputs/targets", step), elements = reference.Row("inputs/elements", step);
            model.Outputs(x, labels, rows, classes, targets, elements, numbers, eachRow, eachElement);
            CompareOutputs(reference, step, ("numbers", numbers), ("eachRow", eachRow), ("eachElement", eachElement));
            CompareLoss(reference, step, model.Loss(x, labels, rows, classes, targets, elements));
            CompareStep(reference, step, model, trainer, trainer.Step(x, labels, rows, classes, targets, elements));
        }
    }
}
