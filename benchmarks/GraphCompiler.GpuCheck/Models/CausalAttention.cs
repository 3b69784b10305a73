using static GraphCompiler.Ops;

namespace GraphCompiler.GpuCheck.Models;

/// <summary>Causal attention by itself. The objective's gradient with respect to attention's result is that result times twice the factor.</summary>
[Graph]
public sealed partial class CausalAttention
{
    public const int Batch = 4, Heads = 12, Time = 1024, HeadSize = 64;

    readonly Parameter query = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter key = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter value = new([Batch, Heads, Time, HeadSize], Init.Normal());

    public Tensor Result() => Attention(query, key, value, causal: true);

    [Objective]
    public Tensor Squares([Shape] Tensor factor)
    {
        var result = Result();
        return (result * result).Sum() * factor;
    }
}

/// <summary>The same of few tokens.</summary>
[Graph]
public sealed partial class SmallCausalAttention
{
    public const int Batch = 1, Heads = 2, Time = 32, HeadSize = 16;

    readonly Parameter query = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter key = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter value = new([Batch, Heads, Time, HeadSize], Init.Normal());

    public Tensor Result() => Attention(query, key, value, causal: true);

    [Objective]
    public Tensor Squares([Shape] Tensor factor)
    {
        var result = Result();
        return (result * result).Sum() * factor;
    }
}

/// <inheritdoc cref="CausalAttention"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class CausalAttentionBFloat16
{
    public const int Batch = 4, Heads = 12, Time = 1024, HeadSize = 64;

    readonly Parameter query = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter key = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter value = new([Batch, Heads, Time, HeadSize], Init.Normal());

    public Tensor Result() => Attention(query, key, value, causal: true);

    [Objective]
    public Tensor Squares([Shape] Tensor factor)
    {
        var result = Result();
        return (result * result).Sum() * factor;
    }
}

/// <summary>The same over so many tokens that the rounding of its operands, which grows with their number alone, hardly counts.</summary>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class LongCausalAttentionBFloat16
{
    public const int Batch = 1, Heads = 12, Time = 8192, HeadSize = 64;

    readonly Parameter query = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter key = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter value = new([Batch, Heads, Time, HeadSize], Init.Normal());

    public Tensor Result() => Attention(query, key, value, causal: true);

    [Objective]
    public Tensor Squares([Shape] Tensor factor)
    {
        var result = Result();
        return (result * result).Sum() * factor;
    }
}

/// <inheritdoc cref="SmallCausalAttention"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class SmallCausalAttentionBFloat16
{
    public const int Batch = 1, Heads = 2, Time = 32, HeadSize = 16;

    readonly Parameter query = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter key = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter value = new([Batch, Heads, Time, HeadSize], Init.Normal());

    public Tensor Result() => Attention(query, key, value, causal: true);

    [Objective]
    public Tensor Squares([Shape] Tensor factor)
    {
        var result = Result();
        return (result * result).Sum() * factor;
    }
}
