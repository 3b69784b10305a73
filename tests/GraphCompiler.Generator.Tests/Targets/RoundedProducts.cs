using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;

namespace GraphCompiler.Generator.Tests.Targets;

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

    /// <summary>A gradient whose depth is worth slices, of a batch that is less than it may be.</summary>
    public static (string Name, Graph Graph, Bindings Bindings) Deep => Layers(11, Dim.Named("n", 1300), 40, 36, named: 701);

    /// <summary>
    /// Linear maps with cross-entropy: their logits are exact too; what the loss and its gradients make of them is not. Lines of
    /// operands begin at multiples of eight numbers, of four, and anywhere; rows come in several blocks, classes in slices.
    /// </summary>
    public static IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> CrossEntropies { get; } =
    [
        CrossEntropy(6, 70, 36, 72, byInputs: true), CrossEntropy(8, Dim.Named("n", 150), 32, 66, byInputs: true, named: 91), CrossEntropy(9, 66, 40, 1101),
        .. SmallCrossEntropies,
    ];

    /// <summary>The cheapest of them.</summary>
    public static IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> SmallCrossEntropies =>
        [CrossEntropy(5, 70, 40, 67), CrossEntropy(7, 70, 37, 69), CrossEntropy(10, 5, 6, 33)];

    /// <summary>Gradients of logits that are less than binary16's smallest number.</summary>
    public static (string Name, Graph Graph, Bindings Bindings) FaintCrossEntropy => CrossEntropy(12, 66, 40, 130, factor: 1e-7);

    static (string, Graph, Bindings) CrossEntropy(int seed, Dim rows, int width, int classes, bool byInputs = false, int named = 0, double factor = 1)
    {
        var sketch = new GraphSketch(seed);
        if (named > 0)
            sketch.Bindings.Dims["n"] = named;
        var g = sketch.Graph;
        var weight = byInputs ? g.Permute(sketch.Parameter(new Shape(width, classes)), [1, 0]) : sketch.Parameter(new Shape(classes, width));
        Node x = sketch.Parameter(new Shape(rows, width)), bias = sketch.Parameter(new Shape((Dim)classes));
        Coarsen(sketch);
        var losses = g.LinearCrossEntropy(x, weight, sketch.Labels(new Shape(rows), classes), bias);
        return ($"cross-entropy of {rows} x {width} x {classes}", sketch.Objective(factor == 1 ? losses : g.Scale(losses, factor)), sketch.Bindings);
    }

    /// <summary>relu(x·first/4)·secondᵀ.</summary>
    static (string, Graph, Bindings) Layers(int seed, Dim rows, int width, int hidden, int named = 0)
    {
        var sketch = new GraphSketch(seed);
        if (named > 0)
            sketch.Bindings.Dims["n"] = named;
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
