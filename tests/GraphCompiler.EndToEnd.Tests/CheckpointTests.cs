using GraphCompiler.Checkpoints;
using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Weights move from model to model, and an interrupted training goes on with the same bits.</summary>
public sealed class CheckpointTests : IDisposable
{
    const int Positions = TokenReader.Batch * TokenReader.Tokens;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Weights_move_to_another_model()
    {
        using TokenReader first = new(1), second = new(2);
        int[] tokens = Numbers.Labels(Positions, TokenReader.Vocabulary, 1);
        int[] next = Numbers.Labels(Positions, TokenReader.Vocabulary, 2);
        Assert.NotEqual(first.Loss(tokens, next), second.Loss(tokens, next));
        first.Save(folder.File("weights.safetensors"));
        second.Load(folder.File("weights.safetensors"));
        Numbers.AssertSameBits(first.AllValues(), second.AllValues(), "parameters");
        Assert.Equal(first.Loss(tokens, next), second.Loss(tokens, next));
        Assert.Superset(
            new HashSet<string> { "embedding.weight", "positions", "blocks.0.beforeMixing.weight", "blocks.1.mlp.project.bias" },
            new HashSet<string>(first.Parameters.Select(parameter => parameter.Name)));
    }

    public static TheoryData<string> Optimizers => ["momentum", "nesterov", "adam", "adamw"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_training_that_is_resumed_gives_the_same_bits(string optimizer)
    {
        // Seven steps stop between two updates, with one of three gradients already accumulated.
        const int before = 7, after = 8;
        using TokenReader whole = new(1);
        using var wholeTrainer = TrainerOf(whole, optimizer);
        Train(wholeTrainer, 0, before);
        wholeTrainer.SaveCheckpoint(folder.File("checkpoint.safetensors"));
        float[] expected = Train(wholeTrainer, before, after);

        using TokenReader resumed = new(99);
        using var resumedTrainer = TrainerOf(resumed, optimizer);
        Train(resumedTrainer, 3, 4);
        resumedTrainer.LoadCheckpoint(folder.File("checkpoint.safetensors"));
        Assert.Equal(before, resumedTrainer.StepCount);
        Numbers.AssertSameBits(expected, Train(resumedTrainer, before, after), "losses");
        Numbers.AssertSameBits(whole.AllValues(), resumed.AllValues(), "parameters");
        Numbers.AssertSameBits(wholeTrainer.AllGradients(whole), resumedTrainer.AllGradients(resumed), "gradients");
        Assert.Equal(wholeTrainer.UpdateCount, resumedTrainer.UpdateCount);
    }

    [Fact]
    public void Files_of_another_model_are_refused_and_change_nothing()
    {
        string weights = folder.File("weights.safetensors"), checkpoint = folder.File("checkpoint.safetensors");
        using SmallClassifier other = new(1);
        using var otherTrainer = other.CreateTrainer(OptimizerOf("adam"), Options());
        otherTrainer.Step(Numbers.Floats(120, 1), Numbers.Labels(6, 5, 1));
        other.Save(weights);
        otherTrainer.SaveCheckpoint(checkpoint);

        using TokenReader model = new(1), undisturbed = new(1);
        using var trainer = TrainerOf(model, "adam");
        using var undisturbedTrainer = TrainerOf(undisturbed, "adam");
        Train(trainer, 0, 4);
        Train(undisturbedTrainer, 0, 4);
        Assert.Throws<SafetensorsException>(() => model.Load(weights));
        Assert.Throws<SafetensorsException>(() => trainer.LoadCheckpoint(checkpoint));
        Assert.Throws<SafetensorsException>(() => trainer.LoadCheckpoint(weights));
        Numbers.AssertSameBits(undisturbed.AllValues(), model.AllValues(), "parameters after a refusal");
        Numbers.AssertSameBits(Train(undisturbedTrainer, 4, 4), Train(trainer, 4, 4), "losses after a refusal");
        Numbers.AssertSameBits(undisturbed.AllValues(), model.AllValues(), "parameters");
    }

    [Fact]
    public void A_cut_file_is_refused_and_changes_nothing()
    {
        string path = folder.File("weights.safetensors");
        using SmallClassifier model = new(1), saved = new(2);
        saved.Save(path);
        byte[] bytes = File.ReadAllBytes(path);
        float[] before = model.AllValues();
        foreach (int length in new[] { 0, 7, 8, 100, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<SafetensorsException>(() => model.Load(path));
        }

        Numbers.AssertSameBits(before, model.AllValues(), "parameters");
    }

    static TokenReader.Trainer TrainerOf(TokenReader model, string optimizer) =>
        model.CreateTrainer(OptimizerOf(optimizer), Options());

    static TrainerOptions Options() => new()
    {
        AccumulationSteps = 3,
        ClipNorm = 0.5,
        Schedule = LearningRateSchedule.Cosine(20),
        Seed = 77,
    };

    static Optimizer OptimizerOf(string name) => name switch
    {
        "momentum" => new Sgd { LearningRate = 0.1, Momentum = 0.9, WeightDecay = 0.01 },
        "nesterov" => new Sgd { LearningRate = 0.1, Momentum = 0.9, Nesterov = true },
        "adam" => new Adam { LearningRate = 0.01 },
        _ => new AdamW { LearningRate = 0.01 },
    };

    static float[] Train(TokenReader.Trainer trainer, int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(step => trainer.Step(
            Numbers.Labels(Positions, TokenReader.Vocabulary, step), Numbers.Labels(Positions, TokenReader.Vocabulary, -step - 1))),
    ];
}
