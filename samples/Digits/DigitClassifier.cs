using GraphCompiler;
using static GraphCompiler.Ops;

namespace Digits;

/// <summary>784 pixels, two hidden layers of 16 units, 10 classes: 13,002 parameters.</summary>
[Graph]
public sealed partial class DigitClassifier
{
    public const int Batch = 32;
    public const int Pixels = 28 * 28;
    public const int Classes = 10;

    readonly Linear hidden1 = new(Pixels, 16);
    readonly Linear hidden2 = new(16, 16);
    readonly Linear output = new(16, Classes);

    public Tensor Logits([Shape(Batch, Pixels)] Tensor pixels)
        => output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))));

    [Objective]
    public Tensor Loss([Shape(Batch, Pixels)] Tensor pixels, [Shape(Batch)] Tensor<int> digits)
        => CrossEntropy(Logits(pixels), digits);
}
