using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Batch normalisation over [batch, channels, length] and [batch, features], with both kinds of running average.</summary>
[Graph]
[Dim("batch", Max = 32)]
public sealed partial class NormalizedClassifier
{
    public const int Channels = 3, Length = 4, Inputs = Channels * Length, Hidden = 10, Classes = 4;

    readonly BatchNorm norm0 = new(Channels, axis: 1, epsilon: 1e-3f, momentum: 0.25f);
    readonly Linear first = new(Inputs, Hidden, bias: false);
    readonly BatchNorm norm1 = new(Hidden);
    readonly Linear second = new(Hidden, Classes, bias: false);
    readonly BatchNorm norm2 = new(Classes, momentum: null, affine: false);

    public Tensor Logits([Shape("batch", Channels, Length)] Tensor x)
    {
        Tensor hidden = Relu(norm1.Forward(first.Forward(Relu(norm0.Forward(x)).Flatten())));
        return norm2.Forward(second.Forward(hidden));
    }

    [Objective]
    public Tensor Loss([Shape("batch", Channels, Length)] Tensor x, [Shape("batch")] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
}
