using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A multilayer perceptron whose first two layers are adapted, one with its weight transposed; its twin is in tests/reference/write_lora.py.</summary>
[Graph, Lora(Rank = 3, Alpha = 12, Targets = "hidden1"), Lora(Rank = 2, Alpha = 2, Targets = "hidden2")]
public sealed partial class LoraClassifier
{
    readonly Linear hidden1 = new(20, 9);
    readonly TransposedLinear hidden2 = new(9, 7);
    readonly Linear output = new(7, 5);

    public Tensor Logits([Shape(6, 20)] Tensor features) => output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(features)))));

    [Objective]
    public Tensor Loss([Shape(6, 20)] Tensor features, [Shape(6)] Tensor<int> labels) => CrossEntropy(Logits(features), labels);
}
