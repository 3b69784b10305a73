using System;

namespace GraphCompiler;

/// <summary>
/// A learned vector for each position, added to the embeddings, as in GPT-2 and BERT: a table whose first rows are read.
/// Its parameter is named like an embedding's, <c>weight</c> [context, width].
/// </summary>
/// <param name="context">The largest number of positions.</param>
/// <param name="width">The size of a vector.</param>
/// <param name="initializer">The first values; normal with deviation 0.02, as GPT-2's, if left out.</param>
[Module]
public sealed class LearnedPositions(int context, int width, Initializer? initializer = null)
{
    readonly Parameter weight = new([context, width], initializer ?? Init.Normal(0, 0.02));

    /// <summary>The vectors of positions 0 to <paramref name="time"/> − 1.</summary>
    /// <param name="time">How many, at most the context; it may be a dimension, <c>x.Shape[1]</c>. The result is [time, width].</param>
    public Tensor Forward(int time) => weight[..time];

    /// <summary>The vectors of given positions, which may be known only at run time.</summary>
    /// <param name="positions">Any shape [...], from 0 to context − 1; the result is [..., width].</param>
    public Tensor Forward(Tensor<int> positions) => Ops.Gather(weight, positions);
}

/// <summary>
/// Fixed vectors for positions (Vaswani et al. 2017): element 2i of position p is sin(p / 10000^(2i/width)), element 2i + 1
/// the cosine of the same.
/// </summary>
/// <param name="width">The size of a vector, even.</param>
[Module]
public sealed class SinusoidalPositions(int width)
{
    readonly int width = width >= 2 && width % 2 == 0
        ? width
        : throw new ArgumentException($"sines and cosines need an even width, not {width}");

    /// <summary>The vectors of positions 0 to <paramref name="time"/> − 1.</summary>
    /// <param name="time">How many; it may be a dimension, <c>x.Shape[1]</c>. The result is [time, width].</param>
    public Tensor Forward(int time) => Forward(Ops.Arange(time));

    /// <summary>The vectors of given positions, which may be known only at run time.</summary>
    /// <param name="positions">Any shape [...]; the result is [..., width].</param>
    public Tensor Forward(Tensor<int> positions)
    {
        var frequencies = Ops.Exp(Ops.Arange(width / 2).To<float>() * (-2 * Math.Log(10000) / width));
        var angles = positions.To<float>().Unsqueeze(-1) * frequencies;
        return Ops.Stack([Ops.Sin(angles), Ops.Cos(angles)], -1).Flatten(positions.Rank);
    }
}
