using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Parts of axes that begin and end at named dimensions, integers that are computed, and rows numbered by them.</summary>
[Graph, Dim("batch", Max = 4), Dim("time", Max = Context)]
public sealed partial class NamedParts
{
    public const int Context = 11, Width = 5;

    readonly Parameter table = new([Context, Width], Init.Normal());
    readonly Parameter shifts = new([2 * Context, Width], Init.Normal());

    public (Tensor Rows, Tensor Last, Tensor Tail, Tensor Distances, Tensor Looked) Parts([Shape("batch", "time", Width)] Tensor x)
    {
        var (batch, time, _) = x.Shape;
        Tensor<int> position = Arange(time), distance = position.Unsqueeze(1) - position;
        return (
            x + table[..time] + shifts[time..(2 * time)],
            x[.., ^1],
            x[.., ^1..],
            Select(distance >= 0, (2 * distance - time).To<float>(), 0.5f) * x.Reshape(batch * time, Width).Sum(),
            Gather(table, time - position - 1) + Gather(shifts, 2 * position) + Gather(table, Arange(time)));
    }

    [Objective]
    public Tensor Loss([Shape("batch", "time", Width)] Tensor x)
    {
        var (rows, last, tail, _, looked) = Parts(x * table[..x.Shape[1]]);
        return Square(rows).Mean() + (last * shifts[0]).Sum() + Square(tail).Sum() + Square(looked).Mean();
    }
}
