using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>A thread that is interrupted all the time trains and computes as if it were not.</summary>
public class InterruptionTests
{
    const int Steps = 30, Positions = TokenReader.Batch * TokenReader.Tokens;

    static int[] Tokens(int step) => Numbers.Labels(Positions, TokenReader.Vocabulary, step);

    /// <summary>Steps, and between them inference with the weights of the time.</summary>
    static float[] Train(int threads, Action<Action> call)
    {
        TokenReader model = new(1, new ModelOptions { Threads = threads });
        var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.01 });
        List<float> seen = [];
        for (int step = 0; step < Steps; step++)
        {
            call(() => trainer.Step(Tokens(step), Tokens(step + 1)));
            seen.Add(trainer.LastLoss);
            float[] logits = new float[Positions * TokenReader.Vocabulary];
            call(() => model.Logits(Tokens(step), logits));
            seen.AddRange(logits);
        }
        Assert.Equal(Steps, trainer.StepCount);
        seen.AddRange(model.AllValues());
        trainer.Dispose();
        model.Dispose();
        return [.. seen];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Same_bits_as_undisturbed(int threads)
    {
        float[] expected = Train(threads, call => call()), actual = [];
        Exception? failure = null;
        Thread caller = new(() => failure = Record.Exception(() => actual = Train(threads, call =>
        {
            try
            {
                call();
            }
            catch (ThreadInterruptedException)
            {
                // The call has ended.
            }
        })));
        caller.Start();
        Random random = new(threads);
        while (!caller.Join(0))
        {
            caller.Interrupt();
            Thread.SpinWait(random.Next(3000));
            Thread.Yield();
        }
        Assert.Null(failure);
        Numbers.AssertSameBits(expected, actual, $"{threads} threads");
    }
}
