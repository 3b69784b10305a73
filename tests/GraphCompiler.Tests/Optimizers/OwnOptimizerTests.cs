using GraphCompiler.Checkpoints;

namespace GraphCompiler.Tests.Optimizers;

/// <summary>Adam with the largest square so far in place of the average: three states, and a choice between formulas.</summary>
[Optimizer]
public sealed partial class BoundedAdam : Optimizer
{
    readonly OptimizerState mean = new();
    readonly OptimizerState meanOfSquares = new();
    readonly OptimizerState largest = new();

    public BoundedAdam()
        : base(learningRate: 0.01)
    {
    }

    public bool KeepsLargest { get; init; } = true;

    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)
    {
        Tensor m = 0.9 * mean + 0.1 * gradient, v = 0.99 * meanOfSquares + 0.01 * (gradient * gradient);
        mean.Set(m);
        meanOfSquares.Set(v);
        if (KeepsLargest)
        {
            v = Ops.Maximum(largest, v);
            largest.Set(v);
        }
        return parameter - step.LearningRate / (1 - Math.Pow(0.9, step.Number)) * m / (Ops.Sqrt(v) + 1e-6);
    }
}

/// <summary>Optimizers written as a user writes them, against plain loops in double precision.</summary>
public sealed class OwnOptimizerTests : IDisposable
{
    const int Weights = 3 * 71, Biases = 37;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static TestModel Model(ulong seed = 1, int threads = 1) =>
        new(TestModel.LayoutOf(("weight", [3, 71]), ("bias", [Biases])), seed, new ModelOptions { Threads = threads });

    static float[] Gradients(int step)
    {
        Random random = new(step);
        return [.. Enumerable.Range(0, Weights + Biases).Select(_ => random.NextSingle() * 2 - 1)];
    }

    [Fact]
    public void Lion_is_the_plain_loop()
    {
        const double rate = 0.01, decay = 0.5, beta1 = 0.8, beta2 = 0.95;
        using TestModel model = Model();
        double[] expected = [.. model.Values().Select(value => (double)value)], average = new double[expected.Length];
        using GivenGradients.Trainer trainer = model.TrainOnGiven(
            new Lion { LearningRate = rate, WeightDecay = decay, Beta1 = beta1, Beta2 = beta2 },
            new TrainerOptions { Schedule = LearningRateSchedule.WarmUp(4) });

        for (int step = 0; step < 12; step++)
        {
            float[] gradients = Gradients(step);
            double scheduled = rate * LearningRateSchedule.WarmUp(4).FactorAt(step);
            trainer.Step(gradients);
            for (int index = 0; index < expected.Length; index++)
            {
                double direction = Math.Sign(beta1 * average[index] + (1 - beta1) * gradients[index]);
                average[index] = beta2 * average[index] + (1 - beta2) * gradients[index];
                // The weight alone has two axes.
                expected[index] = expected[index] * (1 - (index < Weights ? scheduled * decay : 0)) - scheduled * direction;
            }
        }

        float[] actual = model.Values();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hyperparameters_choose_the_formula_and_its_states(bool keepsLargest)
    {
        using TestModel model = Model();
        double[] expected = [.. model.Values().Select(value => (double)value)];
        double[] m = new double[expected.Length], v = new double[expected.Length], largest = new double[expected.Length];
        BoundedAdam optimizer = new() { KeepsLargest = keepsLargest };
        using GivenGradients.Trainer trainer = model.TrainOnGiven(optimizer);
        Assert.Equal(keepsLargest ? ["mean", "mean_of_squares", "largest"] : ["mean", "mean_of_squares"], optimizer.StateNames);

        for (int step = 0; step < 8; step++)
        {
            float[] gradients = [.. Gradients(step).Select(gradient => gradient / (step + 1))];
            trainer.Step(gradients);
            for (int index = 0; index < expected.Length; index++)
            {
                m[index] = 0.9 * m[index] + 0.1 * gradients[index];
                v[index] = 0.99 * v[index] + 0.01 * gradients[index] * gradients[index];
                largest[index] = Math.Max(largest[index], v[index]);
                double scale = Math.Sqrt(keepsLargest ? largest[index] : v[index]) + 1e-6;
                expected[index] -= 0.01 / (1 - Math.Pow(0.9, step + 1)) * m[index] / scale;
            }
        }

        float[] actual = model.Values();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void A_checkpoint_holds_its_states_and_hyperparameters_by_name()
    {
        string path = folder.File("checkpoint");
        using TestModel model = Model(), other = Model(seed: 2), third = Model(seed: 3);
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Lion { Beta2 = 0.95 });
        trainer.Step(Gradients(0));
        trainer.SaveCheckpoint(path);
        using GivenGradients.Trainer resumed = other.TrainOnGiven(new Lion { Beta2 = 0.95 });
        resumed.LoadCheckpoint(path);
        trainer.Step(Gradients(1));
        resumed.Step(Gradients(1));

        Assert.Equal(model.Values(), other.Values());
        using (SafetensorsFile file = SafetensorsFile.Open(path, static _ => true))
            Assert.Contains("exp_avg.weight", file.Header.Tensors.Select(tensor => tensor.Name));
        using GivenGradients.Trainer refused = third.TrainOnGiven(new Lion());
        Exception exception = Assert.ThrowsAny<Exception>(() => refused.LoadCheckpoint(path));
        Assert.Contains("beta2 = 0.95; this trainer has 0.99", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Sums are over one parameter each, with the gradient clipped and the mean of two steps.</summary>
    [Fact]
    public void Lamb_is_the_plain_loop()
    {
        const double rate = 0.01, decay = 0.1, clip = 3;
        using TestModel model = Model();
        double[] expected = [.. model.Values().Select(value => (double)value)], m = new double[expected.Length], v = new double[expected.Length];
        using GivenGradients.Trainer trainer = model.TrainOnGiven(
            new Lamb { LearningRate = rate, WeightDecay = decay }, new TrainerOptions { ClipNorm = clip, AccumulationSteps = 2 });

        for (int update = 1; update <= 6; update++)
        {
            float[] first = Gradients(2 * update), second = Gradients(2 * update + 1);
            trainer.Step(first);
            trainer.Step(second);
            double[] gradients = [.. first.Zip(second, (a, b) => ((double)a + b) / 2)];
            double norm = Math.Sqrt(gradients.Sum(gradient => gradient * gradient));
            Assert.Equal(norm, trainer.GradientNorm, 1e-5);
            double[] direction = new double[expected.Length];
            for (int index = 0; index < expected.Length; index++)
            {
                double gradient = gradients[index] * Math.Min(1, clip / (norm + 1e-6));
                m[index] = 0.9 * m[index] + 0.1 * gradient;
                v[index] = 0.999 * v[index] + 0.001 * gradient * gradient;
                // The weight alone has two axes.
                direction[index] = m[index] / (1 - Math.Pow(0.9, update)) / (Math.Sqrt(v[index] / (1 - Math.Pow(0.999, update))) + 1e-6)
                    + (index < Weights ? decay : 0) * expected[index];
            }
            foreach ((int start, int end) in ((int, int)[])[(0, Weights), (Weights, Weights + Biases)])
            {
                double trust = Math.Sqrt(expected[start..end].Sum(value => value * value) / direction[start..end].Sum(value => value * value));
                for (int index = start; index < end; index++)
                    expected[index] -= rate * trust * direction[index];
            }
        }

        float[] actual = model.Values();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    public static TheoryData<Optimizer> Formulas => new(new BoundedAdam(), new Lamb());

    [Theory]
    [MemberData(nameof(Formulas))]
    public void The_bits_do_not_depend_on_the_number_of_threads(Optimizer optimizer)
    {
        float[] Train(int threads)
        {
            using TestModel model = new(TestModel.LayoutOf(("weight", [300, 700]), ("bias", [701])), 1, new ModelOptions { Threads = threads });
            using GivenGradients.Trainer trainer = model.TrainOnGiven(optimizer);
            trainer.Program.GradientAt = static index => MathF.Sin(index);
            for (int step = 0; step < 3; step++)
                trainer.Step();
            return model.Values();
        }

        Assert.Equal(Train(1), Train(3));
    }
}
