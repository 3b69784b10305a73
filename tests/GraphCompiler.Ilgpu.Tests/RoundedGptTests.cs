using GraphCompiler.Runtime;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A small GPT whose products multiply numbers of 16 bits, on the device under test beside the same model on the CPU.</summary>
public class RoundedGptTests
{
    /// <summary>A model with what trains it and writes with it.</summary>
    sealed record Subject(GraphModel Model, GraphTrainer Trainer, Func<int[], int[], float> Step, IDisposable Session, Action<int[], int, float[]> Write) : IDisposable
    {
        public void Dispose()
        {
            Session.Dispose();
            Trainer.Dispose();
            Model.Dispose();
        }
    }

    static Subject Open(string format, IlgpuDevice? device, Optimizer optimizer) =>
        format == nameof(MatMulPrecision.BFloat16) ? BFloat16(device, optimizer) : Float16(device, optimizer);

    static Subject BFloat16(IlgpuDevice? device, Optimizer optimizer)
    {
        var model = device is null ? new GptOfBFloat16(seed: 3) : new GptOfBFloat16(seed: 3, device);
        var trainer = model.CreateTrainer(optimizer);
        var session = model.CreateSession();
        return new Subject(model, trainer, (text, next) => trainer.Step(text, next), session, (text, position, logits) => session.Next(text, position, logits));
    }

    static Subject Float16(IlgpuDevice? device, Optimizer optimizer)
    {
        var model = device is null ? new GptOfFloat16(seed: 3) : new GptOfFloat16(seed: 3, device);
        var trainer = model.CreateTrainer(optimizer);
        var session = model.CreateSession();
        return new Subject(model, trainer, (text, next) => trainer.Step(text, next), session, (text, position, logits) => session.Next(text, position, logits));
    }

    static int[] TextOf(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(RoundedGpt.Vocabulary))];
    }

    static int[] Text { get; } = TextOf(1, RoundedGpt.Batch * RoundedGpt.Context);

    static int[] Continuation { get; } = TextOf(2, RoundedGpt.Batch * RoundedGpt.Context);

    /// <summary>
    /// Sums in single precision differ in their last bits between devices, and now and then one that is close to the middle
    /// between two numbers of the format is rounded to the other; then what is computed of it differs by half of the format's last
    /// place, and is rounded to others. In the first step that happens to some of the 32 positions. On tensor cores attention
    /// rounds weights and the gradients of scores besides, at every position, what is computed of these is rounded again, and the
    /// gradients of a normalisation are sums of it that partly cancel: so four times as much is allowed. After each of the three updates
    /// parameters differ, some are rounded to others, and all positions multiply these.
    /// </summary>
    [DeviceTheory(DeviceNeeds.TensorCores)]
    [InlineData(nameof(MatMulPrecision.BFloat16), 4.0 / 512)]
    [InlineData(nameof(MatMulPrecision.Float16), 4.0 / 4096)]
    public void A_gpt_of_sixteen_bits_trains_and_writes_as_on_the_cpu(string format, double tolerance)
    {
        using var device = DeviceUnderTest.Open(checksUnwritten: false);
        Check(device, format, tolerance);
    }

    [DeviceTheory(DeviceNeeds.NoTensorCores)]
    [InlineData(nameof(MatMulPrecision.BFloat16), 1.0 / 512)]
    [InlineData(nameof(MatMulPrecision.Float16), 1.0 / 4096)]
    public void Without_tensor_cores_it_does_more_exactly(string format, double tolerance)
    {
        using var device = DeviceUnderTest.OpenWithoutTensorCores();
        Check(device, format, tolerance);
    }

    static void Check(IlgpuDevice device, string format, double tolerance)
    {
        const double AfterUpdates = 3;
        // Adam would divide small gradients by themselves, and their errors too.
        using var expected = Open(format, device: null, new Sgd { LearningRate = 0.1 });
        using var trained = Open(format, device, new Sgd { LearningRate = 0.1 });
        Same("the first loss", [expected.Step(Text, Continuation)], [trained.Step(Text, Continuation)], tolerance);
        foreach (var parameter in expected.Model.Parameters)
            Same("the gradient of " + parameter.Name, expected.Trainer.GradientOf(parameter.Name), trained.Trainer.GradientOf(parameter.Name), tolerance);
        for (int step = 1; step < 3; step++)
            Same($"the loss of step {step}", [expected.Step(Text, Continuation)], [trained.Step(Text, Continuation)], AfterUpdates * tolerance);
        foreach (var (wanted, found) in expected.Model.Parameters.Zip(trained.Model.Parameters))
            Same(wanted.Name, wanted.Values, found.Values, tolerance);
        float[] wantedLogits = new float[RoundedGpt.Vocabulary], foundLogits = new float[RoundedGpt.Vocabulary];
        for (int position = 0; position < 6; position += position == 0 ? 4 : 1)
        {
            int[] part = Text[position..(position == 0 ? 4 : position + 1)];
            expected.Write(part, position, wantedLogits);
            trained.Write(part, position, foundLogits);
            Same($"logits at {position}", wantedLogits, foundLogits, AfterUpdates * tolerance);
        }
    }

    /// <summary>It learns two short texts by heart: from the loss of a model that knows nothing, above log 32, to less than a thirtieth.</summary>
    [Fact]
    public void A_gpt_of_sixteen_bits_learns_as_on_the_cpu()
    {
        const int Steps = 15;
        const double FirstLoss = 3.4, LastLoss = 0.1;
        using var device = DeviceUnderTest.Open(checksUnwritten: false);
        using var onDevice = BFloat16(device, new AdamW { LearningRate = 0.03 });
        using var onCpu = BFloat16(device: null, new AdamW { LearningRate = 0.03 });
        foreach (var subject in new[] { onCpu, onDevice })
        {
            float[] losses = [.. Enumerable.Range(0, Steps + 1).Select(_ => subject.Step(Text, Continuation))];
            Assert.True(losses[0] > FirstLoss && losses[Steps] < LastLoss, string.Join(' ', losses));
        }
    }

    /// <summary>The difference of two tensors, in the root of the mean square, against the first one's.</summary>
    static void Same(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        double scale = 0, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            scale += (double)expected[i] * expected[i];
            difference += ((double)expected[i] - actual[i]) * ((double)expected[i] - actual[i]);
        }
        Assert.True(scale > 0 && Math.Sqrt(difference) <= tolerance * Math.Sqrt(scale), $"{name} differs by {Math.Sqrt(difference / scale)}");
    }
}
