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
    public void Padding_has_no_part_in_loss_and_gradients()
    {
        using MaskedClassifier masked = new(seed: 3);
        using UnmaskedClassifier plain = new(seed: 3);
        using var maskedTrainer = masked.CreateTrainer(new Sgd { LearningRate = 0.1 });
        using var plainTrainer = plain.CreateTrainer(new Sgd { LearningRate = 0.1 });
        using ImageBatchEnumerator padded = Examples(10).Batches(MaskedClassifier.Batch, LastBatch.Pad).GetEnumerator();
        foreach (ImageBatch kept in Examples(10).Batches(MaskedClassifier.Batch, LastBatch.Keep))
        {
            Assert.True(padded.MoveNext());
            Assert.Equal(kept.Size, padded.Current.Count);
            float loss = plainTrainer.Step(kept.Images, kept.Labels);
            Assert.Equal(loss, maskedTrainer.Step(padded.Current.Images, padded.Current.Labels), 1e-5f);
            foreach (ModelParameter parameter in plain.Parameters)
                Numbers.AssertClose(plainTrainer.GradientOf(parameter.Name).ToArray(), maskedTrainer.GradientOf(parameter.Name), 1e-5, parameter.Name);
        }
        Assert.False(padded.MoveNext());
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
