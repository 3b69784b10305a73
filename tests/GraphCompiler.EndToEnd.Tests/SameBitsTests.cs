using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Thirty steps with dropout give the same parameters, to the bit, on any number of threads and on every run.</summary>
public class SameBitsTests
{
    const int Steps = 30;

    [Fact]
    public void A_wide_classifier() => AssertSameForAllTeams(threads =>
    {
        using WideClassifier model = new(3, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(
            new Sgd { LearningRate = 0.05, Momentum = 0.9 }, new TrainerOptions { ClipNorm = 0.5 });
        float[] features = Numbers.Floats(WideClassifier.Batch * WideClassifier.Inputs, 1);
        float[] losses = new float[Steps];
        for (int step = 0; step < Steps; step++)
            losses[step] = trainer.Step(features, Numbers.Labels(WideClassifier.Batch, WideClassifier.Classes, step % 3));
        Assert.True(losses[^1] < losses[0]);
        float[] logits = new float[WideClassifier.Batch * WideClassifier.Classes];
        model.Logits(features, logits);
        return [.. losses, .. logits, .. model.AllValues()];
    });

    [Fact]
    public void A_token_reader() => AssertSameForAllTeams(threads =>
    {
        const int positions = TokenReader.Batch * TokenReader.Tokens;
        using TokenReader model = new(3, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.003 });
        float[] losses = new float[Steps];
        int[] tokens = Numbers.Labels(positions, TokenReader.Vocabulary, 1);
        for (int step = 0; step < Steps; step++)
            losses[step] = trainer.Step(tokens, Numbers.Labels(positions, TokenReader.Vocabulary, step % 3));
        Assert.True(losses[^1] < losses[0]);
        float[] logits = new float[positions * TokenReader.Vocabulary];
        model.Logits(tokens, logits);
        return [.. losses, .. logits, .. model.AllValues()];
    });

    [Fact]
    public void A_gpt() => AssertSameForAllTeams(threads =>
    {
        const int batch = 5, time = 37;
        using Gpt model = new(3, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.003 }, new TrainerOptions { ClipNorm = 1 });
        int[] ids = Numbers.Labels(batch * time, Gpt.Vocabulary, 1), next = Numbers.Labels(batch * time, Gpt.Vocabulary, 2);
        float[] losses = [.. Enumerable.Range(0, 4).Select(_ => trainer.Step(ids, next, batch))];
        Assert.True(losses[^1] < losses[0]);
        float[] logits = new float[batch * time * Gpt.Vocabulary];
        model.Logits(ids, batch, logits);
        return [.. losses, .. logits, .. model.AllValues()];
    });

    /// <summary>What its products multiply lies in 16 bits.</summary>
    [Fact]
    public void A_gpt_of_bfloat16() => AssertSameForAllTeams(threads =>
    {
        const int batch = 3, time = 37;
        using NarrowGpt model = new(3, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.003 }, new TrainerOptions { ClipNorm = 1 });
        int[] ids = Numbers.Labels(batch * time, NarrowGpt.Vocabulary, 1), next = Numbers.Labels(batch * time, NarrowGpt.Vocabulary, 2);
        float[] losses = [.. Enumerable.Range(0, 4).Select(_ => trainer.Step(ids, next, batch))];
        Assert.True(losses[^1] < losses[0]);
        float[] logits = new float[batch * time * NarrowGpt.Vocabulary];
        model.Logits(ids, batch, logits);
        return [.. losses, .. logits, .. model.AllValues()];
    });

    [Fact]
    public void Another_seed_drops_other_elements()
    {
        float[] losses = [.. new ulong[] { 1, 1, 2 }.Select(seed =>
        {
            using WideClassifier model = new(3);
            using var trainer = model.CreateTrainer(new Sgd(), new TrainerOptions { Seed = seed });
            return trainer.Step(
                Numbers.Floats(WideClassifier.Batch * WideClassifier.Inputs, 1),
                Numbers.Labels(WideClassifier.Batch, WideClassifier.Classes, 1));
        })];
        Assert.Equal(losses[0], losses[1]);
        Assert.NotEqual(losses[0], losses[2]);
    }

    static void AssertSameForAllTeams(Func<int, float[]> train)
    {
        float[] expected = train(1);
        Assert.All(expected, value => Assert.True(float.IsFinite(value)));
        foreach (int threads in new[] { 1, 2, 3, 4 })
            Numbers.AssertSameBits(expected, train(threads), $"{threads} threads");
    }
}
