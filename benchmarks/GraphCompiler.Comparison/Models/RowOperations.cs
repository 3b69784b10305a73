namespace GraphCompiler.Comparison.Models;

/// <summary>Operations along the rows of a 4096 by 1024 tensor, or on each of its elements.</summary>
[Graph]
public sealed partial class RowOperations
{
    public const int Rows = 4096, Columns = 1024;

    readonly LayerNorm norm = new(Columns);

    public Tensor Softmax([Shape(Rows, Columns)] Tensor x) => Ops.Softmax(x);

    public Tensor LayerNorm([Shape(Rows, Columns)] Tensor x) => norm.Forward(x);

    public Tensor GeluTanh([Shape(Rows, Columns)] Tensor x) => Ops.GeluTanh(x);

    public Tensor GeluErf([Shape(Rows, Columns)] Tensor x) => Ops.Gelu(x);
}
