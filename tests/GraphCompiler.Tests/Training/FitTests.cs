using GraphCompiler.Data;

namespace GraphCompiler.Tests.Training;

/// <summary>A fit trains as the loop that a user would write, and what it does beside leaves the training as it is.</summary>
public sealed class FitTests : IDisposable
{
    const int Batches = 5;

    readonly TemporaryFolder folder = new();

    static TestModel CreateModel() => new(TestModel.LayoutOf(("weight", [3, 40]), ("bias", [3])), seed: 1);

    static TrainingData<float[]> Data => TrainingData.Epochs(epoch => Enumerable.Range(0, Batches).Select(batch => Eight(epoch + batch / 10f, -batch)));

    /// <summary>What the stand-in for a model takes.</summary>
    static float[] Eight(float first, float second = 0) => [first, second, 0, 0, 0, 0, 0, 0];

    static NoisyRegression.Trainer Train(TestModel model) => model.TrainRegression(new AdamW { LearningRate = 0.01 });

    public void Dispose() => folder.Dispose();

    /// <summary>A metric whose values are given, one a validation.</summary>
    static ComputedMetric Given(params double[] values)
    {
        var left = new Queue<double>(values);
        return new("given", () => left.Count > 1 ? left.Dequeue() : left.Peek());
    }

    [Fact]
    public void Fits_as_the_loop_that_it_stands_for()
    {
        using TestModel model = CreateModel(), expected = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model), loop = Train(expected);
        FitResult result = trainer.Fit(Data, batch => trainer.Step(batch), new FitOptions { Epochs = 3 });
        for (int epoch = 0; epoch < 3; epoch++)
        {
            for (int batch = 0; batch < Batches; batch++)
                loop.Step(Eight(epoch + batch / 10f, -batch));
        }
        Assert.Equal(expected.Values(), model.Values());
        Assert.Equal((15, 3, FitEnd.Complete), (result.Steps, result.Epochs, result.End));
        Assert.Equal([5, 10, 15], result.Validations.Select(validation => validation.Step));
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(10, 2)]
    [InlineData(0, 0)]
    public void Ends_at_the_step_that_was_asked_for(long steps, int epochs)
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        FitResult result = trainer.Fit(Data, batch => trainer.Step(batch), new FitOptions { Steps = steps });
        Assert.Equal((steps, epochs, steps), (result.Steps, result.Epochs, trainer.StepCount));
        // The end is validated, once.
        Assert.Equal(steps, result.Validations.Count > 0 ? result.Validations[^1].Step : 0);
        Assert.Equal(result.Validations.Count, result.Validations.Select(validation => validation.Step).Distinct().Count());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    public void A_trainer_that_was_loaded_goes_on_behind_its_steps(long first)
    {
        using TestModel model = CreateModel(), other = CreateModel();
        using NoisyRegression.Trainer whole = Train(model), begun = Train(other);
        whole.Fit(Data, batch => whole.Step(batch), new FitOptions { Epochs = 4 });
        begun.Fit(Data, batch => begun.Step(batch), new FitOptions { Steps = first });
        begun.SaveCheckpoint(folder.File("checkpoint"));

        using TestModel resumed = CreateModel();
        using NoisyRegression.Trainer trainer = Train(resumed);
        trainer.LoadCheckpoint(folder.File("checkpoint"));
        FitResult result = trainer.Fit(Data, batch => trainer.Step(batch), new FitOptions { Epochs = 4 });
        Assert.Equal(model.Values(), resumed.Values());
        Assert.Equal(20 - first, result.Steps);
    }

    [Fact]
    public void Batches_by_step_go_on_at_the_trainers_step()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        List<long> asked = [];
        TrainingData<float[]> data = TrainingData.Steps(step =>
        {
            asked.Add(step);
            return Eight(step);
        });
        trainer.Fit(data, batch => trainer.Step(batch), new FitOptions { Steps = 3 });
        asked.Clear();
        FitResult result = trainer.Fit(data, batch => trainer.Step(batch), new FitOptions { Steps = 6, ValidationInterval = 2 });
        Assert.Equal(3, asked[0]);
        Assert.Equal([4, 6], result.Validations.Select(validation => validation.Step));
    }

    [Fact]
    public void Patience_ends_it_and_the_best_weights_come_back()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        float[]? best = null;
        FitResult result = trainer.Fit(Data, batch => trainer.Step(batch), new FitOptions
        {
            Epochs = 50,
            Metrics = [Given(3, 2, 2.5, 2.2, 1)],
            Patience = 2,
            RestoresBest = true,
            Validated = progress => best = progress.Validation!.IsBest ? model.Values() : best,
        });
        Assert.Equal((FitEnd.NoImprovement, 4, 20L), (result.End, result.Validations.Count, trainer.StepCount));
        Assert.Equal((10, 2.0), (result.Best!.Step, result.Best["given"]));
        Assert.Equal(best, model.Values());
    }

    [Fact]
    public void A_plateau_lowers_the_rate_and_a_checkpoint_keeps_it()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        List<double> rates = [];
        trainer.Fit(Data, batch => trainer.Step(batch), new FitOptions
        {
            Epochs = 7,
            Metrics = [Given(1, 2, 2, 2, 2, 0.5, 3)],
            Plateau = new ReduceOnPlateau(Patience: 2, Factor: 0.5, Least: 0.3),
            Validated = progress => rates.Add(progress.LearningRate),
        });
        Assert.Equal([0.01, 0.01, 0.005, 0.005, 0.003, 0.003, 0.003], rates.Select(rate => Math.Round(rate, 9)));
        trainer.SaveCheckpoint(folder.File("checkpoint"));
        using NoisyRegression.Trainer other = Train(model);
        other.LoadCheckpoint(folder.File("checkpoint"));
        Assert.Equal(0.3, other.LearningRateFactor);
    }

    [Fact]
    public void The_last_checkpoints_and_the_best_are_kept()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        string path = folder.File("checkpoints");
        trainer.Fit(Data, batch => trainer.Step(batch), new FitOptions { Epochs = 4, Metrics = [Given(3, 1, 2, 4)], CheckpointFolder = path, CheckpointsKept = 2 });
        Assert.Equal(["best.safetensors", "step-15.safetensors", "step-20.safetensors"], Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        trainer.LoadCheckpoint(Path.Combine(path, "best.safetensors"));
        Assert.Equal(10, trainer.StepCount);
    }

    [Fact]
    public void Cancelled_it_ends_after_the_step_with_a_validation()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        using CancellationTokenSource cancellation = new();
        FitResult result = trainer.Fit(Data, batch => trainer.Step(batch), new FitOptions
        {
            Epochs = 9,
            Metrics = [Given(1)],
            StepDone = progress =>
            {
                if (progress.Step == 8)
                    cancellation.Cancel();
            },
        }, cancellation.Token);
        Assert.Equal((FitEnd.Cancelled, 8, 1), (result.End, result.Steps, result.Epochs));
        Assert.Equal([5, 8], result.Validations.Select(validation => validation.Step));
    }

    [Fact]
    public void Progress_says_where_it_is()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        List<TrainingProgress> seen = [];
        ArrayRows<int> rows = new(new float[21], new int[7], rows: 7);
        trainer.Fit(rows.Batches(2), batch => trainer.Step(Eight(batch.Size)), new FitOptions { Epochs = 2, Progress = new Listener(seen) });
        // A validation tells too.
        Assert.Equal([1, 2, 3, 4, 4, 5, 6, 7, 8, 8], seen.Select(progress => progress.Step));
        Assert.All(seen, progress => Assert.Equal((8L, 4), (progress.Steps, progress.StepsPerEpoch)));
        Assert.Equal((1, 2), (seen[6].Epoch, seen[6].StepOfEpoch));
        Assert.Equal((seen[5].Loss + (double)seen[6].Loss) / 2, seen[6].MeanLoss, 6);
    }

    sealed class Listener(List<TrainingProgress> seen) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => seen.Add(value);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        ArrayRows<float> rows = new(new float[40 * 3], new float[40], rows: 40);
        float[] given = new float[8];
        List<long> allocated = new(100);
        trainer.Fit(rows.Batches(2, shuffle: 1), batch =>
        {
            batch.Inputs.CopyTo(given);
            return trainer.Step(given);
        }, new FitOptions { Epochs = 3, StepDone = _ => allocated.Add(GC.GetAllocatedBytesForCurrentThread()) });
        // Steps of the second epoch, from one to the next.
        Assert.Equal(0, Enumerable.Range(22, 15).Min(step => allocated[step] - allocated[step - 1]));
        Assert.True(allocated[37] - allocated[22] < 2000, $"{allocated[37] - allocated[22]} bytes in 15 steps");
    }

    [Fact]
    public void What_cannot_be_meant_is_refused_before_the_first_step()
    {
        using TestModel model = CreateModel();
        using NoisyRegression.Trainer trainer = Train(model);
        void Refused(FitOptions options, string says) =>
            Assert.Contains(says, Assert.Throws<ArgumentException>(() => trainer.Fit(Data, batch => trainer.Step(batch), options)).Message, StringComparison.Ordinal);
        Refused(new(), "it would never end");
        Refused(new() { Epochs = -1 }, "Epochs is -1");
        Refused(new() { Epochs = 1, Patience = 2 }, "go by the first of the Metrics");
        Refused(new() { Epochs = 1, Metrics = [new MeanMetric(), new MeanMetric()] }, "have one name");
        Refused(new() { Epochs = 1, Validate = () => { } }, "no Metrics to fill");
        Assert.Throws<InvalidOperationException>(() => trainer.Fit(TrainingData.Of(Array.Empty<float[]>()), batch => trainer.Step(batch), new() { Epochs = 1 }));
        Assert.Equal(0, trainer.StepCount);
        Assert.Contains(
            "must be one step", Assert.Throws<InvalidOperationException>(() => trainer.Fit(Data, _ => 0, new() { Epochs = 1 })).Message, StringComparison.Ordinal);
    }
}
