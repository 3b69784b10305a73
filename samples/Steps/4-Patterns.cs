using GraphCompiler;
using static GraphCompiler.Ops;

namespace Steps;

// Exclusive or: four patterns, as one batch or one by one. The batch is a named dimension, so one network takes both.
[Graph, Dim("batch", Max = 4)]
public sealed partial class ExclusiveOr
{
    readonly Linear hidden = new(2, 8);
    readonly Linear output = new(8, 1);

    public Tensor Logits([Shape("batch", 2)] Tensor patterns) => output.Forward(Tanh(hidden.Forward(patterns)));

    [Objective]
    public Tensor Loss([Shape("batch", 2)] Tensor patterns, [Shape("batch", 1)] Tensor targets) =>
        BinaryCrossEntropyWithLogits(Logits(patterns), targets);
}

static class Patterns
{
    public static void Run(TextWriter output)
    {
        float[] patterns = [0, 0, 0, 1, 1, 0, 1, 1], targets = [0, 1, 1, 0];
        using ExclusiveOr network = new(seed: 2);

        // The loss of a batch is the mean over its patterns, so its gradient is the mean of theirs.
        float[] mean = new float[8];
        using (var observer = network.CreateTrainer(new Sgd { LearningRate = 0 }))
        {
            for (int i = 0; i < 4; i++)
            {
                float loss = observer.Step(patterns.AsSpan(2 * i, 2), targets.AsSpan(i, 1));
                output.WriteLine($"pattern {i + 1}: loss {loss:F6}  gradient of output.weight {Show.Row(observer.GradientOf("output.weight")[..4])} ...");
                for (int j = 0; j < 8; j++)
                    mean[j] += observer.GradientOf("output.weight")[j] / 4;
            }

            output.WriteLine($"mean of four                                  {Show.Row(mean.AsSpan(0, 4))} ...");
            float batch = observer.Step(patterns, targets);
            output.WriteLine($"batch:     loss {batch:F6}  gradient of output.weight {Show.Row(observer.GradientOf("output.weight")[..4])} ...");
        }

        output.WriteLine();
        using var trainer = network.CreateTrainer(new Adam { LearningRate = 0.05 });
        for (int step = 1; step <= 200; step++)
        {
            float loss = trainer.Step(patterns, targets);
            if (step is 1 or 10 or 50 or 100 or 200)
                output.WriteLine($"step {step,3}  loss {loss:F4}");
        }

        float[] logits = new float[4];
        network.Logits(patterns, logits);
        output.WriteLine();
        for (int i = 0; i < 4; i++)
            output.WriteLine($"{patterns[2 * i]} xor {patterns[2 * i + 1]} = {1 / (1 + MathF.Exp(-logits[i])):F2}");
    }
}
