using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Optimizers;

/// <summary>
/// Parameters of 16 bits are updated as floats that hold the same numbers, and rounded: beside a model of floats that has their numbers before each
/// update, and the same gradients, every bit is the same.
/// </summary>
public class NarrowParameterTests
{
    const int Updates = 5;

    /// <summary>More than the widest vector divides, and more than one segment of an update.</summary>
    static readonly int[] Counts = [37, 5001, 18, 4099];

    static readonly SafetensorsDataType[] Types = [SafetensorsDataType.F32, SafetensorsDataType.BF16, SafetensorsDataType.BF16, SafetensorsDataType.F16];

    static TestModel Model(bool isNarrow, int threads)
    {
        List<ParameterLayout> parameters = [];
        long offset = 0;
        for (int i = 0; i < Counts.Length; i++)
        {
            var type = isNarrow ? Types[i] : SafetensorsDataType.F32;
            parameters.Add(new ParameterLayout($"p{i}", [Counts[i]], offset, new Initialization(InitializationKind.Normal, 0, 1), dataType: type));
            offset = (offset + parameters[i].Bytes + ModelLayout.Alignment - 1) / ModelLayout.Alignment * ModelLayout.Alignment;
        }
        return new TestModel(new ModelLayout([.. parameters], offset), seed: 3, new ModelOptions { Threads = threads });
    }

    static float[] Floats(ModelParameter parameter) => parameter.DataType switch
    {
        SafetensorsDataType.BF16 => [.. parameter.ValuesAs<BFloat16>().ToArray().Select(value => (float)value)],
        SafetensorsDataType.F16 => [.. parameter.ValuesAs<Half>().ToArray().Select(value => (float)value)],
        _ => parameter.Values.ToArray(),
    };

    static float[] Rounded(ReadOnlySpan<float> values, SafetensorsDataType type) => type switch
    {
        SafetensorsDataType.BF16 => [.. values.ToArray().Select(value => (float)(BFloat16)value)],
        SafetensorsDataType.F16 => [.. values.ToArray().Select(value => (float)(Half)value)],
        _ => values.ToArray(),
    };

    static Optimizer OptimizerOf(string name) => name switch
    {
        "sgd" => new Sgd { LearningRate = 0.1, Momentum = 0.9 },
        "lamb" => new Lamb { LearningRate = 0.05, WeightDecay = 0.1 },
        _ => new AdamW { LearningRate = 0.01, WeightDecay = 0.1, Groups = [new("p1") { LearningRate = 0.02, ClipNorm = 0.1 }] },
    };

    [Theory]
    [InlineData("sgd", 1)]
    [InlineData("adamw", 1)]
    [InlineData("adamw", 3)]
    [InlineData("lamb", 2)]
    public void Updates_are_those_of_floats_rounded(string optimizer, int threads)
    {
        using TestModel narrow = Model(isNarrow: true, threads), wide = Model(isNarrow: false, threads: 1);
        var options = new TrainerOptions { ClipNorm = 0.5, AccumulationSteps = 2 };
        using GivenGradients.Trainer trainer = narrow.TrainOnGiven(OptimizerOf(optimizer), options), expected = wide.TrainOnGiven(OptimizerOf(optimizer), options);
        for (int step = 0; step < 2 * Updates; step++)
        {
            for (int i = 0; i < Counts.Length; i++)
                Floats(narrow.Parameters[i]).CopyTo(wide.Parameters[i].Values);
            Random random = new(step);
            float[] gradients = [.. Enumerable.Range(0, Counts.Sum()).Select(_ => random.NextSingle() * 2 - 1)];
            trainer.Step(gradients);
            expected.Step(gradients);
            for (int i = 0; i < Counts.Length; i++)
            {
                Assert.Equal(Rounded(wide.Parameters[i].Values, Types[i]), Floats(narrow.Parameters[i]));
                Assert.Equal(expected.GradientOf($"p{i}").ToArray(), trainer.GradientOf($"p{i}").ToArray());
            }
        }
        Assert.Equal(Updates, trainer.UpdateCount);
        Assert.Equal(expected.GradientNorm, trainer.GradientNorm);
    }

    [Fact]
    public void Gradients_of_floats_lie_as_these_do_and_the_others_behind_them()
    {
        using TestModel model = Model(isNarrow: true, threads: 1);
        Assert.Equal([0, 192, 10240, 10304], model.Layout.Parameters.Select(parameter => parameter.Offset));
        Assert.Equal([0, 192, 20288, 20416], model.Layout.Trainable.Parameters.Select(parameter => parameter.Offset));
        Assert.Equal((18560, 36928), (model.Layout.TotalBytes, model.Layout.Trainable.TotalBytes));
    }
}
