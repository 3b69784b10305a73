using GraphCompiler.Tests.Reference;

namespace GraphCompiler.EndToEnd.Tests.Support;

/// <summary>A model on PyTorch's track: its weights, optimizer, outputs, losses, gradients and steps.</summary>
static class PyTorchTrack
{
    // The reference is computed in double. A float has 24 bits (6e-8); sums of tens of terms lose a few of them.
    const double Outputs = 2e-6;

    // A gradient passes about twice as many operations as an output, with cancellation inside.
    const double Gradients = 1e-5;

    // AdamW divides by the root of the mean square, so an element whose gradient is small against its tensor moves by a
    // full step with that gradient's relative error: errors grow from step to step far faster than by rounding alone.
    const double AfterSteps = 1e-4;

    public static void Load(GraphModel model, ReferenceFile reference)
    {
        Assert.Equal(reference.Names("parameters/").Order(), model.Parameters.Select(parameter => parameter.Name).Order());
        foreach (ModelParameter parameter in model.Parameters)
            reference.Row("parameters/" + parameter.Name, 0).CopyTo(parameter.Values);
    }

    public static AdamW OptimizerOf(ReferenceFile reference)
    {
        double learningRate = reference.Setting("learning_rate"), weightDecay = reference.Setting("weight_decay");
        double epsilon = reference.Setting("epsilon");
        return reference.AllDecay
            ? new() { LearningRate = learningRate, WeightDecay = weightDecay, Epsilon = epsilon, DecayRule = ParameterRules.All }
            : new() { LearningRate = learningRate, WeightDecay = weightDecay, Epsilon = epsilon };
    }

    public static void CompareOutputs(ReferenceFile reference, int step, params (string Name, float[] Values)[] outputs)
    {
        foreach ((string name, float[] values) in outputs)
        {
            Numbers.AssertClose(
                reference.Row("outputs/" + name, step), values, step == 0 ? Outputs : AfterSteps, $"step {step}: {name}");
        }
    }

    public static void CompareLoss(ReferenceFile reference, int step, float loss) =>
        Numbers.AssertClose([reference.Loss(step)], [loss], step == 0 ? Outputs : AfterSteps, $"step {step}: loss");

    public static void CompareStep(ReferenceFile reference, int step, GraphModel model, GraphTrainer trainer, float loss)
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
