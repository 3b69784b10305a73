using GraphCompiler.Data;
using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Rows that only fill up a batch are no part of a masked loss, and no other loss takes them for examples.</summary>
public class PaddingTests
{
    static ImageSequence Examples(int count)
    {
        byte[] pixels = [.. Enumerable.Range(0, count * TinyNetwork.Pixels).Select(i => (byte)(i * 37 % 251))];
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % TinyNetwork.Classes)];
        return new ImageSequence(new ImageSet(pixels, labels, new ImageShape(1, 2, 3)));
    }

    [Fact]
    public void Padding_has_no_part_in_a_loss_that_compares()
    {
        using MaskedClassifier masked = new(seed: 3);
        using var trainer = masked.CreateTrainer(new Sgd { LearningRate = 0.1 });
        CompareWithKept(batch => (trainer.Step(batch.Images, batch.Labels), trainer));
    }

    [Fact]
    public void Padding_has_no_part_in_a_loss_that_ignores_it()
    {
        using IgnoringClassifier ignoring = new(seed: 3);
        using var trainer = ignoring.CreateTrainer(new Sgd { LearningRate = 0.1 });
        CompareWithKept(batch => (trainer.Step(batch.Images, batch.Labels), trainer));
    }

    /// <summary>Trains on padded batches beside the plain classifier, which has the last batch without its padding.</summary>
    static void CompareWithKept(Func<ImageBatch, (float Loss, GraphTrainer Trainer)> step)
    {
        using UnmaskedClassifier plain = new(seed: 3);
        using var plainTrainer = plain.CreateTrainer(new Sgd { LearningRate = 0.1 });
        using ImageBatchEnumerator padded = Examples(10).Batches(MaskedClassifier.Batch, LastBatch.Pad).GetEnumerator();
        foreach (ImageBatch kept in Examples(10).Batches(MaskedClassifier.Batch, LastBatch.Keep))
        {
            Assert.True(padded.MoveNext());
            Assert.Equal(kept.Size, padded.Current.Count);
            float loss = plainTrainer.Step(kept.Images, kept.Labels);
            var (maskedLoss, trainer) = step(padded.Current);
            Assert.Equal(loss, maskedLoss, 1e-5f);
            foreach (ModelParameter parameter in plain.Parameters)
                Numbers.AssertClose(plainTrainer.GradientOf(parameter.Name).ToArray(), trainer.GradientOf(parameter.Name), 1e-5, parameter.Name);
        }
        Assert.False(padded.MoveNext());
    }

    [Fact]
    public void A_loss_whose_rows_are_all_left_out_is_0_and_changes_nothing()
    {
        using IgnoringClassifier model = new(seed: 3);
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.1 });
        float[] before = model.AllValues();
        Assert.Equal(0f, trainer.Step(new float[MaskedClassifier.Batch * TinyNetwork.Pixels], [-1, -1, -1, -1]));
        Assert.Equal(0.0, trainer.GradientNorm);
        Numbers.AssertSameBits(before, model.AllValues(), "parameters");
    }

    [Fact]
    public void What_is_not_left_out_must_be_a_class()
    {
        using IgnoringClassifier model = new(seed: 3);
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => model.Loss(new float[MaskedClassifier.Batch * TinyNetwork.Pixels], [0, -1, 10, 9]));
        Assert.StartsWith("'labels' holds 10 at index 2", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Loss(new float[MaskedClassifier.Batch * TinyNetwork.Pixels], [0, -1, -2, 9]));
    }

    [Fact]
    public void The_loss_of_a_large_vocabulary_leaves_out_and_weights_words_as_well()
    {
        int[] text = [17, 22_499, 0, 3, 250, 1], next = [1, 0, 22_500, 0, 8, 77];
        float[] weights = [1, 5, 0.5f, 2, 0, 3], classWeights = [.. Enumerable.Range(0, WeightedVocabulary.Words).Select(i => 0.5f + (i % 5))];
        int[] kept = [.. Enumerable.Range(0, text.Length).Where(i => next[i] > 0 && weights[i] > 0)];
        using WeightedVocabulary model = new(seed: 5);
        using var all = model.CreateTrainer(new Sgd { LearningRate = 0 });
        using var some = model.CreateTrainer(new Sgd { LearningRate = 0 });
        Assert.All(model.MemoryReport.Methods, m => Assert.True(m.ArenaBytes < 64L * WeightedVocabulary.Words * sizeof(float), $"{m.ArenaBytes} bytes hold the logits"));
        float ofSome = some.Step([.. kept.Select(i => text[i])], [.. kept.Select(i => next[i])], [.. kept.Select(i => weights[i])], classWeights);
        Assert.Equal(ofSome, all.Step(text, next, weights, classWeights), 1e-5f);
        foreach (ModelParameter parameter in model.Parameters)
            Numbers.AssertClose(some.GradientOf(parameter.Name).ToArray(), all.GradientOf(parameter.Name), 1e-5, parameter.Name);
    }

    [Fact]
    public void A_loss_that_looks_classes_up_refuses_padding()
    {
        using UnmaskedClassifier model = new(seed: 3);
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.1 });
        float[] before = model.AllValues();
        foreach (ImageBatch batch in Examples(2).Batches(MaskedClassifier.Batch, LastBatch.Pad))
        {
            try
            {
                trainer.Step(batch.Images, batch.Labels);
                Assert.Fail("trained on padding");
            }
            catch (ArgumentOutOfRangeException exception)
            {
                Assert.Equal("labels", exception.ParamName);
            }
        }
        Numbers.AssertSameBits(before, model.AllValues(), "parameters");
    }
}
