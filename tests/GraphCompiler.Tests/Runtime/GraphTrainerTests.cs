namespace GraphCompiler.Tests.Runtime;

public sealed class GraphTrainerTests
{
    static readonly float[] Targets = [1, 2, 3, 4, 5, 6, 7, 8];

    static TestModel Model(int threads = 1, params (string, int[])[] parameters) => new(
        TestModel.LayoutOf(parameters is [] ? [("weight", [20, 10]), ("bias", [10])] : parameters), 1, new ModelOptions { Threads = threads });

    [Fact]
    public void Training_learns()
    {
        using TestModel model = Model(1, ("weight", [16, 16]), ("bias", [16]));
        using NoisyRegression.Trainer trainer = model.TrainRegression(new Sgd { LearningRate = 0.05, Momentum = 0.5 });
        float first = trainer.Step(Targets);
        float last = first;
        for (int step = 0; step < 60; step++)
            last = trainer.Step(Targets);
        Assert.True(last < first / 20, $"{first} became {last}");
        Assert.Equal((61, 61), (trainer.StepCount, trainer.UpdateCount));
    }

    [Fact]
    public void Every_step_has_its_own_random_numbers_from_the_seed()
    {
        float[] one = Losses(1), again = Losses(1), other = Losses(2);
        Assert.Equal(one, again);
        Assert.NotEqual(one[0], other[0]);
        Assert.Equal(one.Length, one.Distinct().Count());

        static float[] Losses(ulong seed)
        {
            using TestModel model = Model();
            using NoisyRegression.Trainer trainer = model.TrainRegression(new Sgd { LearningRate = 0 }, new TrainerOptions { Seed = seed });
            return [.. Enumerable.Range(0, 5).Select(_ => trainer.Step(Targets))];
        }
    }

    [Fact]
    public void Gradients_are_found_by_name()
    {
        using TestModel model = Model(1, ("a", [2, 2]), ("b", [3]));
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd(), new TrainerOptions { ClipNorm = 0.1 });
        Assert.Equal([0, 0, 0], trainer.GradientOf("b").ToArray());
        trainer.Step([1, 2, 3, 4, 5, 6, 7]);
        Assert.Equal([1, 2, 3, 4], trainer.GradientOf("a").ToArray());
        Assert.Equal([5, 6, 7], trainer.GradientOf("b").ToArray());
        ArgumentException exception = Assert.Throws<ArgumentException>(() => trainer.GradientOf("c").Length);
        Assert.Contains("'c'. It has a, b", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_step_has_not_happened()
    {
        using TestModel model = Model(2, ("a", [2]));
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd { LearningRate = 1 });
        float[] before = model.Values();
        trainer.Program.Before = () => throw new InvalidOperationException("in the program");
        Assert.Equal("in the program", Assert.Throws<InvalidOperationException>(() => trainer.Step([1, 1])).Message);
        Assert.Equal(0, trainer.StepCount);
        Assert.Equal(before, model.Values());

        trainer.Program.Before = null;
        trainer.Step([1, 1]);
        Assert.Equal([before[0] - 1, before[1] - 1], model.Values());
    }

    [Fact]
    public void One_call_at_a_time()
    {
        using TestModel model = Model(1, ("a", [1]));
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd());
        using TemporaryFolder folder = new();
        Exception? fromInside = null, fromSaving = null;
        trainer.Program.Before = () =>
        {
            fromInside = Record.Exception(() => trainer.Step());
            fromSaving = Record.Exception(() => trainer.SaveCheckpoint(folder.File("c")));
        };
        trainer.Step([1]);
        Assert.IsType<InvalidOperationException>(fromInside);
        Assert.IsType<InvalidOperationException>(fromSaving);
        Assert.Equal(1, trainer.StepCount);

        trainer.Program.Before = null;
        trainer.Step([1]);
        trainer.SaveCheckpoint(folder.File("c"));
    }

    [Fact]
    public void Disposal_in_the_middle_of_a_step_waits_for_the_step()
    {
        TestModel model = Model(1, ("a", [1]));
        GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd());
        trainer.Program.Before = () =>
        {
            trainer.Dispose();
            model.Dispose();
        };
        Assert.Equal(1, trainer.Step([1]));
        Assert.Throws<ObjectDisposedException>(() => trainer.Step([1]));
        Assert.Throws<ObjectDisposedException>(() => model.Values());
    }

    [Fact]
    public void Disposed_trainers_refuse_everything_and_leave_the_model()
    {
        using TestModel model = Model();
        NoisyRegression.Trainer trainer = model.TrainRegression(new AdamW());
        trainer.Dispose();
        trainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => trainer.Step(Targets));
        Assert.Throws<ObjectDisposedException>(() => trainer.GradientOf("bias").Length);
        Assert.Throws<ObjectDisposedException>(() => trainer.SaveCheckpoint("never written"));
        Assert.Throws<ObjectDisposedException>(() => trainer.LoadCheckpoint("never read"));
        using NoisyRegression.Trainer next = model.TrainRegression(new AdamW());
        next.Step(Targets);
    }

    [Fact]
    public void Refuses_another_models_program()
    {
        using TestModel model = Model(), other = Model();
        Assert.Throws<ArgumentException>(() => new NoisyRegression.Trainer(model, new NoisyRegression(other), new Sgd(), null));
        Assert.Throws<ArgumentNullException>(() => model.TrainRegression(null!));
    }
}
