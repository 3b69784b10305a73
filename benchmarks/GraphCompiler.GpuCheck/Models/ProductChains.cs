using static GraphCompiler.Ops;

namespace GraphCompiler.GpuCheck.Models;

/// <summary>Eight products one after the other, as in a network: what lies between two is rounded once.</summary>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class ProductChain64BFloat16
{
    public const int Products = 8;

    readonly Parameter x = new([64, 64], Init.Normal());
    readonly Parameter[] weights = [.. Enumerable.Range(0, Products).Select(_ => new Parameter([64, 64], Init.Normal(0, 0.125)))];

    public Tensor Result()
    {
        Tensor result = x;
        foreach (var weight in weights)
            result = MatMul(result, weight);
        return result;
    }
}

/// <summary>The same of large matrices.</summary>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class ProductChain4096BFloat16
{
    public const int Products = 8;

    readonly Parameter x = new([4096, 4096], Init.Normal());
    readonly Parameter[] weights = [.. Enumerable.Range(0, Products).Select(_ => new Parameter([4096, 4096], Init.Normal(0, 0.015625)))];

    public Tensor Result()
    {
        Tensor result = x;
        foreach (var weight in weights)
            result = MatMul(result, weight);
        return result;
    }
}
