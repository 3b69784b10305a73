using GraphCompiler;
using static GraphCompiler.Ops;

namespace Steps;

// Two layers with weights and biases. The gradients are computed twice: by the compiler, and below by hand.
[Graph]
public sealed partial class LayeredNetwork
{
    readonly Linear hidden = new(2, 3);
    readonly Linear output = new(3, 1);

    [Objective]
    public Tensor Loss([Shape(1, 2)] Tensor x, [Shape(1, 1)] Tensor target) =>
        MeanSquaredError(output.Forward(Tanh(hidden.Forward(x))), target);
}

static class Backpropagation
{
    public static void Run(TextWriter output)
    {
        float[] w1 = [0.5f, -0.3f, 0.8f, 0.2f, -0.6f, 0.4f], b1 = [0.1f, -0.2f, 0.3f], w2 = [0.7f, -0.5f, 0.9f], b2 = [0.05f];
        float[] x = [1.5f, -0.5f];
        const float Target = 1;

        using LayeredNetwork network = new(seed: 1);
        network.Set("hidden.weight", w1);
        network.Set("hidden.bias", b1);
        network.Set("output.weight", w2);
        network.Set("output.bias", b2);
        using var trainer = network.CreateTrainer(new Sgd { LearningRate = 0 });
        float loss = trainer.Step(x, [Target]);

        // Forward: z = W1 x + b1, h = tanh(z), y = w2 h + b2, loss = (y - target)^2.
        float[] h = new float[3];
        float y = b2[0];
        for (int i = 0; i < 3; i++)
        {
            h[i] = MathF.Tanh(w1[2 * i] * x[0] + w1[2 * i + 1] * x[1] + b1[i]);
            y += w2[i] * h[i];
        }

        // Backward, from the loss to the inputs: every value's gradient from that of the values it goes into.
        float dy = 2 * (y - Target);
        float[] dw2 = [dy * h[0], dy * h[1], dy * h[2]];
        float[] dz = new float[3], dw1 = new float[6];
        for (int i = 0; i < 3; i++)
        {
            dz[i] = dy * w2[i] * (1 - h[i] * h[i]);
            dw1[2 * i] = dz[i] * x[0];
            dw1[2 * i + 1] = dz[i] * x[1];
        }

        output.WriteLine($"h    {Show.Row(h)}");
        output.WriteLine($"y    {Show.Row([y])}");
        output.WriteLine($"loss {Show.Row([loss])}");
        output.WriteLine();
        Compare("output.bias  ", [dy]);
        Compare("output.weight", dw2);
        Compare("hidden.bias  ", dz);
        Compare("hidden.weight", dw1);

        void Compare(string parameter, float[] byHand)
        {
            output.WriteLine($"{parameter} compiler {Show.Row(trainer.GradientOf(parameter.TrimEnd()))}");
            output.WriteLine($"{parameter} by hand  {Show.Row(byHand)}");
        }
    }
}
