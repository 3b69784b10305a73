using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Tokens and labels of 64 bits, as PyTorch has them.</summary>
[Graph]
[Dim("n", Max = 16)]
public sealed partial class LongLabels
{
    readonly Embedding embedding = new(12, 8, paddingIndex: 0);
    readonly Linear head = new(8, 12);

    public Tensor Vectors([Shape("n")] Tensor<long> tokens) => embedding.Forward(tokens) + 0 * OneHot(tokens, 8);

    [Objective]
    public Tensor Loss([Shape("n")] Tensor<long> tokens, [Shape("n")] Tensor<long> labels) =>
        CrossEntropy(head.Forward(embedding.Forward(tokens)), labels, ignoreIndex: -100);
}

/// <summary>The same with 32.</summary>
[Graph]
[Dim("n", Max = 16)]
public sealed partial class IntLabels
{
    readonly Embedding embedding = new(12, 8, paddingIndex: 0);
    readonly Linear head = new(8, 12);

    public Tensor Vectors([Shape("n")] Tensor<int> tokens) => embedding.Forward(tokens) + 0 * OneHot(tokens, 8);

    [Objective]
    public Tensor Loss([Shape("n")] Tensor<int> tokens, [Shape("n")] Tensor<int> labels) =>
        CrossEntropy(head.Forward(embedding.Forward(tokens)), labels, ignoreIndex: -100);
}
