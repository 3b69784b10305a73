using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;

namespace GraphCompiler.Generator.Tests.Emit;

/// <summary>
/// Models of several products whose values single precision holds exactly, up to where they are rounded and beyond, in any order of
/// summation: so the oracle, which works in double precision, rounds the very same numbers, and not even a tie falls to
/// another side. Operands are stored and computed, in every transposed form, and their edges cut tiles.
/// </summary>
internal static class RoundedProducts
{
    /// <summary>Multiples of 1/8 up to 1: their products' sums keep within 24 bits, and need more than 8, or 11, of them.</summary>
    const double Grain = 8;

    public static IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> Cases { get; } =
    [
        Layers(0, 40, 48, 72), Layers(1, 70, 37, 33), Layers(2, 33, 64, 128), Batched(3, 3, 40, 32), Batched(4, 2, 33, 48),
    ];

    /// <summary>relu(x·first/4)·secondᵀ.</summary>
    static (string, Graph, Bindings) Layers(int seed, int rows, int width, int hidden)
    {
        var sketch = new GraphSketch(seed);
        var g = sketch.Graph;
        Node x = sketch.Input(new Shape(rows, width)), first = sketch.Parameter(new Shape(width, hidden)), second = sketch.Parameter(new Shape(width, hidden));
        Coarsen(sketch);
        var inner = g.Unary(Op.Relu, g.Scale(g.MatMul(x, first), 0.25));
        return ($"layers of {rows} x {width} x {hidden}", sketch.Objective(g.MatMul(inner, second, false, true)), sketch.Bindings);
    }

    /// <summary>(x/4)·(wᵀ·x) for each item of a batch, where one weight serves all.</summary>
    static (string, Graph, Bindings) Batched(int seed, int items, int rows, int width)
    {
        var sketch = new GraphSketch(seed);
        var g = sketch.Graph;
        Node x = sketch.Input(new Shape(items, rows, width)), w = sketch.Parameter(new Shape(1, rows, width));
        Coarsen(sketch);
        var inner = g.Unary(Op.Relu, g.MatMul(g.BroadcastTo(w, x.Shape), x, true, false));
        return ($"batch of {items} x {rows} x {width}", sketch.Objective(g.MatMul(g.Scale(x, 0.25), inner)), sketch.Bindings);
    }

    static void Coarsen(GraphSketch sketch)
    {
        foreach (double[] values in sketch.Bindings.Parameters.Values.Concat(sketch.Bindings.Inputs.Values))
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = Math.Round(values[i] * Grain) / Grain;
        }
    }
}
