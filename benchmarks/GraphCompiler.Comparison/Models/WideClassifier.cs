using static GraphCompiler.Ops;

namespace GraphCompiler.Comparison.Models;

/// <summary>784, 512, 512 and 10 units with ReLU between them, at batch 128: 669,706 parameters.</summary>
[Graph]
public sealed partial class WideClassifier
{
    public const int Batch = 128;

    readonly Linear hidden1 = new(784, 512);
    readonly Linear hidden2 = new(512, 512);
    readonly Linear output = new(512, 10);

    [Objective]
    public Tensor Loss([Shape(Batch, 784)] Tensor images, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(images))))), labels);
}
