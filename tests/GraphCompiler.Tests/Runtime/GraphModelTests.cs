using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Runtime;

public sealed class GraphModelTests
{
    static ModelLayout OneOf(Initialization initialization, int count)
        => TestModel.LayoutOf(initialization, ("first", [count]), ("second", [count]));

    [Fact]
    public void Parameters_have_names_shapes_and_places()
    {
        using TestModel model = new(TestModel.LayoutOf(("hidden1.weight", [16, 784]), ("hidden1.bias", [16]), ("scale", [])));
        Assert.Equal(16 * 784 + 16 + 1, model.ParameterCount);
        Assert.Equal(["hidden1.weight", "hidden1.bias", "scale"], model.Parameters.Select(parameter => parameter.Name));
        Assert.Equal([16, 784], model.Parameters[0].Shape);
        Assert.Equal(0, model.Parameters[2].Rank);
        Assert.Equal(1, model.Parameters[2].Values.Length);
        Assert.Equal("hidden1.weight [16, 784]", model.Parameters[0].ToString());

        model.Parameters[1].Values[3] = 42;
        Assert.Equal(42, model.Block[16 * 784 + 3]);
    }

    [Fact]
    public void First_values_follow_their_distributions()
    {
        using (TestModel constant = new(OneOf(new Initialization(InitializationKind.Constant, 0.25), 100)))
            Assert.All(constant.Values(), value => Assert.Equal(0.25f, value));

        using (TestModel uniform = new(OneOf(new Initialization(InitializationKind.Uniform, -2, 6), 50_000), seed: 3))
        {
            float[] values = uniform.Values();
            Assert.All(values, value => Assert.InRange(value, -2, 6));
            Assert.InRange(values.Average(), 2 - 0.05, 2 + 0.05);
            Assert.InRange(values.Min(), -2, -1.999);
            Assert.InRange(values.Max(), 5.999, 6);
        }

        using TestModel normal = new(OneOf(new Initialization(InitializationKind.Normal, 1, 3), 50_000), seed: 4);
        double[] centred = [.. normal.Values().Select(value => (value - 1.0) / 3)];
        Assert.InRange(centred.Average(), -0.02, 0.02);
        Assert.InRange(centred.Average(value => value * value), 0.98, 1.02);
        Assert.InRange(centred.Average(value => Math.Pow(value, 4)), 2.9, 3.1);
        Assert.InRange(centred.Count(value => Math.Abs(value) > 2) / 1e5, 0.043, 0.048);
    }

    [Fact]
    public void A_seed_gives_the_same_bits_at_any_thread_count_and_in_any_model()
    {
        ModelLayout large = TestModel.LayoutOf(("a", [1100, 1000]), ("b", [5]));
        using TestModel one = new(large, 11, new ModelOptions { Threads = 1 }), four = new(large, 11, new ModelOptions { Threads = 4 });
        Assert.True(one.Block.SequenceEqual(four.Block));

        using TestModel other = new(large, 12);
        Assert.False(one.Block.SequenceEqual(other.Block));
        Assert.NotEqual(one.Parameters[0].Values[..5].ToArray(), one.Parameters[1].Values.ToArray());

        // A value depends on its parameter's number and its own, not on the shapes around it.
        using TestModel small = new(TestModel.LayoutOf(("x", [3]), ("y", [5])), 11);
        Assert.Equal(one.Parameters[0].Values[..3].ToArray(), small.Parameters[0].Values.ToArray());
        Assert.Equal(one.Parameters[1].Values.ToArray(), small.Parameters[1].Values.ToArray());
    }

    [Fact]
    public void First_values_are_the_same_on_every_machine()
    {
        using TestModel normal = new(TestModel.LayoutOf(("a", [4])), seed: 42);
        using TestModel uniform = new(TestModel.LayoutOf(new Initialization(InitializationKind.Uniform, -1, 1), ("a", [4])), seed: 42);

        // From a Philox and an inverse distribution function in Python.
        Assert.Equal([0xBEBE4AB4, 0xBFE09D5F, 0xBEEDA263, 0xBDF6FEA5], normal.Values().Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal([0xBE94681C, 0xBF6BB374, 0xBEB7030C, 0xBDC498C0], uniform.Values().Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [InlineData(0.25, -0.6744897501960817)]
    [InlineData(0.001, -3.090232306167814)]
    [InlineData(1e-20, -9.262340089798408)]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.9999997, 4.991217139937878)]
    [InlineData(0.075, -1.4395314709384563)]
    public void Normal_quantiles_are_those_of_the_distribution(double probability, double expected)
        => Assert.Equal(expected, NormalQuantile.Of(probability), Math.Abs(expected) * 1e-15);

    [Fact]
    public void Disposed_models_refuse_everything()
    {
        TestModel model = new(TestModel.LayoutOf(("a", [3])));
        ModelParameter parameter = model.Parameters[0];
        ProgramPool<GivenGradients> pool = new(model, created => new GivenGradients((TestModel)created));
        GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd());
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => parameter.Values.Length);
        Assert.Throws<ObjectDisposedException>(() => model.Save("never written"));
        Assert.Throws<ObjectDisposedException>(() => model.Load("never read"));
        Assert.Throws<ObjectDisposedException>(pool.Rent);
        Assert.Throws<ObjectDisposedException>(() => trainer.Step([1, 1, 1]));
        Assert.Throws<ObjectDisposedException>(() => model.TrainOnGiven(new Sgd()));
        trainer.Dispose();
        Assert.False(File.Exists("never written"));
    }

    [Fact]
    public void Layouts_that_contradict_themselves_are_refused()
    {
        Initialization zero = new(InitializationKind.Constant, 0);
        Assert.Throws<ArgumentException>(() => new ModelLayout([new("a", [3], 32, zero)], 128));
        Assert.Throws<ArgumentException>(() => new ModelLayout([new("a", [17], 0, zero), new("b", [1], 64, zero)], 192));
        Assert.Throws<ArgumentException>(() => new ModelLayout([new("a", [3], 0, zero), new("a", [3], 64, zero)], 128));
        Assert.Throws<ArgumentException>(() => new ModelLayout([new("a", [17], 0, zero)], 64));
        Assert.Throws<ArgumentException>(() => new ModelLayout([], 32));
        Assert.Throws<ArgumentException>(() => new ParameterLayout("a", [-1], 0, zero));
        Assert.Throws<ArgumentException>(() => new ParameterLayout("", [1], 0, zero));
        Assert.Throws<OverflowException>(() => new ParameterLayout("a", [int.MaxValue, int.MaxValue, int.MaxValue], 0, zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ModelOptions { Threads = -1 });
    }

    [Fact]
    public void A_model_without_parameters_is_a_model()
    {
        using TemporaryFolder folder = new();
        using TestModel model = new(TestModel.LayoutOf());
        model.Save(folder.File("m"));
        model.Load(folder.File("m"));
        Assert.Equal(0, model.ParameterCount);
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new AdamW(), new TrainerOptions { ClipNorm = 1, AccumulationSteps = 2 });
        trainer.Step([]);
        trainer.Step([]);
        Assert.Equal((1, 0.0), (trainer.UpdateCount, trainer.GradientNorm));
    }
}
