using Xunit;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Rows that the loss of a large vocabulary leaves out, on the device under test as on the CPU.</summary>
public sealed class MaskedLossDeviceTests : IDisposable
{
    readonly IlgpuDevice device = DeviceUnderTest.Open();

    public void Dispose() => device.Dispose();

    [Fact]
    public void Rows_left_out_count_in_neither_loss_nor_gradients()
    {
        const int Rows = 11;
        using var onDevice = new MaskedVocabulary(seed: 3, device);
        using var onCpu = new MaskedVocabulary(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Sgd { LearningRate = 0.5 });
        using var expected = onCpu.CreateTrainer(new Sgd { LearningRate = 0.5 });
        int[] text = [.. Enumerable.Range(0, Rows).Select(row => row * 37 % Vocabulary.Words)];
        int[] next = [.. Enumerable.Range(0, Rows).Select(row => row % 3 == 1 ? -100 : row * 91 % Vocabulary.Words)];
        Step(text, next);
        Assert.Equal(0, Step(text, [.. next.Select(_ => -100)]));
        int[] kept = [.. Enumerable.Range(0, Rows).Where(row => next[row] >= 0)];
        Assert.Equal(onDevice.Loss([.. kept.Select(row => text[row])], [.. kept.Select(row => next[row])]), onDevice.Loss(text, next), 1e-5f);

        float Step(int[] text, int[] next)
        {
            float loss = trainer.Step(text, next);
            Assert.Equal(expected.Step(text, next), loss, 1e-5f);
            foreach (var (wanted, found) in onCpu.Parameters.Zip(onDevice.Parameters))
            {
                Assert.True(wanted.Values.ToArray().Zip(found.Values.ToArray(), (a, b) => Math.Abs(a - b)).Max() < 1e-5f, wanted.Name);
                float[] gradient = trainer.GradientOf(wanted.Name).ToArray();
                Assert.Equal(loss == 0, gradient.All(value => value == 0));
            }
            return loss;
        }
    }
}
