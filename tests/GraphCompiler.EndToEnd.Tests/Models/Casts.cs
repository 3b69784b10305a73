using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Tensors in other types, on the way to results and in between.</summary>
[Graph]
[Dim("n", Max = 100)]
public sealed partial class Casts
{
    readonly Parameter weight = new([3], Init.Constant(1.0009f));

    public (Tensor Half, Tensor BFloat16) Rounded([Shape("n")] Tensor x) => (x.To<Half>().To<float>(), x.To<BFloat16>().To<float>());

    public (Tensor E4M3, Tensor E5M2) Eighths([Shape("n")] Tensor x) => (x.To<Float8E4M3>().To<float>(), x.To<Float8E5M2>().To<float>());

    public (Tensor<int> Whole, Tensor Fraction) Parts([Shape("n")] Tensor x) => (x.To<int>(), x - x.To<int>().To<float>());

    public Tensor<int> Above([Shape("n")] Tensor<int> x) => 10 * (x > 3).To<int>() + x.To<bool>().To<int>();

    /// <summary>Integers of less than 32 bits, turned about: they lie in memory in between.</summary>
    public (Tensor<int> Bytes, Tensor<int> Shorts) Narrow([Shape(5, 9)] Tensor<int> x) =>
        (x.To<sbyte>().Transpose().To<int>() + Gather(x.To<byte>().To<float>(), Arange(5)).To<int>().Transpose(), x.To<short>().Transpose().To<int>());

    /// <summary>Rows of 16 bits between the kernels.</summary>
    public Tensor Normal([Shape(24, 3)] Tensor x)
    {
        var rows = Softmax(x).To<BFloat16>();
        return Softmax(rows[..8].Transpose().To<float>()) + rows[^8..].Transpose().To<float>();
    }

    [Objective]
    public Tensor Loss([Shape("n", 3)] Tensor x) => (weight.To<Half>().To<float>() * x).Sum();
}
