using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Computed row numbers, labels and positions on the device under test: exact, or refused before anything is queued.</summary>
public sealed class IndexDeviceTests : IDisposable
{
    const double Tolerance = 1e-4;
    const int Programs = 12;

    readonly IlgpuDevice device = DeviceUnderTest.Open();

    public void Dispose() => device.Dispose();

    [Fact]
    public void Random_programs_agree_with_the_oracle()
    {
        EmissionCheck.Results([.. Enumerable.Range(0, Programs).Select(seed => IndexPrograms.Make(seed))], device);
        EmissionCheck.Gradients([.. Enumerable.Range(0, Programs).Select(seed => IndexPrograms.Make(seed, ofParameters: true))], device: device);
    }

    static (int[] Ids, int[] Labels) BatchOf(int seed)
    {
        var random = new Random(seed);
        int batch = 6 - seed % 3;
        return ([.. Enumerable.Range(0, 2 * batch).Select(_ => random.Next(ShiftedClassifier.Digits))],
            [.. Enumerable.Range(0, batch).Select(_ => random.Next(1, ShiftedClassifier.Classes + 1))]);
    }

    [Fact]
    public void Training_is_that_of_the_cpu_and_what_is_refused_changes_nothing()
    {
        using var onDevice = new ShiftedClassifier(seed: 3, device);
        using var onCpu = new ShiftedClassifier(seed: 3);
        using var trainer = onDevice.CreateTrainer(new AdamW { LearningRate = 0.01 }, new TrainerOptions { AccumulationSteps = 2 });
        using var expected = onCpu.CreateTrainer(new AdamW { LearningRate = 0.01 }, new TrainerOptions { AccumulationSteps = 2 });
        for (int step = 0; step < 5; step++)
        {
            var (ids, labels) = BatchOf(step);
            int[] wrongIds = [.. ids], wrongLabels = [.. labels];
            (wrongIds[^2], wrongLabels[^1]) = (ShiftedClassifier.Digits, 0);
            foreach (Action call in new Action[] { () => trainer.Queue(ids, wrongLabels), () => trainer.Step(ids, wrongLabels), () => onDevice.Loss(ids, wrongLabels) })
                Assert.Contains("'labels - 1' holds -1 at index ", Assert.Throws<ArgumentOutOfRangeException>(call).Message, StringComparison.Ordinal);
            foreach (Action call in new Action[] { () => trainer.Queue(wrongIds, labels), () => trainer.Step(wrongIds, labels),
                () => onDevice.Logits(wrongIds, new float[labels.Length * ShiftedClassifier.Classes]) })
                Assert.Equal("ids", Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);
            Assert.Equal(step, trainer.StepCount);
            trainer.Queue(ids, labels);
            Assert.Equal(expected.Step(ids, labels), trainer.LastLoss, Tolerance);
        }
        float[] Values(ShiftedClassifier model) => [.. model.Parameters.SelectMany(p => p.Values.ToArray()), .. model.States.SelectMany(s => s.Values.ToArray())];
        float[] cpu = Values(onCpu), own = Values(onDevice);
        for (int i = 0; i < cpu.Length; i++)
            Assert.Equal(cpu[i], own[i], Tolerance);
    }

    [Fact]
    public void Positions_may_be_computed()
    {
        using var model = new ShiftedClassifier(seed: 3, device);
        using var session = model.CreateSession();
        float[] rows = [.. Enumerable.Range(1, 2 * ShiftedClassifier.Width).Select(i => (float)i)], log = new float[ShiftedClassifier.Places * ShiftedClassifier.Width];
        session.Log(rows, 4, log);
        float[] expected = [.. new float[5 * ShiftedClassifier.Width], .. rows, .. new float[3 * ShiftedClassifier.Width]];
        Assert.Equal(expected, log);
        foreach (int position in new[] { -2, 8, int.MaxValue })
            Assert.Contains($"'position + 1' is {position + 1L}, ", Assert.Throws<ArgumentOutOfRangeException>(() => session.Log(rows, position, log)).Message,
                StringComparison.Ordinal);
        session.Log(rows, 4, log);
        Assert.Equal(expected, log);
    }

    /// <summary>Whatever another thread writes into the caller's integers meanwhile, a call gives a result or refuses.</summary>
    [Fact]
    public async Task Integers_may_change_while_steps_are_queued()
    {
        using var model = new ShiftedClassifier(seed: 3, device);
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.01 });
        var (ids, labels) = BatchOf(0);
        bool isDone = false;
        var writer = Task.Run(() =>
        {
            var random = new Random(1);
            while (!Volatile.Read(ref isDone))
                labels[random.Next(labels.Length)] = random.Next(4) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(1, ShiftedClassifier.Classes + 1);
        });
        for (int step = 0; step < 50; step++)
        {
            try
            {
                trainer.Queue(ids, labels);
            }
            catch (ArgumentOutOfRangeException)
            {
                Array.Fill(labels, 1);
            }
        }
        Volatile.Write(ref isDone, true);
        await writer;
        Assert.True(trainer.StepCount == 0 || float.IsFinite(trainer.LastLoss));
    }
}
