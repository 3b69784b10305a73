using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Targets;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>The gradient of an embedding that is also the output layer is made in one table.</summary>
public class ScatterAccumulationTests
{
    const int Words = 37, Width = 6;

    static (Graph Graph, Bindings Bindings) Tied(int lookups)
    {
        var sketch = new GraphSketch(seed: lookups);
        var g = sketch.Graph;
        var table = sketch.Parameter(new Shape(Words, Width));
        var x = g.Gather(table, sketch.Labels(new Shape((Dim)9), Words));
        for (int i = 1; i < lookups; i++)
            x = g.Multiply(x, g.Gather(table, sketch.Labels(new Shape((Dim)9), Words)));
        var logits = g.MatMul(g.Unary(Op.Tanh, x), table, transposeRight: true);
        g.AddOutput("loss", g.Mean(g.CrossEntropy(logits, sketch.Labels(new Shape((Dim)9), Words)), [], keepDimensions: false));
        return (g, sketch.Bindings);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_table_s_gradient_takes_no_working_memory(int lookups)
    {
        var (graph, bindings) = Tied(lookups);
        var accumulated = ScatterAccumulation.Run(Simplification.Run(Lowering.Run(Differentiation.Run(graph))));
        GraphAssert.Sound(accumulated);
        GraphAssert.SameValues(Differentiation.Run(graph), accumulated, bindings);
        Assert.Equal(lookups, accumulated.Nodes.Count(n => n.Op == Op.ScatterAdd && n.Inputs.Count == 3));

        var blocks = new ModelBlocks();
        blocks.AddTrained("p0", Words * Width);
        var plan = Compile.Training(graph, default, blocks, CpuCostModel.Instance, default);
        var tables = plan.Locations.Where(l => l.Key.Op != Op.Parameter && l.Key.Shape.Equals(new Shape(Words, Width))).ToList();
        Assert.Equal(lookups + 1, tables.Count);
        Assert.All(tables, table => Assert.Equal((MemorySpace.Gradients, 0L), (table.Value.Space, table.Value.Offset)));
    }

    [Fact]
    public void Emitted_gradients_agree_with_the_oracle() => EmissionCheck.Gradients(
        [.. new[] { 1, 2, 3 }.Select(lookups => ($"{lookups} lookups", Tied(lookups).Graph, Tied(lookups).Bindings))]);
}
