using GraphCompiler;
using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Two layers whose activations and gradients lie in binary16, with a loss that can be made as small as one likes.</summary>
[Graph(Precision = Precision.Float16)]
public sealed partial class HalfRegression
{
    public const int Batch = 8, Inputs = 12, Hidden = 24, Outputs = 4;

    readonly Linear first = new(Inputs, Hidden), second = new(Hidden, Outputs);

    [Objective]
    public Tensor Loss([Shape(Batch, Inputs)] Tensor x, [Shape(Batch, Outputs)] Tensor y, [Shape] Tensor weight)
        => Mean(Square(second.Forward(Tanh(first.Forward(x))) - y)) * weight;
}
