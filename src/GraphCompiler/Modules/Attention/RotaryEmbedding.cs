using System;

namespace GraphCompiler;

/// <summary>
/// Rotary position embedding (Su et al. 2021, "RoFormer"): pair i of a head's elements is turned by the angle
/// position · base^(−2i/size), so that the product of a query and a key depends on their distance.
/// </summary>
/// <param name="size">The size of a head, even.</param>
/// <param name="frequencyBase">The base of the frequencies; LLaMA: 10000, LLaMA 3: 500000.</param>
/// <param name="interleaved">
/// Which elements are pairs: (i, i + size/2) as in LLaMA's checkpoints at Hugging Face ("rotate half"), or, interleaved,
/// (2i, 2i + 1) as in the paper and in GPT-J.
/// </param>
[Module]
public sealed class RotaryEmbedding(int size, float frequencyBase = 10000, bool interleaved = false)
{
    readonly int size = size >= 2 && size % 2 == 0
        ? size
        : throw new ArgumentException($"pairs need an even size, not {size}");

    /// <summary>Turns the heads of a sequence that begins at position 0.</summary>
    /// <param name="x">[..., time, size]; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Forward(x, Ops.Arange(x.Shape[^2]));

    /// <summary>Turns heads at given positions, which may be known only at run time.</summary>
    /// <param name="x">[..., time, size]; the result has the same shape.</param>
    /// <param name="positions">A shape that broadcasts with [..., time]: <c>Arange(time) + offset</c>.</param>
    public Tensor Forward(Tensor x, Tensor<int> positions)
    {
        int pairs = size / 2;
        var frequencies = Ops.Exp(Ops.Arange(pairs).To<float>() * (-2 * Math.Log(frequencyBase) / size));
        var angles = positions.To<float>().Unsqueeze(-1) * frequencies;
        Tensor cosine = Ops.Cos(angles), sine = Ops.Sin(angles);
        int[] shape = x.Shape;
        if (interleaved)
        {
            var split = x.Reshape([.. shape[..^1], pairs, 2]);
            Tensor even = split.Slice(-1, 0, 1).Squeeze(-1), odd = split.Slice(-1, 1, 1).Squeeze(-1);
            return Ops.Stack([(even * cosine) - (odd * sine), (odd * cosine) + (even * sine)], -1).Reshape(shape);
        }
        Tensor first = x.Slice(-1, 0, pairs), second = x.Slice(-1, pairs, pairs);
        return Ops.Concat([(first * cosine) - (second * sine), (second * cosine) + (first * sine)], -1);
    }
}
