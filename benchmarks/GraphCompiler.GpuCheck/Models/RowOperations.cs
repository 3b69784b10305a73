namespace GraphCompiler.GpuCheck.Models;

/// <summary>Operations along rows, or on each element, of several times the size of a device's cache.</summary>
[Graph]
public sealed partial class RowOperations
{
    public const int Rows = 16384, Columns = 4096;

    readonly Parameter x = new([Rows, Columns], Init.Normal());
    readonly LayerNorm norm = new(Columns);

    public Tensor Scale() => x * 0.5f;

    public Tensor Softmax() => Ops.Softmax(x);

    public Tensor LayerNorm() => norm.Forward(x);

    public Tensor GeluTanh() => Ops.GeluTanh(x);
}

/// <summary>The same of few elements.</summary>
[Graph]
public sealed partial class SmallRowOperations
{
    public const int Rows = 8, Columns = 64;

    readonly Parameter x = new([Rows, Columns], Init.Normal());
    readonly LayerNorm norm = new(Columns);

    public Tensor Scale() => x * 0.5f;

    public Tensor Softmax() => Ops.Softmax(x);

    public Tensor LayerNorm() => norm.Forward(x);

    public Tensor GeluTanh() => Ops.GeluTanh(x);
}
