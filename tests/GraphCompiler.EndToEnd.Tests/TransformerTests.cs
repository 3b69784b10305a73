using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.Tests.Reference;
using static GraphCompiler.EndToEnd.Tests.Support.PyTorchTrack;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Transformers declared from the built-in modules against PyTorch's numbers: as <see cref="PyTorchTests"/>.</summary>
public class TransformerTests
{
    [Fact]
    public void A_gpt_with_the_names_of_hugging_face()
    {
        ReferenceFile reference = new("tiny_gpt2");
        using TinyGpt2 model = new();
        Load(model, reference);
        Assert.Equal("wte.weight wpe.weight h.0.ln_1.weight", string.Join(' ', model.Parameters.Take(3).Select(p => p.Name)));
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] logits = new float[3 * 7 * TinyGpt2.Vocabulary];
        for (int step = 0; step < reference.Steps; step++)
        {
            int[] ids = reference.Integers("inputs/ids", step), labels = reference.Integers("inputs/labels", step);
            model.Logits(ids, 3, logits);
            CompareOutputs(reference, step, ("logits", logits));
            CompareLoss(reference, step, model.Loss(ids, labels, 3));
            CompareStep(reference, step, model, trainer, trainer.Step(ids, labels, 3));
        }
    }

    [Fact]
    public void A_llama()
    {
        ReferenceFile reference = new("tiny_llama");
        using TinyLlama model = new();
        Load(model, reference);
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] logits = new float[2 * 9 * TinyLlama.Vocabulary];
        for (int step = 0; step < reference.Steps; step++)
        {
            int[] ids = reference.Integers("inputs/ids", step), labels = reference.Integers("inputs/labels", step);
            model.Logits(ids, 2, logits);
            CompareOutputs(reference, step, ("logits", logits));
            CompareLoss(reference, step, model.Loss(ids, labels, 2));
            CompareStep(reference, step, model, trainer, trainer.Step(ids, labels, 2));
        }
    }

    [Fact]
    public void A_bert()
    {
        ReferenceFile reference = new("tiny_bert");
        using TinyBert model = new();
        Load(model, reference);
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] logits = new float[4 * 6 * TinyBert.Vocabulary], scores = new float[4 * TinyBert.Classes];
        for (int step = 0; step < reference.Steps; step++)
        {
            int[] ids = reference.Integers("inputs/ids", step), kinds = reference.Integers("inputs/kinds", step);
            int[] mask = reference.Integers("inputs/mask", step), labels = reference.Integers("inputs/labels", step);
            int[] classes = reference.Integers("inputs/classes", step);
            model.Outputs(ids, kinds, mask, 4, logits, scores);
            CompareOutputs(reference, step, ("logits", logits), ("scores", scores));
            CompareLoss(reference, step, model.Loss(ids, kinds, mask, labels, classes));
            CompareStep(reference, step, model, trainer, trainer.Step(ids, kinds, mask, labels, classes));
        }
    }

    [Fact]
    public void An_encoder_with_a_decoder()
    {
        ReferenceFile reference = new("tiny_translator");
        using TinyTranslator model = new();
        Load(model, reference);
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] logits = new float[3 * 5 * TinyTranslator.Vocabulary];
        for (int step = 0; step < reference.Steps; step++)
        {
            int[] source = reference.Integers("inputs/source", step), mask = reference.Integers("inputs/mask", step);
            int[] target = reference.Integers("inputs/target", step), labels = reference.Integers("inputs/labels", step);
            model.Logits(source, mask, target, 3, logits);
            CompareOutputs(reference, step, ("logits", logits));
            CompareLoss(reference, step, model.Loss(source, mask, target, labels, 3));
            CompareStep(reference, step, model, trainer, trainer.Step(source, mask, target, labels, 3));
        }
    }
}
