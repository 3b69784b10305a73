using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Many threads call one model at once, and each gets what it would get alone.</summary>
public class ConcurrencyTests
{
    const int Callers = 6, Calls = 25;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Callers_share_a_small_model(int threads)
    {
        using SmallClassifier model = new(1, new ModelOptions { Threads = threads });
        Run(caller => Numbers.Floats(6 * 20, caller), features =>
        {
            float[] first = new float[54], second = new float[42], logits = new float[30];
            model.Activations(features, first, second, logits);
            return [.. first, .. second, .. logits];
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Callers_share_a_model_that_a_team_runs(int threads)
    {
        const int positions = TokenReader.Batch * TokenReader.Tokens;
        using TokenReader model = new(1, new ModelOptions { Threads = threads });
        Run(caller => Numbers.Labels(positions, TokenReader.Vocabulary, caller), tokens =>
        {
            float[] logits = new float[positions * TokenReader.Vocabulary];
            model.Logits(tokens, logits);
            return [.. logits, model.Loss(tokens, [.. tokens.Select(token => (token + 1) % TokenReader.Vocabulary)])];
        });
    }

    [Fact]
    public void Two_trainers_of_two_models_run_at_once()
    {
        float[] Train(int seed)
        {
            using SmallClassifier model = new((ulong)seed);
            using var trainer = model.CreateTrainer(new Adam());
            for (int step = 0; step < 50; step++)
                trainer.Step(Numbers.Floats(6 * 20, step), Numbers.Labels(6, 5, step));
            return model.AllValues();
        }

        float[][] expected = [Train(1), Train(2)], actual = new float[2][];
        Parallel.For(0, 2, i => actual[i] = Train(i + 1));
        for (int i = 0; i < 2; i++)
            Numbers.AssertSameBits(expected[i], actual[i], $"model {i}");
    }

    static void Run<T>(Func<int, T> inputOf, Func<T, float[]> call)
    {
        T[] inputs = [.. Enumerable.Range(0, Callers).Select(inputOf)];
        float[][] expected = [.. inputs.Select(call)];
        using Barrier start = new(Callers);
        Exception?[] failures = new Exception?[Callers];
        Thread[] callers = [.. inputs.Select((input, caller) => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                for (int i = 0; i < Calls; i++)
                    Numbers.AssertSameBits(expected[caller], call(input), $"caller {caller}, call {i}");
            }
            catch (Exception exception)
            {
                failures[caller] = exception;
            }
        }))];
        foreach (Thread caller in callers)
            caller.Start();
        foreach (Thread caller in callers)
            caller.Join();
        Assert.All(failures, Assert.Null);
    }
}
