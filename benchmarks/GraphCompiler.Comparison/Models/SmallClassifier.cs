using static GraphCompiler.Ops;

namespace GraphCompiler.Comparison.Models;

/// <summary>784, 16, 16 and 10 units with ReLU between them, at batch 32: 13,002 parameters.</summary>
[Graph]
public sealed partial class SmallClassifier
{
    public const int Batch = 32;

    readonly Linear hidden1 = new(784, 16);
    readonly Linear hidden2 = new(16, 16);
    readonly Linear output = new(16, 10);

    [Objective]
    public Tensor Loss([Shape(Batch, 784)] Tensor images, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(images))))), labels);
}
