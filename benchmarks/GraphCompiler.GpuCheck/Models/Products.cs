using static GraphCompiler.Ops;

namespace GraphCompiler.GpuCheck.Models;

/// <summary>A product of two square matrices. Operands are parameters here and below: they lie on the device.</summary>
[Graph]
public sealed partial class Product64
{
    readonly Parameter a = new([64, 64], Init.Normal()), b = new([64, 64], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}

/// <inheritdoc cref="Product64"/>
[Graph]
public sealed partial class Product1024
{
    readonly Parameter a = new([1024, 1024], Init.Normal()), b = new([1024, 1024], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}

/// <inheritdoc cref="Product64"/>
[Graph]
public sealed partial class Product2048
{
    readonly Parameter a = new([2048, 2048], Init.Normal()), b = new([2048, 2048], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}

/// <inheritdoc cref="Product64"/>
[Graph]
public sealed partial class Product4096
{
    readonly Parameter a = new([4096, 4096], Init.Normal()), b = new([4096, 4096], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}

/// <inheritdoc cref="Product64"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class Product64BFloat16
{
    readonly Parameter a = new([64, 64], Init.Normal()), b = new([64, 64], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}

/// <inheritdoc cref="Product64"/>
[Graph(MatMulPrecision = MatMulPrecision.Float16)]
public sealed partial class Product64Float16
{
    readonly Parameter a = new([64, 64], Init.Normal()), b = new([64, 64], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}

/// <inheritdoc cref="Product64"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class Product4096BFloat16
{
    readonly Parameter a = new([4096, 4096], Init.Normal()), b = new([4096, 4096], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}

/// <inheritdoc cref="Product64"/>
[Graph(MatMulPrecision = MatMulPrecision.Float16)]
public sealed partial class Product4096Float16
{
    readonly Parameter a = new([4096, 4096], Init.Normal()), b = new([4096, 4096], Init.Normal());

    public Tensor Result() => MatMul(a, b);
}
