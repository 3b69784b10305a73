using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Tests that count what the whole process allocates, and so run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietProcess
{
    public const string Name = "Quiet process";
}

/// <summary>After a first call, training steps and inference calls leave the managed heap alone.</summary>
[Collection(QuietProcess.Name)]
public class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_small_model(int threads)
    {
        using SmallClassifier model = new(1, new ModelOptions { Threads = threads, CheckInputs = true });
        using var trainer = model.CreateTrainer(
            new Sgd { Momentum = 0.9, Nesterov = true },
            new TrainerOptions { ClipNorm = 1, AccumulationSteps = 2, Schedule = LearningRateSchedule.Cosine(1000) });
        float[] features = Numbers.Floats(6 * 20, 1), logits = new float[6 * 5];
        int[] labels = Numbers.Labels(6, 5, 2);
        AssertAllocatesNothing(() => trainer.Step(features, labels));
        AssertAllocatesNothing(() => model.Logits(features, logits));
        AssertAllocatesNothing(() => model.Loss(features, labels));
    }

    [Fact]
    public void A_model_of_several_types_of_elements()
    {
        using MixedTypes model = new(1, new ModelOptions { CheckInputs = true });
        using var trainer = model.CreateTrainer(new Sgd());
        float[] x = Numbers.Floats(15, 1), values = new float[15];
        bool[] kept = new bool[15], opposite = new bool[15];
        int[] numbers = [1, 2, 3], next = new int[3];
        Half[] halves = new Half[37], same = new Half[37], factor = new Half[5];
        AssertAllocatesNothing(() => trainer.Step(x, kept, factor));
        AssertAllocatesNothing(() => model.Several(kept, numbers, halves, opposite, next, values, same));
        AssertAllocatesNothing(() => model.Last(halves.AsSpan(0, 6)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_model_that_a_team_shares(int threads)
    {
        const int positions = TokenReader.Batch * TokenReader.Tokens;
        using TokenReader model = new(1, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new AdamW());
        int[] tokens = Numbers.Labels(positions, TokenReader.Vocabulary, 1);
        int[] next = Numbers.Labels(positions, TokenReader.Vocabulary, 2);
        float[] logits = new float[positions * TokenReader.Vocabulary];
        AssertAllocatesNothing(() => trainer.Step(tokens, next));
        AssertAllocatesNothing(() => model.Logits(tokens, logits));
        AssertAllocatesNothing(() => model.Loss(tokens, next));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_batch_of_any_size(int threads)
    {
        using AnyBatch model = new(1, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new Adam());
        float[] x = Numbers.Floats(AnyBatch.MaxBatch * SharedNetwork.Inputs, 1);
        int[] kinds = Numbers.Labels(AnyBatch.MaxBatch, SharedNetwork.Kinds, 2);
        int[] labels = Numbers.Labels(AnyBatch.MaxBatch, SharedNetwork.Classes, 3);
        float[] logits = new float[AnyBatch.MaxBatch * SharedNetwork.Classes], mean = new float[SharedNetwork.Classes];
        int size = 0;
        AssertAllocatesNothing(() =>
        {
            size = size % AnyBatch.MaxBatch + 1;
            trainer.Step(x.AsSpan(0, size * SharedNetwork.Inputs), kinds.AsSpan(0, size), labels.AsSpan(0, size));
            model.Outputs(
                x.AsSpan(0, size * SharedNetwork.Inputs), kinds.AsSpan(0, size), logits.AsSpan(0, size * SharedNetwork.Classes), mean);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_gpt_of_any_length(int threads)
    {
        using Gpt model = new(1, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new AdamW(), new TrainerOptions { ClipNorm = 1 });
        int[] ids = Numbers.Labels(2 * Gpt.Context, Gpt.Vocabulary, 1), next = Numbers.Labels(2 * Gpt.Context, Gpt.Vocabulary, 2);
        float[] logits = new float[2 * Gpt.Context * Gpt.Vocabulary];
        int time = 0;
        AssertAllocatesNothing(() =>
        {
            time = time % Gpt.Context + 1;
            trainer.Step(ids.AsSpan(0, 2 * time), next.AsSpan(0, 2 * time), 2);
            model.Logits(ids.AsSpan(0, 2 * time), 2, logits.AsSpan(0, 2 * time * Gpt.Vocabulary));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_decoded_token(int threads)
    {
        using TinyLlama model = new(1, new ModelOptions { Threads = threads });
        using var session = model.CreateSession();
        int[] ids = Numbers.Labels(TinyLlama.Context, TinyLlama.Vocabulary, 1);
        float[] next = new float[TinyLlama.Vocabulary];
        int position = 0;
        AssertAllocatesNothing(() =>
        {
            int count = position == 0 ? 5 : 1;
            session.Next(ids.AsSpan(position, count), position, next);
            position = (position + count) % TinyLlama.Context;
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_decoded_token_that_a_team_shares(int threads)
    {
        using CachedReader model = new(1, new ModelOptions { Threads = threads });
        using var session = model.CreateSession();
        int[] tokens = Numbers.Labels(CachedReader.Context, CachedReader.Vocabulary, 1);
        float[] logits = new float[CachedReader.Vocabulary];
        session.Next(tokens.AsSpan(0, 50), 0, logits);
        int position = 0;
        AssertAllocatesNothing(() =>
        {
            position = 50 + (position - 49) % (CachedReader.Context - 50);
            session.Next(tokens.AsSpan(position, 1), position, logits);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_model_with_state(int threads)
    {
        using NormalizedClassifier model = new(1, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new Adam());
        float[] x = Numbers.Floats(8 * NormalizedClassifier.Inputs, 1), logits = new float[8 * NormalizedClassifier.Classes];
        int[] labels = Numbers.Labels(8, NormalizedClassifier.Classes, 2);
        AssertAllocatesNothing(() => trainer.Step(x, labels));
        AssertAllocatesNothing(() => model.Logits(x, logits));
    }

    static void AssertAllocatesNothing(Action call)
    {
        long fewest = long.MaxValue;

        // The runtime and the test runner have threads of their own, which allocate now and then; a call that allocated
        // would do so every time. So the spans are short and many.
        call();
        for (int attempt = 0; attempt < 100 && fewest > 0; attempt++)
        {
            call();
            long ownBefore = GC.GetAllocatedBytesForCurrentThread(), before = GC.GetTotalAllocatedBytes(precise: true);
            for (int repeat = 0; repeat < 2; repeat++)
                call();
            long after = GC.GetTotalAllocatedBytes(precise: true);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - ownBefore);
            fewest = Math.Min(fewest, after - before);
        }

        Assert.Equal(0, fewest);
    }
}
