using System.Text;

namespace GraphCompiler.Tests.Checkpoints;

public sealed class TrainingCheckpointTests : IDisposable
{
    static readonly float[] Targets = [1, -2, 3, -4, 5, -6, 7, -8];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static TestModel Model(ulong seed = 1, int threads = 2)
        => new(TestModel.LayoutOf(("weight", [50, 37]), ("bias", [37])), seed, new ModelOptions { Threads = threads });

    public static TheoryData<string, int> Cases => new()
    {
        { "sgd", 1 }, { "momentum", 1 }, { "momentum", 3 }, { "adam", 1 }, { "adamw", 1 }, { "adamw", 4 },
    };

    static Optimizer Make(string kind) => kind switch
    {
        "sgd" => new Sgd { LearningRate = 0.01 },
        "momentum" => new Sgd { LearningRate = 0.01, Momentum = 0.9, Dampening = 0.1, WeightDecay = 0.01 },
        "adam" => new Adam { LearningRate = 0.01 },
        _ => new AdamW { LearningRate = 0.01 },
    };

    /// <summary>Saved after any step, also in the middle of accumulating, the rest of training has the same bits.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Resumes_to_the_same_bits(string kind, int accumulationSteps)
    {
        TrainerOptions options = new()
        {
            ClipNorm = 5,
            AccumulationSteps = accumulationSteps,
            Schedule = LearningRateSchedule.WarmUp(3).Then(LearningRateSchedule.Cosine(6)),
            Seed = 77,
        };
        const int steps = 13;
        using TestModel straight = Model();
        using NoisyRegression.Trainer straightTrainer = straight.TrainRegression(Make(kind), options);
        List<float> losses = [];
        for (int step = 0; step < steps; step++)
            losses.Add(straightTrainer.Step(Targets));

        for (int stop = 0; stop <= steps; stop++)
        {
            string path = folder.File("checkpoint");
            using (TestModel first = Model())
            using (NoisyRegression.Trainer trainer = first.TrainRegression(Make(kind), options))
            {
                for (int step = 0; step < stop; step++)
                    trainer.Step(Targets);
                trainer.SaveCheckpoint(path);
            }

            // Another seed everywhere: all of it must come from the file. Another thread count: it must not matter.
            using TestModel second = Model(seed: 99, threads: 1);
            using NoisyRegression.Trainer resumed = second.TrainRegression(
                Make(kind), new TrainerOptions { ClipNorm = 5, AccumulationSteps = accumulationSteps, Schedule = options.Schedule, Seed = 1 });
            resumed.Step(Targets);
            resumed.LoadCheckpoint(path);
            Assert.Equal((stop, 77UL), (resumed.StepCount, resumed.Seed));
            for (int step = stop; step < steps; step++)
                Assert.Equal(losses[step], resumed.Step(Targets));

            Assert.Equal(straight.Values(), second.Values());
            Assert.Equal(
                (straightTrainer.UpdateCount, straightTrainer.SkippedUpdates, straightTrainer.GradientNorm),
                (resumed.UpdateCount, resumed.SkippedUpdates, resumed.GradientNorm));
        }

        Assert.Equal(["checkpoint"], folder.Files);
    }

    [Fact]
    public void Refuses_other_hyperparameters_by_name()
    {
        string path = folder.File("checkpoint");
        using TestModel model = Model();
        using (NoisyRegression.Trainer trainer = model.TrainRegression(new AdamW { Beta1 = 0.8 }))
            trainer.SaveCheckpoint(path);

        Refused("optimizer = AdamW; this trainer has Adam", new Adam { Beta1 = 0.8, WeightDecay = 0.01 }, new());
        Refused("optimizer = AdamW; this trainer has SGD", new Sgd(), new());
        Refused("beta1 = 0.8; this trainer has 0.9", new AdamW(), new());
        Refused("learning_rate = 0.001; this trainer has 0.002", new AdamW { Beta1 = 0.8, LearningRate = 0.002 }, new());
        Refused("decaying_parameters = 10; this trainer has 11", new AdamW { Beta1 = 0.8, DecayRule = ParameterRules.All }, new());
        Refused("schedule = constant 1 (endless); this trainer has linear 0.25 to 1 (3)", new AdamW { Beta1 = 0.8 }, new() { Schedule = LearningRateSchedule.WarmUp(3) });
        Refused("clip_norm = 0; this trainer has 2", new AdamW { Beta1 = 0.8 }, new() { ClipNorm = 2 });
        Refused("accumulation_steps = 1; this trainer has 4", new AdamW { Beta1 = 0.8 }, new() { AccumulationSteps = 4 });

        void Refused(string complaint, Optimizer optimizer, TrainerOptions options)
        {
            using TestModel other = Model(seed: 3);
            using NoisyRegression.Trainer trainer = other.TrainRegression(optimizer, options);
            AssertRefused(other, trainer, path, complaint);
        }
    }

    [Fact]
    public void Other_settings_are_allowed_and_told()
    {
        string path = folder.File("checkpoint");
        LearningRateSchedule schedule = LearningRateSchedule.WarmUp(2).Then(LearningRateSchedule.Cosine(20, floor: 0.1));
        using TestModel model = Model();
        using NoisyRegression.Trainer trainer = model.TrainRegression(new AdamW { LearningRate = 0.01 }, new TrainerOptions { Schedule = schedule });
        for (int step = 0; step < 4; step++)
            trainer.Step(Targets);
        trainer.SaveCheckpoint(path);

        using TestModel other = Model(seed: 5);
        using NoisyRegression.Trainer resumed = other.TrainRegression(
            new AdamW { LearningRate = 0.002 }, new TrainerOptions { Schedule = LearningRateSchedule.LinearDecay(50), ClipNorm = 3 });
        AssertRefused(other, resumed, path, "learning_rate = 0.01; this trainer has 0.002");
        Assert.Equal(
            [
                "learning_rate: 0.01 in the checkpoint, 0.002 from here on",
                "schedule: linear 0.3333333333333333 to 1 (2), then cosine 1 to 0.1 (20) in the checkpoint, linear 1 to 0 (50) from here on",
                "clip_norm: 0 in the checkpoint, 3 from here on",
            ],
            resumed.LoadCheckpoint(path, new CheckpointOptions { AllowOtherSettings = true }));
        Assert.Equal(model.Values(), other.Values());
        Assert.Equal((4, 4), (resumed.StepCount, resumed.UpdateCount));
        Assert.Equal(0.002 * (1 - 4 / 50.0), resumed.LearningRate, 1e-12);
        resumed.Step(Targets);

        // The same settings are no differences, and the blocks that the file has must be the trainer's.
        Assert.Empty(trainer.LoadCheckpoint(path, new CheckpointOptions { AllowOtherSettings = true }));
        using NoisyRegression.Trainer adam = other.TrainRegression(new Adam { LearningRate = 0.01 });
        Assert.Contains("optimizer = AdamW", Refusal(adam), StringComparison.Ordinal);
        using NoisyRegression.Trainer accumulating = other.TrainRegression(new AdamW(), new TrainerOptions { AccumulationSteps = 2 });
        Assert.Contains("accumulation_steps = 1", Refusal(accumulating), StringComparison.Ordinal);

        string Refusal(NoisyRegression.Trainer refusing) => Assert.Throws<SafetensorsException>(
            () => refusing.LoadCheckpoint(path, new CheckpointOptions { AllowOtherSettings = true })).Message;
    }

    sealed class Steps(long length, double factor, long tableLength = long.MaxValue) : LearningRateSchedule(length)
    {
        public override double FactorAt(long update) => update < tableLength ? update < 8 ? 1 : factor : throw new InvalidOperationException("beyond the table");
    }

    [Fact]
    public void Schedules_of_ones_own_are_compared_by_what_they_give()
    {
        string path = folder.File("checkpoint");
        using TestModel model = Model();
        using (NoisyRegression.Trainer trainer = With(new Steps(100, 0.5)))
            trainer.SaveCheckpoint(path);
        using (NoisyRegression.Trainer same = With(new Steps(100, 0.5)))
            same.LoadCheckpoint(path);
        foreach (Steps other in (Steps[])[new(100, 0.25), new(200, 0.5)])
        {
            using NoisyRegression.Trainer trainer = With(other);
            AssertRefused(model, trainer, path, "schedule = ");
        }
        using NoisyRegression.Trainer table = With(new Steps(LearningRateSchedule.Endless, 0.5, tableLength: 50));
        table.SaveCheckpoint(path);
        table.LoadCheckpoint(path);

        NoisyRegression.Trainer With(LearningRateSchedule schedule) => model.TrainRegression(new AdamW(), new TrainerOptions { Schedule = schedule });
    }

    [Fact]
    public void A_model_file_is_no_checkpoint_and_the_other_way_round()
    {
        using TestModel model = Model();
        using NoisyRegression.Trainer trainer = model.TrainRegression(new AdamW());
        model.Save(folder.File("model"));
        AssertRefused(model, trainer, folder.File("model"), "not a training checkpoint");

        trainer.SaveCheckpoint(folder.File("checkpoint"));
        SafetensorsException exception = Assert.Throws<SafetensorsException>(() => model.Load(folder.File("checkpoint")));
        Assert.Contains("checkpoint of a training", exception.Message, StringComparison.Ordinal);
        Assert.Contains("LoadCheckpoint", exception.Message, StringComparison.Ordinal);

        // Asked for by their names, its parameters can be read all the same.
        using TestModel other = Model(seed: 8);
        other.Load(folder.File("checkpoint"), new LoadOptions { Prefix = "parameters.", IgnoreOthers = true });
        Assert.Equal(model.Values(), other.Values());
    }

    [Theory]
    [InlineData("\"step_count\":\"5\"", "\"step_count\":\"-5\"")]
    [InlineData("\"step_count\":\"5\"", "\"step_count\":\"5 \"")]
    [InlineData("\"step_count\":\"5\"", "\"step_count\":\"99999999999999999999\"")]
    [InlineData("\"step_count\":\"5\"", "\"step_count\":\"9223372036854775807\"")]
    [InlineData("\"step_count\":\"5\"", "\"step_count\":\"9223372036854775806\"")]
    [InlineData("\"step_count\":\"5\"", "\"step_count\":\"9223372036850000000\"")]
    [InlineData("\"gradient_norm\":\"", "\"gradient_norm\":\"x")]
    [InlineData("\"step_count\":\"5\"", "\"stop_count\":\"5\"")]
    [InlineData("\"update_count\":\"2\"", "\"update_count\":\"6\"")]
    [InlineData("\"skipped_updates\":\"0\"", "\"skipped_updates\":\"x\"")]
    [InlineData("\"accumulated\":\"1\"", "\"accumulated\":\"2\"")]
    [InlineData("\"accumulated\":\"1\"", "\"accumulated\":\"-1\"")]
    [InlineData("\"seed\":\"1\"", "\"seed\":\"-1\"")]
    [InlineData("\"gradient_sum.bias\"", "\"gradient_sun.bias\"")]
    [InlineData("\"momentum_buffer.bias\"", "\"momentum_buffer.bios\"")]
    [InlineData("\"parameters.bias\"", "\"parameterz.bias\"")]
    [InlineData("checkpoint 1", "checkpoint 9")]
    public void Refuses_changed_checkpoints(string from, string to)
    {
        string path = folder.File("checkpoint");
        using TestModel model = Model();
        using NoisyRegression.Trainer trainer = model.TrainRegression(
            new Sgd { LearningRate = 0.01, Momentum = 0.9 }, new TrainerOptions { AccumulationSteps = 2 });
        for (int step = 0; step < 5; step++)
            trainer.Step(Targets);
        trainer.SaveCheckpoint(path);

        byte[] file = File.ReadAllBytes(path);
        int headerLength = BitConverter.ToInt32(file);
        string header = Encoding.UTF8.GetString(file, 8, headerLength);
        Assert.Contains(from, header, StringComparison.Ordinal);
        File.WriteAllBytes(path, SafetensorsBytes.File(
            Encoding.UTF8.GetBytes(header.Replace(from, to, StringComparison.Ordinal)), file[(8 + headerLength)..]));
        AssertRefused(model, trainer, path, "");
    }

    /// <summary>A refusal leaves model, optimizer state and counters: the next steps are those of an untouched trainer.</summary>
    static void AssertRefused(TestModel model, NoisyRegression.Trainer trainer, string path, string complaint)
    {
        float[] before = model.Values();
        (long, long, ulong) counters = (trainer.StepCount, trainer.UpdateCount, trainer.Seed);
        SafetensorsException exception = Assert.Throws<SafetensorsException>(() => trainer.LoadCheckpoint(path));
        Assert.Contains(complaint, exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Values());
        Assert.Equal(counters, (trainer.StepCount, trainer.UpdateCount, trainer.Seed));
    }

    [Fact]
    public void Every_truncation_is_refused_and_training_goes_on_as_if_nothing_happened()
    {
        string path = folder.File("checkpoint");
        using TestModel model = new(TestModel.LayoutOf(("a", [2])), 1), reference = new(TestModel.LayoutOf(("a", [2])), 1);
        using NoisyRegression.Trainer trainer = model.TrainRegression(new AdamW()), referenceTrainer = reference.TrainRegression(new AdamW());
        using TestModel saved = new(TestModel.LayoutOf(("a", [2])), 5);
        using (NoisyRegression.Trainer savedTrainer = saved.TrainRegression(new AdamW()))
        {
            savedTrainer.Step(Targets);
            savedTrainer.SaveCheckpoint(path);
        }

        byte[] file = File.ReadAllBytes(path);
        for (int length = 0; length < file.Length; length++)
        {
            File.WriteAllBytes(path, file[..length]);
            Assert.Throws<SafetensorsException>(() => trainer.LoadCheckpoint(path));
            Assert.Equal(referenceTrainer.Step(Targets), trainer.Step(Targets));
        }

        Assert.Equal(reference.Values(), model.Values());
    }
}
