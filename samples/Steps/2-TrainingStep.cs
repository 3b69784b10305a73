using GraphCompiler;
using static GraphCompiler.Ops;

namespace Steps;

// The network of the first example with an objective, so that it can be trained.
[Graph]
public sealed partial class TrainedNetwork
{
    readonly Parameter hidden = new([2, 2]);
    readonly Parameter output = new([2, 2]);

    public Tensor Forward([Shape(2)] Tensor inputs)
    {
        var h = Sigmoid(MatMul(hidden, inputs) + 0.35f);
        return Sigmoid(MatMul(output, h) + 0.60f);
    }

    [Objective]
    public Tensor Error([Shape(2)] Tensor inputs, [Shape(2)] Tensor targets) =>
        (0.5f * Square(targets - Forward(inputs))).Sum();
}

static class TrainingStep
{
    public static void Run(TextWriter output)
    {
        using TrainedNetwork network = new(seed: 1);
        network.Set("hidden", 0.15f, 0.20f, 0.25f, 0.30f);
        network.Set("output", 0.40f, 0.45f, 0.50f, 0.55f);
        float[] inputs = [0.05f, 0.10f], targets = [0.01f, 0.99f];

        // A step: the forward pass, the gradient of the error with respect to every weight, and
        // weight := weight - 0.5 * gradient.
        using var trainer = network.CreateTrainer(new Sgd { LearningRate = 0.5 });
        float before = trainer.Step(inputs, targets);

        output.WriteLine($"error before        {before:F9}");
        output.WriteLine($"gradient of output  {Show.Row(trainer.GradientOf("output"))}");
        output.WriteLine($"gradient of hidden  {Show.Row(trainer.GradientOf("hidden"))}");
        output.WriteLine($"new output          {Show.Row(network.Get("output"))}");
        output.WriteLine($"new hidden          {Show.Row(network.Get("hidden"))}");

        // Step returns the error before its own update: this is the error after the first.
        output.WriteLine($"error after         {trainer.Step(inputs, targets):F9}");
        while (trainer.StepCount < 10_000)
            trainer.Step(inputs, targets);
        float[] o = new float[2];
        network.Forward(inputs, o);
        output.WriteLine($"after 10,000 steps  {Show.Row(o)}");
    }
}
