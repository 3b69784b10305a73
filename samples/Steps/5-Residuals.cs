using GraphCompiler;
using static GraphCompiler.Ops;

namespace Steps;

// A feed-forward block as in a transformer: normalise, expand, activate, project; then its input is added. The sum lets
// the gradient pass each block unchanged, so a deep network learns from the first step on.
[Module]
public sealed class FeedForward(int width, bool residual)
{
    readonly LayerNorm norm = new(width);
    readonly Linear expand = new(width, 4 * width);
    readonly Linear project = new(4 * width, width);

    public Tensor Forward(Tensor x)
    {
        var change = project.Forward(Gelu(expand.Forward(norm.Forward(x))));
        return residual ? x + change : change;
    }
}

// Sixteen blocks, with residuals or without: two models out of one module.
[Graph]
public sealed partial class DeepWithResiduals
{
    [Name("")]
    readonly DeepNetwork network = new(residual: true);

    [Objective]
    public Tensor Loss([Shape(32, 8)] Tensor x, [Shape(32, 8)] Tensor target) => MeanSquaredError(network.Forward(x), target);
}

[Graph]
public sealed partial class DeepWithout
{
    [Name("")]
    readonly DeepNetwork network = new(residual: false);

    [Objective]
    public Tensor Loss([Shape(32, 8)] Tensor x, [Shape(32, 8)] Tensor target) => MeanSquaredError(network.Forward(x), target);
}

[Module]
public sealed class DeepNetwork(bool residual)
{
    readonly FeedForward[] blocks = [.. Enumerable.Range(0, 16).Select(_ => new FeedForward(8, residual))];

    public Tensor Forward(Tensor x)
    {
        foreach (var block in blocks)
            x = block.Forward(x);
        return x;
    }
}

static class Residuals
{
    public static void Run(TextWriter output)
    {
        // To learn: every number's sine, its neighbour added.
        Random random = new(1);
        float[] x = [.. Enumerable.Range(0, 32 * 8).Select(_ => (float)(4 * random.NextDouble() - 2))];
        float[] target = [.. x.Select((value, i) => MathF.Sin(value) + 0.5f * x[i / 8 * 8 + (i + 1) % 8])];

        using DeepWithResiduals with = new(seed: 1);
        using DeepWithout without = new(seed: 1);
        using var withTrainer = with.CreateTrainer(new AdamW { LearningRate = 3e-4 });
        using var withoutTrainer = without.CreateTrainer(new AdamW { LearningRate = 3e-4 });
        output.WriteLine("                         with residuals   without");
        for (int step = 1; step <= 200; step++)
        {
            float lossWith = withTrainer.Step(x, target), lossWithout = withoutTrainer.Step(x, target);
            if (step == 1)
                output.WriteLine($"gradient of first block  {Norm(withTrainer),14:F4}  {Norm(withoutTrainer),8:F4}");
            if (step is 1 or 10 or 50 or 100 or 200)
                output.WriteLine($"step {step,3}  loss           {lossWith,14:F3}  {lossWithout,8:F3}");
        }
    }

    static double Norm(GraphTrainer trainer)
    {
        double sum = 0;
        foreach (float value in trainer.GradientOf("blocks.0.expand.weight"))
            sum += value * value;
        return Math.Sqrt(sum);
    }
}
