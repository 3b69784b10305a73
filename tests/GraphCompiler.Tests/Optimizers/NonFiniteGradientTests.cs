using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Optimizers;

/// <summary>An update whose gradient is not finite changes nothing: parameters, optimizer state, the model's own state.</summary>
public sealed unsafe class NonFiniteGradientTests : IDisposable
{
    const int Weights = 70_001;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A model that counts its steps in a state, as BatchNorm follows its batches, before it knows any gradient.</summary>
    sealed class CountingModel(int threads) : GraphModel(
        TestModel.LayoutOf(("w", [Weights]), ("b", [3])), 3, new ModelOptions { Threads = threads },
        TestModel.LayoutOf(new Initialization(InitializationKind.Constant, 0), ("steps", [1])))
    {
        public float[] Values => [.. Parameters.SelectMany(parameter => parameter.Values.ToArray())];

        public float Steps => States[0].Values[0];

        public CountingTrainer Train(Optimizer optimizer, TrainerOptions? options = null) => new(this, new Program(this), optimizer, options);

        public sealed class Program(CountingModel model) : TrainingProgram(model, 0)
        {
            public (int Index, float Value)? Spoilt { get; set; }

            public Exception? Failure { get; set; }

            public override void Run(Worker worker)
            {
                if (worker.Index != 0)
                    return;
                State[0]++;
                if (Failure is not null)
                    throw Failure;
                for (int i = 0; i < Weights; i++)
                    Gradients[i] = MathF.Sin(i);
                long bias = model.ModelLayout.Parameters[1].Offset / sizeof(float);
                for (int i = 0; i < 3; i++)
                    Gradients[bias + i] = 1;
                if (Spoilt is { } spoilt)
                    Gradients[spoilt.Index < Weights ? spoilt.Index : bias + spoilt.Index - Weights] = spoilt.Value;
                Loss = 1;
            }
        }
    }

    sealed class CountingTrainer(CountingModel model, CountingModel.Program program, Optimizer optimizer, TrainerOptions? options)
        : GraphTrainer(model, program, optimizer, options)
    {
        public void Step((int Index, float Value)? spoilt = null, Exception? failure = null)
        {
            (program.Spoilt, program.Failure) = (spoilt, failure);
            BeginStep();
            try
            {
                RunStep();
            }
            finally
            {
                EndStep();
            }
        }
    }

    static Optimizer Make(string kind) => kind switch
    {
        "sgd" => new Sgd { LearningRate = 0.1 },
        "momentum" => new Sgd { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.2 },
        "adam" => new Adam(),
        _ => new AdamW(),
    };

    public static TheoryData<string, float, int, int> Cases => new()
    {
        { "sgd", float.NaN, 0, 1 }, { "momentum", float.PositiveInfinity, Weights - 1, 1 }, { "adam", float.NegativeInfinity, 40_000, 1 },
        { "adamw", float.NaN, Weights + 2, 1 }, { "adamw", float.NaN, 0, 3 }, { "momentum", float.NaN, Weights + 2, 2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nothing_changes_and_the_update_is_counted(string kind, float bad, int place, int accumulation)
    {
        TrainerOptions options = new() { AccumulationSteps = accumulation };
        foreach (int threads in (int[])[1, 2])
        {
            using CountingModel model = new(threads), reference = new(threads);
            using CountingTrainer trainer = model.Train(Make(kind), options), referenceTrainer = reference.Train(Make(kind), options);
            Assert.True(double.IsNaN(trainer.GradientNorm));

            // A spoilt update as the first, where moments begin, and one in the midst of others.
            for (int update = 0; update < 5; update++)
            {
                bool isSpoilt = update is 0 or 3;
                for (int step = 0; step < accumulation; step++)
                {
                    trainer.Step(isSpoilt && step == accumulation / 2 ? (place, bad) : null);
                    if (!isSpoilt)
                        referenceTrainer.Step();
                }
                Assert.Equal(!isSpoilt, double.IsFinite(trainer.GradientNorm));
                Assert.Equal(reference.Values, model.Values);
                Assert.Equal(reference.Steps, model.Steps);
            }
            Assert.Equal((3, 2, 5 * accumulation), (trainer.UpdateCount, trainer.SkippedUpdates, trainer.StepCount));
        }
    }

    /// <summary>Saved between the steps of an update that is going to be left out: the state is the one before its first step.</summary>
    [Fact]
    public void A_resumed_update_that_is_left_out_gives_back_the_same_state()
    {
        TrainerOptions options = new() { AccumulationSteps = 3 };
        using CountingModel model = new(1), resumed = new(1);
        using CountingTrainer trainer = model.Train(new AdamW(), options), resumedTrainer = resumed.Train(new AdamW(), options);
        for (int step = 0; step < 4; step++)
            trainer.Step();
        trainer.SaveCheckpoint(folder.File("checkpoint"));
        resumedTrainer.LoadCheckpoint(folder.File("checkpoint"));
        foreach (CountingTrainer each in (CountingTrainer[])[trainer, resumedTrainer])
        {
            each.Step((7, float.NaN));
            each.Step();
        }
        Assert.Equal((3, 3), (model.Steps, resumed.Steps));
        Assert.Equal(model.Values, resumed.Values);
        Assert.Equal((1, 1), (trainer.SkippedUpdates, resumedTrainer.SkippedUpdates));
    }

    /// <summary>An update that was flushed has fewer steps than others have.</summary>
    [Fact]
    public void Steps_that_changed_nothing_are_counted_as_they_were()
    {
        TrainerOptions options = new() { AccumulationSteps = 3 };
        using CountingModel model = new(1), resumed = new(1);
        using CountingTrainer trainer = model.Train(new AdamW(), options), resumedTrainer = resumed.Train(new AdamW(), options);
        trainer.Step((7, float.NaN));
        Assert.True(trainer.FlushAccumulation());
        Assert.Equal((1, 1, 0, 0), (trainer.SkippedSteps, trainer.SkippedUpdates, trainer.UpdateCount, model.Steps));
        trainer.Step();
        trainer.Step((7, float.NaN));
        trainer.Step();
        trainer.Step();
        Assert.True(trainer.FlushAccumulation());
        Assert.Equal((4, 2, 1, 5), (trainer.SkippedSteps, trainer.SkippedUpdates, trainer.UpdateCount, trainer.StepCount));
        trainer.SaveCheckpoint(folder.File("checkpoint"));
        resumedTrainer.LoadCheckpoint(folder.File("checkpoint"));
        Assert.Equal((4, 2), (resumedTrainer.SkippedSteps, resumedTrainer.SkippedUpdates));
    }

    [Fact]
    public void A_step_that_fails_takes_back_what_it_did_to_the_state()
    {
        using CountingModel model = new(1);
        using CountingTrainer trainer = model.Train(new AdamW(), new TrainerOptions { AccumulationSteps = 2 });
        trainer.Step();
        Assert.Throws<InvalidOperationException>(() => trainer.Step(failure: new InvalidOperationException("in the program")));
        Assert.Equal(1, model.Steps);
        trainer.Step();
        Assert.Equal((2, 1), (model.Steps, trainer.UpdateCount));
    }

    /// <summary>Finite gradients whose squares are not, with and without clipping: an update like another.</summary>
    [Fact]
    public void Very_long_gradients_are_finite()
    {
        using CountingModel model = new(2);
        using CountingTrainer trainer = model.Train(new Sgd { LearningRate = 1e-30 });
        trainer.Step((5, 1e30f));
        trainer.Step((5, -float.MaxValue));
        Assert.Equal((2, 0), (trainer.UpdateCount, trainer.SkippedUpdates));
        Assert.Equal(float.MaxValue, trainer.GradientNorm, float.MaxValue * 1e-6);
    }
}
