using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A multilayer perceptron with cross-entropy; its twin is in tests/reference/models.py.</summary>
[Graph]
public sealed partial class SmallClassifier
{
    public const int Batch = 6, Inputs = 20, Classes = 5;

    readonly Linear hidden1 = new(Inputs, 9);
    readonly Linear hidden2 = new(9, 7);
    readonly Linear output = new(7, Classes);

    public (Tensor First, Tensor Second, Tensor Logits) Activations([Shape(Batch, Inputs)] Tensor features)
    {
        Tensor first = Relu(hidden1.Forward(features));
        Tensor second = Relu(hidden2.Forward(first));
        return (first, second, output.Forward(second));
    }

    public Tensor Logits([Shape(Batch, Inputs)] Tensor features) => Activations(features).Logits;

    [Objective]
    public Tensor Loss([Shape(Batch, Inputs)] Tensor features, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(Logits(features), labels);
}
