namespace GraphCompiler.Tests.Runtime;

/// <summary>What changes the parameters runs one at a time; whoever comes meanwhile is refused and has changed nothing.</summary>
public sealed class WeightAccessTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TestModel model = new(TestModel.LayoutOf(("a", [3])), seed: 1);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_step_refuses_loads_saves_and_other_trainers()
    {
        string weights = folder.File("weights"), checkpoint = folder.File("checkpoint");
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd { LearningRate = 1 });
        using GivenGradients.Trainer other = model.TrainOnGiven(new Sgd { LearningRate = 1 });
        using (TestModel source = new(TestModel.LayoutOf(("a", [3])), seed: 2))
        using (GivenGradients.Trainer sourceTrainer = source.TrainOnGiven(new Sgd { LearningRate = 1 }))
        {
            source.Save(weights);
            sourceTrainer.SaveCheckpoint(checkpoint);
        }

        float[] before = model.Values();
        List<Exception?> refused = [];
        trainer.Program.Before = () =>
        {
            Thread meanwhile = new(() =>
            {
                refused.Add(Record.Exception(() => model.Load(weights)));
                refused.Add(Record.Exception(() => other.LoadCheckpoint(checkpoint)));
                refused.Add(Record.Exception(() => trainer.LoadCheckpoint(checkpoint)));
                refused.Add(Record.Exception(() => other.Step([5, 5, 5])));
                refused.Add(Record.Exception(() => model.Save(folder.File("torn"))));
                refused.Add(Record.Exception(() => other.SaveCheckpoint(folder.File("torn"))));
            });
            meanwhile.Start();
            meanwhile.Join();
        };
        trainer.Step([1, 2, 3]);
        Assert.Equal(6, refused.Count);
        Assert.All(refused, exception => Assert.IsType<InvalidOperationException>(exception));
        Assert.Equal([before[0] - 1, before[1] - 2, before[2] - 3], model.Values());
        Assert.Equal((1, 0, 0), (trainer.StepCount, other.StepCount, other.UpdateCount));
        Assert.Equal(["checkpoint", "weights"], folder.Files);

        trainer.Program.Before = null;
        model.Load(weights);
        other.Step([1, 1, 1]);
        other.LoadCheckpoint(checkpoint);
        model.Save(folder.File("whole"));
    }

    [Fact]
    public void A_step_that_failed_holds_nothing()
    {
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd());
        model.Save(folder.File("weights"));
        trainer.Program.Before = () => throw new InvalidOperationException("in the program");
        Assert.Throws<InvalidOperationException>(() => trainer.Step([1, 1, 1]));
        model.Load(folder.File("weights"));
        Assert.Throws<SafetensorsException>(() => trainer.LoadCheckpoint(folder.File("weights")));
        trainer.Program.Before = null;
        trainer.Step([1, 1, 1]);
    }

    /// <summary>Loads and steps that meet: each is whole or refused.</summary>
    [Fact]
    public void Loads_and_steps_at_random_times_are_whole_or_refused()
    {
        using TestModel large = new(TestModel.LayoutOf(new GraphCompiler.Runtime.Initialization(GraphCompiler.Runtime.InitializationKind.Constant, 1), ("a", [100_000])), 1);
        large.Save(folder.File("ones"));
        using GivenGradients.Trainer trainer = large.TrainOnGiven(new Sgd { LearningRate = 1 });
        trainer.Program.GradientAt = _ => 1;
        bool done = false;
        int loads = 0;
        Thread loader = new(() =>
        {
            while (!Volatile.Read(ref done))
            {
                try
                {
                    large.Load(folder.File("ones"));
                    loads++;
                }
                catch (InvalidOperationException)
                {
                }
            }
        });
        loader.Start();
        int steps = 0;
        while (steps < 200 || Volatile.Read(ref loads) < 5)
        {
            try
            {
                trainer.Step();
                steps++;
            }
            catch (InvalidOperationException)
            {
                Thread.Yield();
            }
        }
        Volatile.Write(ref done, true);
        loader.Join();
        Assert.Single(large.Values().Distinct());
    }
}
