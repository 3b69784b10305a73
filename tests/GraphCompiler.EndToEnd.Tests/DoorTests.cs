using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Arguments that do not fit are refused by name, before anything has changed.</summary>
public sealed class DoorTests : IDisposable
{
    readonly SmallClassifier model = Model(), undisturbed = Model();
    readonly SmallClassifier.Trainer trainer, undisturbedTrainer;
    readonly float[] features = Numbers.Floats(6 * 20, 1);
    readonly int[] labels = Numbers.Labels(6, 5, 2);

    public DoorTests()
    {
        trainer = TrainerOf(model);
        undisturbedTrainer = TrainerOf(undisturbed);
        for (int step = 0; step < 3; step++)
        {
            trainer.Step(features, labels);
            undisturbedTrainer.Step(features, labels);
        }
    }

    static SmallClassifier Model() => new(5, new ModelOptions { CheckInputs = true });

    static SmallClassifier.Trainer TrainerOf(SmallClassifier model) =>
        model.CreateTrainer(new Adam { LearningRate = 0.01 }, new TrainerOptions { AccumulationSteps = 2 });

    public void Dispose()
    {
        trainer.Dispose();
        undisturbedTrainer.Dispose();
        model.Dispose();
        undisturbed.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(119)]
    [InlineData(121)]
    public void Features_of_another_length(int length)
    {
        float[] wrong = Numbers.Floats(length, 3);
        Refuses<ArgumentException>("features", () => trainer.Step(wrong, labels));
        Refuses<ArgumentException>("features", () => model.Loss(wrong, labels));
        Refuses<ArgumentException>("features", () => model.Logits(wrong, new float[30]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(7)]
    public void Labels_of_another_length(int length)
    {
        Refuses<ArgumentException>("labels", () => trainer.Step(features, new int[length]));
        Refuses<ArgumentException>("labels", () => model.Loss(features, new int[length]));
    }

    [Fact]
    public void A_result_of_another_length()
    {
        float[] logits = Numbers.Floats(31, 3), before = [.. logits];
        Refuses<ArgumentException>("result", () => model.Logits(features, logits));
        Refuses<ArgumentException>("result", () => model.Logits(features, logits.AsSpan(0, 29)));
        Assert.Equal(before, logits);
        Refuses<ArgumentException>(
            "Second", () => model.Activations(features, new float[6 * 9], new float[6 * 7 - 1], new float[6 * 5]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_label_out_of_range(int label)
    {
        for (int position = 0; position < labels.Length; position++)
        {
            int[] wrong = [.. labels];
            wrong[position] = label;
            Refuses<ArgumentOutOfRangeException>("labels", () => trainer.Step(features, wrong));
            Refuses<ArgumentOutOfRangeException>("labels", () => model.Loss(features, wrong));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite(float value)
    {
        foreach (int position in new[] { 0, 63, 119 })
        {
            float[] wrong = [.. features];
            wrong[position] = value;
            Refuses<ArgumentException>("features", () => trainer.Step(wrong, labels));
            Refuses<ArgumentException>("features", () => model.Loss(wrong, labels));
            Refuses<ArgumentException>("features", () => model.Logits(wrong, new float[30]));
        }
    }

    [Fact]
    public void A_token_out_of_range()
    {
        using TokenTagger tagger = new();
        int[] tokens = Numbers.Labels(20, TokenTagger.Vocabulary, 1);
        tokens[19] = TokenTagger.Vocabulary;
        float[] weights = new float[20], logits = new float[12], probabilities = new float[12];
        Refuses<ArgumentOutOfRangeException>("tokens", () => tagger.Outputs(tokens, weights, logits, probabilities));
        Refuses<ArgumentOutOfRangeException>("tokens", () => tagger.Loss(tokens, new float[12]));
        using var taggerTrainer = tagger.CreateTrainer(new Sgd());
        Refuses<ArgumentOutOfRangeException>("tokens", () => taggerTrainer.Step(tokens, new float[12]));
    }

    [Fact]
    public void Tokens_that_are_sliced_or_moved_are_still_checked()
    {
        using TokenReader reader = new();
        const int positions = TokenReader.Batch * TokenReader.Tokens;
        int[] tokens = Numbers.Labels(positions, TokenReader.Vocabulary, 1), wrong = [.. tokens];
        wrong[positions / 2] = TokenReader.Vocabulary;
        Refuses<ArgumentOutOfRangeException>("next", () => reader.Loss(tokens, wrong));
        Refuses<ArgumentOutOfRangeException>("tokens", () => reader.Loss(wrong, tokens));
        Refuses<ArgumentOutOfRangeException>("tokens", () => reader.Logits(wrong, new float[positions * TokenReader.Vocabulary]));
        using var readerTrainer = reader.CreateTrainer(new Sgd());
        Refuses<ArgumentOutOfRangeException>("next", () => readerTrainer.Step(tokens, wrong));
        Refuses<ArgumentOutOfRangeException>("tokens", () => readerTrainer.Step(wrong, tokens));
    }

    [Fact]
    public void A_result_that_shares_memory_with_another_argument()
    {
        float[] memory = [.. features, .. new float[60]];
        Refuses<ArgumentException>("result", () => model.Logits(memory.AsSpan(0, 120), memory.AsSpan(119, 30)));
        Refuses<ArgumentException>("result", () => model.Logits(memory.AsSpan(29, 120), memory.AsSpan(0, 30)));
        Refuses<ArgumentException>(
            "Logits", () => model.Activations(features, new float[6 * 9], memory.AsSpan(0, 6 * 7), memory.AsSpan(20, 6 * 5)));
        model.Logits(memory.AsSpan(0, 120), memory.AsSpan(120, 30));
    }

    [Fact]
    public void After_dispose()
    {
        trainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => trainer.Step(features, labels));
        Assert.Equal(undisturbed.Loss(features, labels), model.Loss(features, labels));
        using var second = TrainerOf(model);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Step(features, labels));
        Assert.Throws<ObjectDisposedException>(() => model.Loss(features, labels));
        Assert.Throws<ObjectDisposedException>(() => model.Logits(features, new float[30]));
        Assert.Throws<ObjectDisposedException>(() => model.CreateTrainer(new Sgd()));
    }

    // Refused by name; and both the step counter and the steps that follow are as if nobody had asked.
    void Refuses<TException>(string input, Action call)
        where TException : ArgumentException
    {
        TException exception = Assert.Throws<TException>(call);
        Assert.Equal(input, exception.ParamName);
        Assert.Contains($"'{input}'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(undisturbedTrainer.StepCount, trainer.StepCount);
        Assert.Equal(undisturbedTrainer.Step(features, labels), trainer.Step(features, labels));
        Numbers.AssertSameBits(undisturbed.AllValues(), model.AllValues(), "after a refusal");
    }
}
