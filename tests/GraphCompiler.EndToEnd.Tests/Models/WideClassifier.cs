using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A classifier with dropout, large enough that a team shares its kernels.</summary>
[Graph]
public sealed partial class WideClassifier
{
    public const int Batch = 128, Inputs = 784, Classes = 10;

    readonly Linear hidden1 = new(Inputs, 512);
    readonly Linear hidden2 = new(512, 512);
    readonly Linear output = new(512, Classes);
    readonly Dropout dropout = new(0.2f);

    public Tensor Logits([Shape(Batch, Inputs)] Tensor features)
    {
        Tensor x = dropout.Forward(Relu(hidden1.Forward(features)));
        return output.Forward(dropout.Forward(Relu(hidden2.Forward(x))));
    }

    [Objective]
    public Tensor Loss([Shape(Batch, Inputs)] Tensor features, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(Logits(features), labels);
}
