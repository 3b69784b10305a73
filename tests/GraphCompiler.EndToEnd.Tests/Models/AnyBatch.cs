using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>What the classes below share: a part for each kind of kernel.</summary>
[Module]
public sealed class SharedNetwork
{
    public const int Inputs = 13, Kinds = 6, Width = 21, Classes = 5;

    readonly Embedding kind = new(Kinds, Width);
    readonly Linear hidden = new(Inputs, Width);
    readonly LayerNorm norm = new(Width);
    readonly Linear output = new(Width, Classes);

    public Tensor Forward(Tensor x, Tensor<int> kinds)
        => output.Forward(Gelu(norm.Forward(hidden.Forward(x) + kind.Forward(kinds))));
}

/// <summary>A batch of any size up to 64.</summary>
[Graph, Dim("batch", Max = MaxBatch)]
public sealed partial class AnyBatch
{
    public const int MaxBatch = 64;

    readonly SharedNetwork network = new();

    public (Tensor Logits, Tensor Mean) Outputs([Shape("batch", SharedNetwork.Inputs)] Tensor x, [Shape("batch")] Tensor<int> kinds)
    {
        Tensor logits = network.Forward(x, kinds);
        return (logits, Softmax(logits).Mean(axis: 0));
    }

    [Objective]
    public Tensor Loss(
        [Shape("batch", SharedNetwork.Inputs)] Tensor x, [Shape("batch")] Tensor<int> kinds, [Shape("batch")] Tensor<int> labels)
        => CrossEntropy(network.Forward(x, kinds), labels);
}
