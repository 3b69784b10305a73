using GraphCompiler.Runtime;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Averages of averages: more states than a launch passes by themselves.</summary>
[Optimizer]
public sealed partial class FiveStates : Optimizer
{
    readonly OptimizerState first = new(), second = new(), third = new(), fourth = new(), fifth = new();

    public FiveStates()
        : base(learningRate: 0.1)
    {
    }

    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)
    {
        Tensor average = gradient;
        foreach (var state in new[] { first, second, third, fourth, fifth })
        {
            average = 0.25 * state + 0.75 * average;
            state.Set(average);
        }
        return parameter - step.LearningRate * average;
    }
}

/// <summary>An optimizer that no compiler has read.</summary>
public sealed class WrittenByHand : Optimizer
{
    public WrittenByHand()
        : base(learningRate: 0.1)
    {
    }

    protected override IEnumerable<(string Name, string Value)> OwnHyperparameters => [];

    protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step) => throw new NotSupportedException();

    protected override UpdateFormula CreateFormula() => new Formula();

    sealed unsafe class Formula() : UpdateFormula(0, [], coefficients: 0)
    {
        public override void Prepare(UpdateStep step, Span<float> coefficients)
        {
        }

        public override void Apply(float* parameter, float* gradient, float* scale, float* coefficients, float* sumsOfParameter, float* state, long stateStride, int count)
        {
            for (int i = 0; i < count; i++)
                parameter[i] -= 0.1f * *scale * gradient[i];
        }
    }
}

public sealed class OwnOptimizerTests
{
    [Fact]
    public void An_optimizer_without_kernels_is_refused_with_what_to_do()
    {
        using var device = DeviceUnderTest.Open();
        using var onDevice = new Classifier(seed: 3, device);
        using var onCpu = new Classifier(seed: 3);
        using (onCpu.CreateTrainer(new WrittenByHand()))
        {
        }
        var exception = Assert.Throws<DeviceException>(() => onDevice.CreateTrainer(new WrittenByHand()).Dispose());
        Assert.Contains("[assembly: DeviceOptimizers(typeof(WrittenByHand))]", exception.Message, StringComparison.Ordinal);
    }
}
