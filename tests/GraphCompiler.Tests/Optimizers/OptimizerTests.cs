using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Optimizers;

public sealed class OptimizerTests
{
    public static TheoryData<string> Kinds => ["sgd", "momentum", "adam", "adamw"];

    static Optimizer Make(string kind) => kind switch
    {
        "sgd" => new Sgd { LearningRate = 0.1, WeightDecay = 0.2 },
        "momentum" => new Sgd { LearningRate = 0.1, Momentum = 0.9, Nesterov = true, WeightDecay = 0.2 },
        "adam" => new Adam { LearningRate = 0.1, WeightDecay = 0.2 },
        _ => new AdamW { LearningRate = 0.1, WeightDecay = 0.2 },
    };

    /// <summary>Every length of a parameter, with another right after it: tails are done, gaps and neighbours are not.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Updates_every_element_and_nothing_between_parameters(string kind)
    {
        const float sentinel = 123.5f;
        using TestModel alone = new(TestModel.LayoutOf(("only", [1, 1])));
        for (int length = 0; length <= 70; length++)
        {
            using TestModel model = new(TestModel.LayoutOf(("a", [length, 1]), ("b", [3, 1])), seed: (ulong)length);
            FillGaps(model, sentinel);
            float[] expected = [.. model.Values().Select(value => UpdatedAlone(alone, kind, value))];
            using GivenGradients.Trainer trainer = model.TrainOnGiven(Make(kind));
            trainer.Program.GradientAt = _ => 0.5f;
            trainer.Step();

            Assert.Equal(expected, model.Values());
            Assert.All(Gaps(model), gap => Assert.Equal(sentinel, gap));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bits_do_not_depend_on_the_number_of_threads(string kind)
    {
        float[]? first = null;
        foreach (int threads in (int[])[1, 2, 4, 1])
        {
            // More than one segment a parameter, more than the smallest block a team works on, odd ends.
            using TestModel model = new(
                TestModel.LayoutOf(("a", [217, 211]), ("b", [211]), ("c", [101, 97]), ("d", [4096])), 7, new ModelOptions { Threads = threads });
            using NoisyRegression.Trainer trainer = model.TrainRegression(
                Make(kind), new TrainerOptions { ClipNorm = 1, AccumulationSteps = 2, Seed = 5 });
            float[] targets = [1, 2, 3, 4, 5, 6, 7, 8];
            for (int step = 0; step < 6; step++)
                trainer.Step(targets);

            Assert.Equal(3, trainer.UpdateCount);
            first ??= model.Values();
            Assert.True(first.AsSpan().SequenceEqual(model.Values()));
        }
    }

    [Fact]
    public void AdamW_decays_matrices_only_unless_told()
    {
        (string, int[])[] parameters = [("weight", [2, 2]), ("bias", [2]), ("gain", []), ("kernel", [2, 1, 1])];
        float[] byDefault = AfterOneUpdateWithoutGradient(new AdamW { LearningRate = 0.5, WeightDecay = 0.5 });
        Assert.Equal([0.75f, 0.75f, 0.75f, 0.75f, 1, 1, 1, 0.75f, 0.75f], byDefault);

        float[] byName = AfterOneUpdateWithoutGradient(
            new AdamW { LearningRate = 0.5, WeightDecay = 0.5, DecayRule = parameter => parameter.Name == "bias" });
        Assert.Equal([1, 1, 1, 1, 0.75f, 0.75f, 1, 1, 1], byName);

        float[] AfterOneUpdateWithoutGradient(Optimizer optimizer)
        {
            using TestModel model = new(TestModel.LayoutOf(new Initialization(InitializationKind.Constant, 1), parameters));
            using GivenGradients.Trainer trainer = model.TrainOnGiven(optimizer);
            trainer.Program.GradientAt = _ => 0;
            trainer.Step();
            return model.Values();
        }
    }

    [Fact]
    public void Sgd_and_adam_decay_all_unless_told()
    {
        foreach (Func<ParameterRule?, Optimizer> make in (Func<ParameterRule?, Optimizer>[])[
            rule => rule is null ? new Sgd { WeightDecay = 0.5 } : new Sgd { WeightDecay = 0.5, DecayRule = rule },
            rule => rule is null ? new Adam { WeightDecay = 0.5 } : new Adam { WeightDecay = 0.5, DecayRule = rule }])
        {
            Assert.Equal([true, true], Decayed(make(null)));
            Assert.Equal([true, false], Decayed(make(ParameterRules.Matrices)));
        }

        static IEnumerable<bool> Decayed(Optimizer optimizer)
        {
            using TestModel model = new(
                TestModel.LayoutOf(new Initialization(InitializationKind.Constant, 1), ("weight", [1, 1]), ("bias", [1])));
            using GivenGradients.Trainer trainer = model.TrainOnGiven(optimizer);
            trainer.Program.GradientAt = _ => 0;
            trainer.Step();
            return model.Values().Select(value => value < 1);
        }
    }

    [Fact]
    public void Schedule_multiplies_the_learning_rate_of_each_update()
    {
        using TestModel model = new(TestModel.LayoutOf(new Initialization(InitializationKind.Constant, 0), ("a", [1])));
        using GivenGradients.Trainer trainer = model.TrainOnGiven(
            new Sgd { LearningRate = 2 }, new TrainerOptions { Schedule = LearningRateSchedule.LinearDecay(4), AccumulationSteps = 2 });
        trainer.Program.GradientAt = _ => 1;

        List<double> rates = [];
        for (int step = 0; step < 6; step++)
        {
            rates.Add(trainer.LearningRate);
            trainer.Step();
        }

        Assert.Equal([2, 2, 1.5, 1.5, 1, 1], rates);
        Assert.Equal(-4.5f, model.Values()[0]);
    }

    [Fact]
    public void Refuses_hyperparameters_that_make_no_sense()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { LearningRate = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { LearningRate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { Momentum = -0.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { Dampening = double.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta1 = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta2 = double.NaN });
        foreach (double value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1, 1e39])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { LearningRate = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW { LearningRate = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { LearningRate = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { Momentum = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { WeightDecay = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Epsilon = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta1 = value });
            Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { Dampening = value == -1 ? double.MaxValue : value });
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Epsilon = -1e-8 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW { WeightDecay = -1 });
        Assert.Throws<ArgumentNullException>(() => new AdamW { DecayRule = null! });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainerOptions { ClipNorm = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainerOptions { ClipNorm = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainerOptions { AccumulationSteps = 0 });

        using TestModel model = new(TestModel.LayoutOf(("a", [1])));
        Assert.Throws<InvalidOperationException>(() => model.TrainOnGiven(new Sgd { Nesterov = true }));
        Assert.Throws<InvalidOperationException>(() => model.TrainOnGiven(new Sgd { Nesterov = true, Momentum = 0.9, Dampening = 0.1 }));
    }

    /// <summary>What the one-element model makes of the same value: an element must not depend on its neighbours.</summary>
    static float UpdatedAlone(TestModel model, string kind, float value)
    {
        model.Parameters[0].Values[0] = value;
        using GivenGradients.Trainer trainer = model.TrainOnGiven(Make(kind));
        trainer.Program.GradientAt = _ => 0.5f;
        trainer.Step();
        return model.Values()[0];
    }

    static void FillGaps(TestModel model, float sentinel)
    {
        float[] values = model.Values();
        model.Block.Fill(sentinel);
        int start = 0;
        foreach (ModelParameter parameter in model.Parameters)
        {
            values.AsSpan(start, parameter.Values.Length).CopyTo(parameter.Values);
            start += parameter.Values.Length;
        }
    }

    static List<float> Gaps(TestModel model)
    {
        List<float> gaps = [];
        for (int index = 0; index < model.Block.Length; index++)
        {
            if (!model.Layout.Parameters.Any(parameter => index * sizeof(float) >= parameter.Offset && index * sizeof(float) < parameter.Offset + parameter.Bytes))
                gaps.Add(model.Block[index]);
        }

        return gaps;
    }
}
