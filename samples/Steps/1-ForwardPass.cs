using GraphCompiler;
using static GraphCompiler.Ops;

namespace Steps;

// Two inputs, two hidden units, two outputs. Weights, biases and inputs are those of Matt Mazur's "A Step by Step
// Backpropagation Example" (2015), so every number can be compared with that page.
[Graph]
public sealed partial class ForwardNetwork
{
    readonly Parameter hidden = new([2, 2]);
    readonly Parameter output = new([2, 2]);

    public (Tensor Hidden, Tensor Output) Forward([Shape(2)] Tensor inputs)
    {
        // A row of weights for each unit; the biases are constants here.
        var h = Sigmoid(MatMul(hidden, inputs) + 0.35f);
        var o = Sigmoid(MatMul(output, h) + 0.60f);
        return (h, o);
    }
}

static class ForwardPass
{
    public static void Run(TextWriter output)
    {
        using ForwardNetwork network = new(seed: 1);
        network.Set("hidden", 0.15f, 0.20f, 0.25f, 0.30f);
        network.Set("output", 0.40f, 0.45f, 0.50f, 0.55f);

        float[] inputs = [0.05f, 0.10f], targets = [0.01f, 0.99f];
        float[] h = new float[2], o = new float[2];
        network.Forward(inputs, h, o);

        // The error: half the squared distance of each output from its target.
        float[] errors = [.. o.Zip(targets, (value, target) => 0.5f * (target - value) * (target - value))];

        output.WriteLine($"inputs   {Show.Row(inputs)}");
        output.WriteLine($"hidden   {Show.Row(h)}");
        output.WriteLine($"outputs  {Show.Row(o)}");
        output.WriteLine($"targets  {Show.Row(targets)}");
        output.WriteLine($"errors   {Show.Row(errors)}");
        output.WriteLine($"sum      {Show.Row([errors[0] + errors[1]])}");
    }
}
