using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Both kinds of rotary embedding, at positions from 0 and from a run-time offset.</summary>
[Graph, Dim("time", Max = 9)]
public sealed partial class Rotations
{
    public const int Heads = 3, Size = 6;

    readonly RotaryEmbedding halves = new(Size, 500), pairs = new(Size, 500, interleaved: true);

    public (Tensor Halves, Tensor Pairs, Tensor LaterHalves, Tensor LaterPairs) Turned(
        [Shape(Heads, "time", Size)] Tensor x, [Shape] Tensor<int> offset)
    {
        Tensor<int> later = Arange(x.Shape[1]) + offset;
        return (halves.Forward(x), pairs.Forward(x), halves.Forward(x, later), pairs.Forward(x, later));
    }
}
