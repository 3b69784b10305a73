using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Passes;
using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Products of so great a depth, and so few results, that their sums are cut into slices.</summary>
public class DeepProductTests
{
    /// <summary>With an epilogue; of each kind of tile; a depth that is named, and has fewer slices than it may have or none; a batch.</summary>
    [Fact]
    public void Slices_give_the_sums_of_the_whole()
    {
        List<(string, Graph, Bindings)> cases = [Case("small", rows: 5, columns: 7, depth: 1031)];
        if (!DeviceUnderTest.IsSlow)
        {
            cases.AddRange(
            [
                Case("medium", rows: 66, columns: 65, depth: 1100), Case("batch", rows: 9, columns: 8, depth: 1024, items: 3),
                Case("named", rows: 17, columns: 12, Dim.Named("n", 2100), named: 773), Case("shallow", rows: 17, columns: 12, Dim.Named("n", 2100), named: 40),
            ]);
        }
        DeviceCheck.Results(cases);
    }

    /// <summary>More slices than the depth has, so that the last are empty.</summary>
    [Fact]
    public void A_depth_that_is_no_multiple_of_slices_agrees() => DeviceCheck.Results([Case("empty slices", rows: 3, columns: 2, depth: 16 * 256 + 37)]);

    static (string Name, Graph Graph, Bindings Bindings) Case(string name, int rows, int columns, Dim depth, int items = 1, int named = 0)
    {
        var sketch = new GraphSketch(seed: rows + columns);
        if (named > 0)
            sketch.Bindings.Dims["n"] = named;
        var g = sketch.Graph;
        Node x = sketch.Input(items == 1 ? new Shape(depth, rows) : new Shape(items, depth, rows)), y = sketch.Input(items == 1 ? new Shape(depth, columns)
            : new Shape(items, depth, columns));
        var bias = sketch.Parameter(new Shape((Dim)columns));
        var product = g.MatMul(x, y, true, false);
        g.AddOutput("sums", g.Unary(Op.Tanh, g.Add(g.Scale(product, 0.05), g.BroadcastTo(bias, product.Shape))));
        return (name, g, sketch.Bindings);
    }
}
