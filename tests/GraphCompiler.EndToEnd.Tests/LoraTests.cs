using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Adapters of LoRA learn alone, are saved alone, and are merged into the weights.</summary>
public sealed class LoraTests : IDisposable
{
    const int Positions = 2 * TinyGpt2.Context;

    readonly TemporaryFolder folder = new();
    readonly int[] ids = Numbers.Labels(Positions, TinyGpt2.Vocabulary, 1), labels = Numbers.Labels(Positions, TinyGpt2.Vocabulary, 2);

    public void Dispose() => folder.Dispose();

    float[] LogitsOf(LoraGpt2 model)
    {
        float[] logits = new float[Positions * TinyGpt2.Vocabulary];
        model.Logits(ids, logits);
        return logits;
    }

    float[] LogitsOf(TinyGpt2 model)
    {
        float[] logits = new float[Positions * TinyGpt2.Vocabulary];
        model.Logits(ids, 2, logits);
        return logits;
    }

    LoraGpt2 Trained(ulong seed)
    {
        LoraGpt2 model = new(seed);
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.02 });
        for (int step = 0; step < 20; step++)
            trainer.Step(ids, labels);
        return model;
    }

    [Fact]
    public void A_new_model_computes_what_it_does_without_adapters()
    {
        using TinyGpt2 plain = new(3);
        using LoraGpt2 adapted = new(3);
        Numbers.AssertSameBits(LogitsOf(plain), LogitsOf(adapted), "logits");
        var trainable = adapted.Parameters.Where(p => !p.IsFrozen).ToList();
        Assert.Equal(plain.Parameters.Select(p => p.ToString()), adapted.Parameters.Where(p => p.IsFrozen).Select(p => p.ToString()));
        Assert.Equal(
            [
                "h.0.attn.c_attn.lora_A.weight [2, 8]", "h.0.attn.c_attn.lora_B.weight [24, 2]", "h.0.attn.c_proj.lora_A.weight [2, 8]",
                "h.0.attn.c_proj.lora_B.weight [8, 2]", "h.0.mlp.c_fc.lora_A.weight [3, 8]", "h.0.mlp.c_fc.lora_B.weight [32, 3]",
            ],
            trainable.Take(trainable.Count / 2).Select(p => p.ToString()));
        Assert.All(trainable, p => Assert.Equal(p.Name.Contains("lora_A", StringComparison.Ordinal), p.Values.ToArray().Any(value => value != 0)));
        // peft's first values of A are those of a linear layer's weight: uniform up to 1 / sqrt(inputs).
        Assert.All(
            trainable.Where(p => p.Name.Contains("lora_A", StringComparison.Ordinal)),
            p => Assert.InRange(p.Values.ToArray().Max(Math.Abs), 0.5 / Math.Sqrt(8), 1 / Math.Sqrt(8)));
    }

    [Fact]
    public void Adapters_learn_and_the_weights_stay()
    {
        using LoraGpt2 before = new(3), after = Trained(3);
        Assert.True(after.Loss(ids, labels) < before.Loss(ids, labels) - 0.05f, $"{before.Loss(ids, labels)} {after.Loss(ids, labels)}");
        foreach (var (first, last) in before.Parameters.Zip(after.Parameters))
        {
            if (first.IsFrozen)
                Numbers.AssertSameBits(first.Values, last.Values, first.Name);
            else
                Assert.NotEqual(first.Values.ToArray(), last.Values.ToArray());
        }
    }

    [Fact]
    public void Adapters_are_saved_alone_with_pefts_names()
    {
        using LoraGpt2 trained = Trained(3), other = new(4);
        trained.SaveLora(folder.File("adapter_model.safetensors"));
        using (var reader = SafetensorsReader.Open(folder.File("adapter_model.safetensors")))
        {
            Assert.Equal(trained.Parameters.Where(p => !p.IsFrozen).Select(p => "base_model.model." + p.Name).Order(StringComparer.Ordinal),
                reader.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        }
        trained.Save(folder.File("base.safetensors"));
        using TinyGpt2 plain = new(9);
        plain.Load(folder.File("base.safetensors"));
        other.Load(folder.File("base.safetensors"));
        Numbers.AssertSameBits(LogitsOf(plain), LogitsOf(other), "without adapters");
        Assert.NotEqual(LogitsOf(trained), LogitsOf(other));
        other.LoadLora(folder.File("adapter_model.safetensors"));
        Numbers.AssertSameBits(LogitsOf(trained), LogitsOf(other), "logits");
        Assert.Throws<SafetensorsException>(() => other.LoadLora(folder.File("base.safetensors")));
    }

    [Fact]
    public void Merged_weights_give_the_same_logits()
    {
        using LoraGpt2 trained = Trained(3);
        float[] before = LogitsOf(trained);
        trained.MergeLora();
        Numbers.AssertClose(before, LogitsOf(trained), 1e-5, "merged");
        trained.Save(folder.File("merged.safetensors"));
        using TinyGpt2 plain = new(9);
        plain.Load(folder.File("merged.safetensors"));
        Numbers.AssertClose(before, LogitsOf(plain), 1e-5, "loaded without adapters");
    }

    [Fact]
    public void A_model_without_adapters_says_so()
    {
        using TinyGpt2 plain = new(3);
        Assert.Throws<InvalidOperationException>(plain.MergeLora);
        Assert.Throws<InvalidOperationException>(() => plain.SaveLora(folder.File("adapter_model.safetensors")));
        Assert.Throws<InvalidOperationException>(() => plain.LoadLora(folder.File("adapter_model.safetensors")));
    }

    [Fact]
    public void A_training_of_adapters_is_resumed_with_the_same_bits()
    {
        using LoraGpt2 model = new(3), resumed = new(4);
        using var trainer = model.CreateTrainer(new AdamW());
        trainer.Step(ids, labels);
        trainer.SaveCheckpoint(folder.File("checkpoint.safetensors"));
        using var resumedTrainer = resumed.CreateTrainer(new AdamW());
        resumedTrainer.LoadCheckpoint(folder.File("checkpoint.safetensors"));
        Assert.Equal(trainer.Step(ids, labels), resumedTrainer.Step(ids, labels));
        Numbers.AssertSameBits(model.AllValues(), resumed.AllValues(), "parameters");
    }
}
