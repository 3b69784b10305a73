using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Frozen parameters are computed with, saved and loaded like others, and have no gradient, no optimizer state and no memory for either.</summary>
public sealed class FrozenParameterTests : IDisposable
{
    const int Positions = TiedDecoder.Batch * TiedDecoder.Tokens;

    readonly TemporaryFolder folder = new();
    readonly int[] ids = Numbers.Labels(Positions, TiedDecoder.Vocabulary, 1), next = Numbers.Labels(Positions, TiedDecoder.Vocabulary, 2);

    public void Dispose() => folder.Dispose();

    static FrozenDecoder.Trainer TrainerOf(FrozenDecoder model)
        => model.CreateTrainer(new AdamW { LearningRate = 0.05, WeightDecay = 0.1 }, new TrainerOptions { ClipNorm = 0.5, AccumulationSteps = 2 });

    [Fact]
    public void What_learns_has_the_gradient_that_it_has_among_learning_parameters()
    {
        using TrainableDecoder whole = new(5);
        using FrozenDecoder frozen = new(5);
        Assert.Equal(whole.Parameters.Select(p => p.ToString()), frozen.Parameters.Select(p => p.ToString()));
        Numbers.AssertSameBits(whole.AllValues(), frozen.AllValues(), "first values");
        using var wholeTrainer = whole.CreateTrainer(new Sgd());
        using var frozenTrainer = frozen.CreateTrainer(new Sgd());
        Assert.Equal(wholeTrainer.Step(ids, next), frozenTrainer.Step(ids, next), 1e-6f);
        var trainable = frozen.Parameters.Where(p => !p.IsFrozen).Select(p => p.Name).ToList();
        Assert.Equal(
            [
                "blocks.1.query.weight", "blocks.1.query.bias", "blocks.1.key.weight", "blocks.1.key.bias", "blocks.1.norm.weight", "blocks.1.norm.bias",
                "blocks.1.mlp.expand.weight", "blocks.1.mlp.expand.bias", "blocks.1.mlp.project.weight", "blocks.1.mlp.project.bias", "norm.weight", "norm.bias",
            ],
            trainable);
        foreach (string name in trainable)
            Numbers.AssertClose(wholeTrainer.GradientOf(name), frozenTrainer.GradientOf(name), 1e-5, name);
        Assert.Throws<ArgumentException>("name", () => frozenTrainer.GradientOf("tokens.weight"));
    }

    [Fact]
    public void Frozen_parameters_stay_and_the_others_learn()
    {
        using FrozenDecoder model = new(5);
        var before = model.Parameters.ToDictionary(p => p.Name, p => p.Values.ToArray());
        using var trainer = TrainerOf(model);
        float first = trainer.Step(ids, next), last = 0;
        for (int step = 0; step < 19; step++)
            last = trainer.Step(ids, next);
        Assert.True(last < first - 0.2f, $"{first} {last}");
        foreach (var parameter in model.Parameters)
        {
            if (parameter.IsFrozen)
                Numbers.AssertSameBits(before[parameter.Name], parameter.Values, parameter.Name);
            else
                Assert.NotEqual(before[parameter.Name], parameter.Values.ToArray());
        }
    }

    [Fact]
    public void Gradients_and_optimizer_state_take_the_memory_of_what_learns()
    {
        using TrainableDecoder whole = new();
        using FrozenDecoder frozen = new();
        long Aligned(IEnumerable<ModelParameter> parameters) => parameters.Sum(p => (p.Count * sizeof(float) + 63) / 64 * 64);
        Assert.Equal(whole.MemoryReport.ParameterBytes, frozen.MemoryReport.ParameterBytes);
        Assert.Equal(Aligned(frozen.Parameters.Where(p => !p.IsFrozen)), frozen.MemoryReport.GradientBytes);
        Assert.Equal(2 * frozen.MemoryReport.GradientBytes, frozen.MemoryReport.OptimizerBytes(new AdamW()));
        Assert.True(frozen.MemoryReport.Methods.Single(m => m.IsTraining).ArenaBytes < whole.MemoryReport.Methods.Single(m => m.IsTraining).ArenaBytes);
    }

    [Fact]
    public void A_training_is_resumed_with_the_same_bits_and_weights_move_to_a_model_that_learns_all()
    {
        using FrozenDecoder model = new(5);
        using var trainer = TrainerOf(model);
        for (int step = 0; step < 5; step++)
            trainer.Step(ids, next);
        trainer.SaveCheckpoint(folder.File("checkpoint.safetensors"));
        using FrozenDecoder resumed = new(6);
        using var resumedTrainer = TrainerOf(resumed);
        resumedTrainer.LoadCheckpoint(folder.File("checkpoint.safetensors"));
        for (int step = 0; step < 5; step++)
            Assert.Equal(trainer.Step(ids, next), resumedTrainer.Step(ids, next));
        Numbers.AssertSameBits(model.AllValues(), resumed.AllValues(), "parameters");

        model.Save(folder.File("weights.safetensors"));
        using TrainableDecoder whole = new(7);
        whole.Load(folder.File("weights.safetensors"));
        Numbers.AssertSameBits(model.AllValues(), whole.AllValues(), "loaded");
    }

    [Fact]
    public void A_checkpoint_of_a_model_that_froze_something_else_is_refused()
    {
        using TrainableDecoder whole = new(5);
        using var wholeTrainer = whole.CreateTrainer(new AdamW());
        wholeTrainer.Step(ids, next);
        wholeTrainer.SaveCheckpoint(folder.File("checkpoint.safetensors"));
        using FrozenDecoder frozen = new(6);
        float[] before = frozen.AllValues();
        using var trainer = frozen.CreateTrainer(new AdamW());
        Assert.Throws<SafetensorsException>(() => trainer.LoadCheckpoint(folder.File("checkpoint.safetensors")));
        Numbers.AssertSameBits(before, frozen.AllValues(), "parameters");
    }
}
