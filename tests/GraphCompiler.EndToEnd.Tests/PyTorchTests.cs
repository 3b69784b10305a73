using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests.Reference;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>
/// The generated code against the numbers PyTorch computed for the same models: outputs, loss and every gradient before
/// each of ten AdamW steps, and every parameter after it, without ever being put back on PyTorch's track.
/// </summary>
public class PyTorchTests
{
    // The reference is computed in double. A float has 24 bits (6e-8); sums of tens of terms lose a few of them.
    const double Outputs = 2e-6;

    // A gradient passes about twice as many operations as an output, with cancellation inside.
    const double Gradients = 1e-5;

    // AdamW divides by the root of the mean square, so an element whose gradient is small against its tensor moves by a
    // full step with that gradient's relative error: errors grow from step to step far faster than by rounding alone.
    const double AfterSteps = 1e-4;

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

    static void Load(GraphModel model, ReferenceFile reference)
    {
        Assert.Equal(reference.Names("parameters/").Order(), model.Parameters.Select(parameter => parameter.Name).Order());
        foreach (ModelParameter parameter in model.Parameters)
            reference.Row("parameters/" + parameter.Name, 0).CopyTo(parameter.Values);
    }

    static AdamW OptimizerOf(ReferenceFile reference)
    {
        double learningRate = reference.Setting("learning_rate"), weightDecay = reference.Setting("weight_decay");
        double epsilon = reference.Setting("epsilon");
        return reference.AllDecay
            ? new() { LearningRate = learningRate, WeightDecay = weightDecay, Epsilon = epsilon, DecayRule = ParameterRules.All }
            : new() { LearningRate = learningRate, WeightDecay = weightDecay, Epsilon = epsilon };
    }

    static void CompareOutputs(ReferenceFile reference, int step, params (string Name, float[] Values)[] outputs)
    {
        foreach ((string name, float[] values) in outputs)
        {
            Numbers.AssertClose(
                reference.Row("outputs/" + name, step), values, step == 0 ? Outputs : AfterSteps, $"step {step}: {name}");
        }
    }

    static void CompareLoss(ReferenceFile reference, int step, float loss) =>
        Numbers.AssertClose([reference.Loss(step)], [loss], step == 0 ? Outputs : AfterSteps, $"step {step}: loss");

    static void CompareStep(ReferenceFile reference, int step, GraphModel model, GraphTrainer trainer, float loss)
    {
        CompareLoss(reference, step, loss);
        Assert.Equal(step + 1, trainer.StepCount);
        Assert.Equal(reference.Names("gradients/").Count(), model.Parameters.Count);
        foreach (ModelParameter parameter in model.Parameters)
        {
            Numbers.AssertClose(
                reference.Row("gradients/" + parameter.Name, step),
                trainer.GradientOf(parameter.Name),
                step == 0 ? Gradients : AfterSteps,
                $"step {step}: gradient of {parameter.Name}");
            Numbers.AssertClose(
                reference.Row("parameters/" + parameter.Name, step + 1),
                parameter.Values,
                step == 0 ? Gradients : AfterSteps,
                $"step {step}: {parameter.Name}");
        }
    }
}
