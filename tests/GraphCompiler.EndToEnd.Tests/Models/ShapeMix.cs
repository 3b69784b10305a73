using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Reductions over several axes and everything that moves elements about.</summary>
[Graph]
public sealed partial class ShapeMix
{
    readonly Parameter weight = new([5, 4, 6], Init.Normal());

    public (Tensor Peak, Tensor Low, Tensor Average) Reductions([Shape(3, 4, 5)] Tensor x)
        => (x.Max([0, 2]), x.Min([0, 1], keepDims: true), x.Mean([1, 2]));

    public Tensor Moved([Shape(3, 4, 5)] Tensor x)
    {
        Tensor permuted = x.Permute(2, 0, 1);
        Tensor every = permuted.Slice(axis: 0, start: 1, length: 2, step: 2);
        Tensor joined = Concat([every, every * 2, Unsqueeze(permuted[0], 0)], axis: 0);
        return joined.Transpose(1, 2);
    }

    public Tensor Products([Shape(2, 1, 3, 4)] Tensor a) => MatMul(a, weight);

    public Tensor Parts([Shape(3, 8)] Tensor x)
    {
        Tensor[] parts = Split(x, 2, axis: 1);
        return parts[0] * parts[1][.., 0..1] + Flatten(Stack([x[0, ..4], x[^1, 4..], x[1, ..4]]), 1);
    }

    [Objective]
    public Tensor Loss([Shape(2, 1, 3, 4)] Tensor a) => Square(Products(a).Max([0, 1, 3])).Mean();
}
