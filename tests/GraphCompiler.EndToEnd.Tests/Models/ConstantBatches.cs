using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A batch of 1.</summary>
[Graph]
public sealed partial class BatchOf1
{
    const int Batch = 1;

    readonly SharedNetwork network = new();

    public (Tensor Logits, Tensor Mean) Outputs([Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds)
    {
        Tensor logits = network.Forward(x, kinds);
        return (logits, Softmax(logits).Mean(axis: 0));
    }

    [Objective]
    public Tensor Loss(
        [Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(network.Forward(x, kinds), labels);
}

/// <summary>A batch of 3.</summary>
[Graph]
public sealed partial class BatchOf3
{
    const int Batch = 3;

    readonly SharedNetwork network = new();

    public (Tensor Logits, Tensor Mean) Outputs([Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds)
    {
        Tensor logits = network.Forward(x, kinds);
        return (logits, Softmax(logits).Mean(axis: 0));
    }

    [Objective]
    public Tensor Loss(
        [Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(network.Forward(x, kinds), labels);
}

/// <summary>A batch of 17.</summary>
[Graph]
public sealed partial class BatchOf17
{
    const int Batch = 17;

    readonly SharedNetwork network = new();

    public (Tensor Logits, Tensor Mean) Outputs([Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds)
    {
        Tensor logits = network.Forward(x, kinds);
        return (logits, Softmax(logits).Mean(axis: 0));
    }

    [Objective]
    public Tensor Loss(
        [Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(network.Forward(x, kinds), labels);
}

/// <summary>A batch of 64.</summary>
[Graph]
public sealed partial class BatchOf64
{
    const int Batch = 64;

    readonly SharedNetwork network = new();

    public (Tensor Logits, Tensor Mean) Outputs([Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds)
    {
        Tensor logits = network.Forward(x, kinds);
        return (logits, Softmax(logits).Mean(axis: 0));
    }

    [Objective]
    public Tensor Loss(
        [Shape(Batch, SharedNetwork.Inputs)] Tensor x, [Shape(Batch)] Tensor<int> kinds, [Shape(Batch)] Tensor<int> labels)
        => CrossEntropy(network.Forward(x, kinds), labels);
}
