using static GraphCompiler.Ops;

namespace GraphCompiler.Comparison.Models;

/// <summary>
/// Causal attention by itself. Its operands are parameters where gradients are wanted: a training program computes those
/// of parameters.
/// </summary>
[Graph]
public sealed partial class CausalAttention
{
    public const int Batch = 4, Heads = 12, Time = 256, HeadSize = 64;

    readonly Parameter query = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter key = new([Batch, Heads, Time, HeadSize], Init.Normal());
    readonly Parameter value = new([Batch, Heads, Time, HeadSize], Init.Normal());

    public Tensor Forward(
        [Shape(Batch, Heads, Time, HeadSize)] Tensor q, [Shape(Batch, Heads, Time, HeadSize)] Tensor k, [Shape(Batch, Heads, Time, HeadSize)] Tensor v)
        => Attention(q, k, v, causal: true);

    [Objective]
    public Tensor Weighted([Shape(Batch, Heads, Time, HeadSize)] Tensor weights) => (Attention(query, key, value, causal: true) * weights).Sum();
}
