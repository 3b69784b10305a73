using GraphCompiler.Tests.Optimizers;
using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Parameters of 16 bits are trained on the device under test as on the CPU.</summary>
public class NarrowParameterDeviceTests
{
    [Fact]
    public void They_are_trained_as_on_the_cpu()
    {
        using var device = DeviceUnderTest.Open();
        using var onDevice = new NarrowRegression(seed: 3, device);
        using var onCpu = new NarrowRegression(seed: 3);
        using var trainer = onDevice.CreateTrainer(new Lamb { LearningRate = 0.05, WeightDecay = 0.1 });
        using var expected = onCpu.CreateTrainer(new Lamb { LearningRate = 0.05, WeightDecay = 0.1 });
        for (int step = 0; step < 3; step++)
        {
            var random = new Random(step);
            float[] x = [.. Enumerable.Range(0, 4 * 16).Select(_ => random.NextSingle() - 0.5f)];
            Assert.Equal(expected.Step(x), trainer.Step(x), 1e-4f);
        }
        Assert.NotEqual(new NarrowRegression(seed: 3).Parameters[0].ValuesAs<BFloat16>().ToArray(), onDevice.Parameters[0].ValuesAs<BFloat16>().ToArray());
        // Where an update ends between two numbers it may be rounded either way.
        Close<BFloat16>(0, value => value, 1 / 128f);
        Close<Half>(1, value => (float)value, 1 / 1024f);
        Close<float>(2, value => value, 1e-4f);

        void Close<T>(int parameter, Func<T, float> number, float tolerance)
            where T : unmanaged
        {
            var actual = onDevice.Parameters[parameter].ValuesAs<T>();
            foreach (var (index, value) in onCpu.Parameters[parameter].ValuesAs<T>().ToArray().Index())
                Assert.Equal(number(value), number(actual[index]), Math.Abs(number(value)) * tolerance + 1e-6f);
        }
    }
}

/// <summary>A model whose weights lie in 16 bits of both kinds.</summary>
[Graph]
public sealed partial class NarrowRegression
{
    readonly Parameter<BFloat16> weight = new([16, 20], Init.Normal(0, 0.3));
    readonly Parameter<Half> gain = new([20], Init.Ones);
    readonly Parameter bias = new([20], Init.Constant(0.1));

    [Objective]
    public Tensor Loss([Shape(4, 16)] Tensor x) => Square(Tanh(MatMul(x, weight.To<float>())) * gain.To<float>() + bias).Mean();
}
