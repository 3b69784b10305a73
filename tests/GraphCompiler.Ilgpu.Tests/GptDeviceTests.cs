namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A small GPT, and a model with state, on the device under test beside the same models on the CPU.</summary>
public sealed class GptDeviceTests : IDisposable
{
    const double Tolerance = 1e-4;

    readonly IlgpuDevice device = DeviceUnderTest.Open();
    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose()
    {
        device.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static int[] TextOf(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(Gpt.Vocabulary))];
    }

    [Fact]
    public void A_gpt_trains_and_writes_as_on_the_cpu()
    {
        using var onDevice = new Gpt(seed: 3, device);
        using var onCpu = new Gpt(seed: 3);
        int[] text = TextOf(1, Gpt.Batch * Gpt.Context), next = TextOf(2, Gpt.Batch * Gpt.Context);
        Assert.Equal(onCpu.Loss(text, next), onDevice.Loss(text, next), Tolerance);
        using var trainer = onDevice.CreateTrainer(new AdamW { LearningRate = 0.01 });
        using var expected = onCpu.CreateTrainer(new AdamW { LearningRate = 0.01 });
        for (int step = 0; step < 3; step++)
            Assert.Equal(expected.Step(text, next), trainer.Step(text, next), Tolerance);
        foreach (var (wanted, found) in onCpu.Parameters.Zip(onDevice.Parameters))
            Same(wanted.Name, wanted.Values, found.Values);
        Writes(onCpu, onDevice);
    }

    /// <summary>Two sessions by turns: some characters at once, one at a time, and again after a reset.</summary>
    static void Writes(Gpt onCpu, Gpt onDevice)
    {
        using var session = onDevice.CreateSession();
        using var other = onDevice.CreateSession();
        using var expected = onCpu.CreateSession();
        float[] wanted = new float[Gpt.Vocabulary], found = new float[Gpt.Vocabulary];
        for (int round = 0; round < 2; round++)
        {
            int[] text = TextOf(10 + round, Gpt.Context);
            for (int position = 0; position < 5; position += position == 0 ? 3 : 1)
            {
                int[] part = text[position..(position == 0 ? 3 : position + 1)];
                expected.Next(part, position, wanted);
                other.Next(TextOf(round, 1), position, found);
                session.Next(part, position, found);
                Same($"round {round}, position {position}", wanted, found);
            }
            session.Reset();
            expected.Reset();
        }
    }

    [Fact]
    public void A_session_gives_its_memory_back()
    {
        using var model = new Gpt(seed: 3, device);
        long before = device.AllocatedBytes;
        using (model.CreateSession())
            Assert.True(device.AllocatedBytes > before);
        Assert.Equal(before, device.AllocatedBytes);
    }

    [Fact]
    public void State_is_updated_saved_and_loaded_as_on_the_cpu()
    {
        string file = Path.Combine(folder, "model.safetensors");
        using var onDevice = new Normalised(seed: 3, device);
        using var onCpu = new Normalised(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Sgd { LearningRate = 0.1 }, new TrainerOptions { AccumulationSteps = 2 });
        using var expected = onCpu.CreateTrainer(new Sgd { LearningRate = 0.1 }, new TrainerOptions { AccumulationSteps = 2 });
        var random = new Random(5);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
        for (int step = 0; step < 3; step++)
        {
            float[] x = Numbers(Normalised.Batch * Normalised.Inputs), y = Numbers(Normalised.Batch);
            Assert.Equal(expected.Step(x, y), trainer.Step(x, y), Tolerance);
            foreach (var (wanted, found) in onCpu.States.Zip(onDevice.States))
                Same($"{wanted.Name} after step {step}", wanted.Values, found.Values);
        }
        onCpu.States[0].Values.Fill(0.25f);
        onDevice.States[0].Values.Fill(0.25f);
        onDevice.Save(file);
        using var loaded = new Normalised(seed: 4, device);
        loaded.Load(file);
        float[] input = Numbers(Normalised.Batch * Normalised.Inputs), values = new float[Normalised.Batch], again = new float[Normalised.Batch], fromFile =
            new float[Normalised.Batch];
        onCpu.Values(input, values);
        onDevice.Values(input, again);
        loaded.Values(input, fromFile);
        Same("values", values, again);
        Same("values of the file", values, fromFile);
    }

    static void Same(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double scale = 0;
        foreach (float value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * scale, $"{name}[{i}] is {actual[i]}, not {expected[i]}");
    }
}
