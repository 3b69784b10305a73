using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>The digits sample's model, on fewer pixels, and with dropout.</summary>
[Graph]
public sealed partial class Classifier
{
    public const int Batch = 6, Pixels = 40, Classes = 10;

    readonly Linear hidden1 = new(Pixels, 16);
    readonly Linear hidden2 = new(16, 16);
    readonly Linear output = new(16, Classes);
    readonly Dropout dropout = new(0.25f);

    public Tensor Logits([Shape(Batch, Pixels)] Tensor pixels)
        => output.Forward(dropout.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))));

    [Objective]
    public Tensor Loss([Shape(Batch, Pixels)] Tensor pixels, [Shape(Batch)] Tensor<int> digits)
        => CrossEntropy(Logits(pixels), digits);
}
