using Digits;
using GraphCompiler.Data;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Passes;
using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>
/// ILGPU's CPU accelerator, whatever the device under test is: the compiler and the launcher that users get. Every operation once, which
/// is every kind of kernel, and two models beside the CPU target. Its threads are many, and wait by turning: nothing runs beside them.
/// </summary>
[Collection(nameof(CpuAcceleratorAlone))]
public sealed class CpuAcceleratorTests : IDisposable
{
    const double Tolerance = 1e-4;
    const int OperationsInBlock = 20;

    readonly IlgpuDevice device = IlgpuDevice.Cpu();

    public void Dispose() => device.Dispose();

    /// <summary>The first case of each operation.</summary>
    static IReadOnlyList<int> Cases { get; } = [.. Enumerable.Range(0, OpCases.All.Count).GroupBy(number => OpCases.All[number].Op).Select(ofOp => ofOp.First())];

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, (Cases.Count + OperationsInBlock - 1) / OperationsInBlock)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_operation_agrees_with_the_interpreter(int block) => EmissionCheck.Gradients(
        [.. Cases.Skip(block * OperationsInBlock).Take(OperationsInBlock).Select(number => OpTests.Variants(number).First() is var v
            ? ($"case {number} {OpCases.All[number].Op}", v.Objective, v.Bindings) : default)], device: device);

    [Fact]
    public void Its_name_says_what_it_is() => Assert.EndsWith("(CPU)", device.Name, StringComparison.Ordinal);

    [Fact]
    public void Digits_are_learnt_as_on_the_cpu()
    {
        const int Steps = 3;
        using var onDevice = new DigitClassifier(seed: 3, device);
        using var onCpu = new DigitClassifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(new AdamW { LearningRate = 1e-3 });
        using var expected = onCpu.CreateTrainer(new AdamW { LearningRate = 1e-3 });
        var digits = ImageSet.LoadMnist(Path.Combine(AppContext.BaseDirectory, "data"), "t10k").Batches(DigitClassifier.Batch);
        foreach (var batch in digits)
        {
            Assert.Equal(expected.Step(batch.Images, batch.Labels), trainer.Step(batch.Images, batch.Labels), Tolerance);
            if (trainer.StepCount == Steps)
                break;
        }
        SameParameters(onCpu, onDevice);
    }

    [Fact]
    public void A_gpt_learns_and_writes_as_on_the_cpu()
    {
        using var onDevice = new Gpt(seed: 3, device);
        using var onCpu = new Gpt(seed: 3);
        using var trainer = onDevice.CreateTrainer(new AdamW { LearningRate = 0.01 });
        using var expected = onCpu.CreateTrainer(new AdamW { LearningRate = 0.01 });
        int[] text = [.. Enumerable.Range(0, Gpt.Batch * Gpt.Context).Select(i => i * 3 % Gpt.Vocabulary)], next = [.. text.Select(i => (i + 3) % Gpt.Vocabulary)];
        for (int step = 0; step < 2; step++)
            Assert.Equal(expected.Step(text, next), trainer.Step(text, next), Tolerance);
        SameParameters(onCpu, onDevice);
        using var session = onDevice.CreateSession();
        using var onCpuSession = onCpu.CreateSession();
        float[] wanted = new float[Gpt.Vocabulary], found = new float[Gpt.Vocabulary];
        foreach (var (first, count) in new[] { (0, 2), (2, 1) })
        {
            onCpuSession.Next(text.AsSpan(first, count), first, wanted);
            session.Next(text.AsSpan(first, count), first, found);
            for (int i = 0; i < wanted.Length; i++)
                Assert.Equal(wanted[i], found[i], Tolerance);
        }
    }

    static void SameParameters(GraphModel expected, GraphModel actual)
    {
        foreach (var (wanted, found) in expected.Parameters.Zip(actual.Parameters))
        {
            float[] values = wanted.Values.ToArray(), own = found.Values.ToArray();
            double scale = values.Max(Math.Abs);
            for (int i = 0; i < values.Length; i++)
                Assert.True(Math.Abs(values[i] - own[i]) <= Tolerance * scale, $"{wanted.Name}[{i}] is {own[i]}, not {values[i]}");
        }
    }
}

/// <summary>What runs after all other tests, one after the other.</summary>
[CollectionDefinition(nameof(CpuAcceleratorAlone), DisableParallelization = true)]
public sealed class CpuAcceleratorAlone;
