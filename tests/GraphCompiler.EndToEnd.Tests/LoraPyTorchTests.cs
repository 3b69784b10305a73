using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests.Reference;
using static GraphCompiler.EndToEnd.Tests.Support.PyTorchTrack;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Adapters of LoRA against PyTorch: logits, gradients of A and B, ten steps of AdamW, merged weights, and peft's file of them.</summary>
public sealed class LoraPyTorchTests
{
    const int Logits = 6 * 5;

    readonly ReferenceFile reference = new("lora_classifier");

    [Fact]
    public void Adapters_learn_as_in_PyTorch_and_nothing_else_does()
    {
        using LoraClassifier model = new();
        Load(model, reference);
        Assert.Equal(reference.Names("gradients/").Order(), model.Parameters.Where(p => !p.IsFrozen).Select(p => p.Name).Order());
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] logits = new float[Logits];
        for (int step = 0; step < reference.Steps; step++)
        {
            float[] features = reference.Row("inputs/features", step);
            model.Logits(features, logits);
            CompareOutputs(reference, step, ("logits", logits));
            CompareLoss(reference, step, trainer.Step(features, reference.Integers("inputs/labels", step)));
            foreach (ModelParameter parameter in model.Parameters)
            {
                float[] after = reference.Row("parameters/" + parameter.Name, step + 1);
                if (parameter.IsFrozen)
                {
                    Numbers.AssertSameBits(after, parameter.Values, parameter.Name);
                    continue;
                }
                Numbers.AssertClose(reference.Row("gradients/" + parameter.Name, step), trainer.GradientOf(parameter.Name), 1e-4, $"step {step}: gradient of {parameter.Name}");
                Numbers.AssertClose(after, parameter.Values, 1e-4, $"step {step}: {parameter.Name}");
            }
        }
    }

    [Fact]
    public void Pefts_file_is_read_and_merged_to_PyTorchs_weights()
    {
        using LoraClassifier model = new();
        Load(model, reference);
        LoadReport report = model.LoadLora(Path.Combine(AppContext.BaseDirectory, "reference", "lora_adapter.safetensors"));
        Assert.Equal("loaded 4 of 4 tensors", report.ToString());
        float[] features = reference.Row("inputs/features", 0), expected = reference.Row("final/logits", 0), logits = new float[Logits];
        model.Logits(features, logits);
        Numbers.AssertClose(expected, logits, 1e-5, "with adapters");

        model.MergeLora();
        foreach (string name in reference.Names("merged/"))
            Numbers.AssertClose(reference.Row("merged/" + name, 0), model.Parameters.Single(p => p.Name == name).Values, 1e-5, name);
        Assert.All(model.Parameters.Where(p => p.Name.Contains("lora_B", StringComparison.Ordinal)), p => Assert.All(p.Values.ToArray(), value => Assert.Equal(0, value)));
        model.Logits(features, logits);
        Numbers.AssertClose(expected, logits, 1e-5, "merged");
    }
}
