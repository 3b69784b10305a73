using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests.Reference;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Groups of parameters with rates, decays and clipping of their own, on rows and steps that are weighted, against PyTorch's whole batches.</summary>
public sealed class ParameterGroupTests
{
    /// <summary>Rows of the first of the two steps of an update.</summary>
    const int First = 4;

    readonly ReferenceFile reference = new("weighted_classifier");

    [Fact]
    public void Updates_are_PyTorchs()
    {
        using WeightedClassifier model = new();
        PyTorchTrack.Load(model, reference);
        AdamW optimizer = new()
        {
            LearningRate = reference.Setting("learning_rate"),
            WeightDecay = reference.Setting("weight_decay"),
            Epsilon = reference.Setting("epsilon"),
            DecayRule = ParameterRules.All,
            Groups =
            [
                new("output") { LearningRate = 3e-2, WeightDecay = 0.02, ClipNorm = 0.15 },
                new("*.bias") { WeightDecay = 0 },
                new("hidden2") { LearningRate = 2e-3, WeightDecay = 0.5 },
            ],
        };
        using var trainer = model.CreateTrainer(optimizer, new TrainerOptions { AccumulationSteps = 2, ClipNorm = reference.Setting("clip_norm") });
        for (int step = 0; step < reference.Steps; step++)
        {
            double first = reference.Row("weights", step)[0], second = reference.Row("weights", step)[1], loss = first * Step(trainer, step, 0, First, first);
            bool isFlushed = step == reference.Steps - 1;
            if (isFlushed)
                Assert.True(trainer.FlushAccumulation());
            else
                loss += second * Step(trainer, step, First, 6, second);
            Numbers.AssertClose([reference.Loss(step)], [(float)(loss / (isFlushed ? first : first + second))], 1e-5, $"step {step}: loss");
            Numbers.AssertClose(reference.Row("norms", step), [(float)trainer.GradientNorm], 1e-5, $"step {step}: norm");
            foreach (ModelParameter parameter in model.Parameters)
                Numbers.AssertClose(reference.Row("parameters/" + parameter.Name, step + 1), parameter.Values, 1e-4, $"step {step}: {parameter.Name}");
        }
    }

    /// <summary>A step on some rows of a batch.</summary>
    float Step(WeightedClassifier.Trainer trainer, int step, int start, int end, double weight)
    {
        float[] features = reference.Row("inputs/features", step)[(start * WeightedClassifier.Inputs)..(end * WeightedClassifier.Inputs)];
        int[] labels = reference.Integers("inputs/labels", step)[start..end];
        float[] rows = reference.Row("inputs/rows", step)[start..end], classes = reference.Row("inputs/classes", step);
        trainer.StepWeight = weight;
        float loss = trainer.Step(features, labels, rows, classes);
        Assert.Equal(weight == 0, labels.All(label => label < 0));
        return loss;
    }
}
