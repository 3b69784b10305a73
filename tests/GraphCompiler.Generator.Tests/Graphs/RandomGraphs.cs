using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Graphs;

/// <summary>A graph with values for everything it needs.</summary>
internal sealed record RandomGraph(Graph Graph, Bindings Bindings);

/// <summary>
/// Random graphs of all operations: ranks 0 to 4, sizes that are multiples of nothing, axes of size 1, sometimes named
/// dimensions. Each new node is evaluated as it is made: values stay near 1 and at a distance from kinks and from the
/// edges of domains, so that results can be compared with those of single precision and with finite differences. The
/// same seed gives the same graph and the same values.
/// </summary>
internal static class RandomGraphs
{
    /// <summary>A graph with one output, a single number that depends on parameters; it can be differentiated.</summary>
    public static RandomGraph Objective(int seed)
    {
        var builder = new RandomGraphBuilder(seed);
        builder.Grow();
        var sketch = builder.Sketch;
        // All of one sign, so that the objective is not what is left when large terms cancel.
        var terms = builder.Unused().Select(sketch.WeightedSum)
            .Select(term => builder.ValuesOf(term)[0] < 0 ? sketch.Graph.Unary(Op.Negate, term) : term).ToList();
        var sum = terms.Aggregate(sketch.Graph.Add);
        double size = Math.Abs(builder.ValuesOf(sum)[0]);
        sketch.Graph.AddOutput("loss", size > 4 ? sketch.Graph.Scale(sum, 1 / Math.Floor(size)) : sum);
        return new RandomGraph(sketch.Graph, sketch.Bindings);
    }

    /// <summary>A graph with several floating-point outputs of any shape: every value that no other node uses.</summary>
    public static RandomGraph Results(int seed)
    {
        var builder = new RandomGraphBuilder(seed);
        builder.Grow();
        int count = 0;
        foreach (var node in builder.Unused())
            builder.Sketch.Graph.AddOutput($"result{count++}", node);
        return new RandomGraph(builder.Sketch.Graph, builder.Sketch.Bindings);
    }
}
