using static GraphCompiler.Ops;

namespace GraphCompiler.Comparison.Models;

/// <summary>Products of two square matrices that the caller gives.</summary>
[Graph]
public sealed partial class MatrixProducts
{
    public Tensor Product256([Shape(256, 256)] Tensor a, [Shape(256, 256)] Tensor b) => MatMul(a, b);

    public Tensor Product512([Shape(512, 512)] Tensor a, [Shape(512, 512)] Tensor b) => MatMul(a, b);

    public Tensor Product1024([Shape(1024, 1024)] Tensor a, [Shape(1024, 1024)] Tensor b) => MatMul(a, b);
}
