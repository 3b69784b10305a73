using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;
using GraphCompiler.Tests.Optimizers;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>
/// Parameters of 16 bits are trained as floats are that hold the same numbers, and rounded after each update: beside the model of floats, which gets
/// their numbers before each step.
/// </summary>
public sealed class NarrowParameterTests : IDisposable
{
    const int Steps = 6;

    readonly TemporaryFolder folder = new();
    readonly NarrowParameters model = new(7);
    readonly WideParameters wide = new(7);

    public void Dispose()
    {
        model.Dispose();
        wide.Dispose();
        folder.Dispose();
    }

    static (int[] Words, int[] Labels) Batch(int step) => (Numbers.Labels(9, 70, step), Numbers.Labels(9, 4, step + 100));

    static float[] Floats(ModelParameter parameter) => parameter.DataType switch
    {
        SafetensorsDataType.BF16 => [.. parameter.ValuesAs<BFloat16>().ToArray().Select(value => (float)value)],
        SafetensorsDataType.F16 => [.. parameter.ValuesAs<Half>().ToArray().Select(value => (float)value)],
        _ => parameter.Values.ToArray(),
    };

    static float[] Rounded(float[] values, SafetensorsDataType type) => type switch
    {
        SafetensorsDataType.BF16 => [.. values.Select(value => (float)(BFloat16)value)],
        SafetensorsDataType.F16 => [.. values.Select(value => (float)(Half)value)],
        _ => values,
    };

    public static TheoryData<string> Optimizers => ["momentum", "adamw", "lamb"];

    static Optimizer OptimizerOf(string name) => name switch
    {
        "momentum" => new Sgd { LearningRate = 0.5, Momentum = 0.9 },
        "lamb" => new Lamb { LearningRate = 0.05, WeightDecay = 0.1 },
        _ => new AdamW { LearningRate = 0.01, WeightDecay = 0.1, Groups = [new("hidden") { LearningRate = 0.02, ClipNorm = 0.1 }] },
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Steps_are_those_of_floats_rounded(string optimizer)
    {
        var options = new TrainerOptions { ClipNorm = 0.5, AccumulationSteps = 2 };
        using var trainer = model.CreateTrainer(OptimizerOf(optimizer), options);
        using var expected = wide.CreateTrainer(OptimizerOf(optimizer), options);
        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < model.Parameters.Count; i++)
                Floats(model.Parameters[i]).CopyTo(wide.Parameters[i].Values);
            var (words, labels) = Batch(step);
            Assert.Equal(expected.Step(words, labels), trainer.Step(words, labels), 1e-6f);
            for (int i = 0; i < model.Parameters.Count; i++)
            {
                ModelParameter parameter = model.Parameters[i];
                float[] rounded = Rounded(wide.Parameters[i].Values.ToArray(), parameter.DataType), updated = Floats(parameter);
                bool isNarrow = parameter.DataType != SafetensorsDataType.F32;
                Numbers.AssertClose(rounded, updated, isNarrow ? 1 / 256.0 : 1e-5, $"{parameter.Name} after step {step}");
                // What lies between two numbers of 16 bits may be rounded either way.
                if (isNarrow)
                    Assert.InRange(rounded.Zip(updated).Count(pair => pair.First != pair.Second), 0, updated.Length / 50);
                if (!parameter.IsFrozen)
                    Numbers.AssertClose(expected.GradientOf(parameter.Name), trainer.GradientOf(parameter.Name), 1e-5, $"the gradient of {parameter.Name}");
            }
        }
        Assert.Equal(expected.GradientNorm, trainer.GradientNorm, 1e-5);
        Assert.Equal(Steps / 2, trainer.UpdateCount);
    }

    [Fact]
    public void Training_goes_on_from_a_checkpoint_with_the_same_bits()
    {
        using var trainer = model.CreateTrainer(OptimizerOf("adamw"));
        foreach (int step in Enumerable.Range(0, 3))
            trainer.Step(Batch(step).Words, Batch(step).Labels);
        trainer.SaveCheckpoint(folder.File("checkpoint"));
        var types = SafetensorsTypes.In(folder.File("checkpoint"));
        Assert.Contains(("parameters.hidden", "BF16"), types);
        Assert.Contains(("parameters.table", "F16"), types);
        Assert.Contains(("exp_avg.table", "F32"), types);

        using NarrowParameters other = new(8, new ModelOptions { Threads = 1 });
        using var resumed = other.CreateTrainer(OptimizerOf("adamw"));
        resumed.LoadCheckpoint(folder.File("checkpoint"));
        foreach (int step in Enumerable.Range(3, 3))
            Assert.Equal(trainer.Step(Batch(step).Words, Batch(step).Labels), resumed.Step(Batch(step).Words, Batch(step).Labels));
        foreach (var (expected, parameter) in model.Parameters.Zip(other.Parameters))
            Numbers.AssertSameBits(Floats(expected), Floats(parameter), parameter.Name);
    }

    /// <summary>In lines of 64 bytes: of 16 bits 18 (table), 130 and 17, of floats 1 (bias), 130 and 1, frozen 1; gradients are floats.</summary>
    [Fact]
    public void They_take_half_the_memory_and_their_gradients_that_of_floats()
    {
        Assert.Equal((18 + 130 + 17 + 1 + 130 + 1 + 1) * 64, model.MemoryReport.ParameterBytes);
        Assert.Equal((2 * (18 + 130 + 17) + 1 + 130 + 1) * 64, model.MemoryReport.GradientBytes);
    }
}
