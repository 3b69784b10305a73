using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>A transformer of many layers goes through the passes in linear time and without deep recursion.</summary>
public class DepthTests
{
    const int Width = 64, Heads = 4, Time = 32, Words = 100;

    static readonly Dim Batch = Dim.Named("batch", 8);

    static Graph Transformer(int layers)
    {
        var g = new Graph();
        var tokens = g.Input("tokens", new Shape(Batch, Time), ElementType.Int32);
        var table = g.Parameter("embedding", new Shape(Words, Width));
        var x = g.Gather(table, tokens);
        for (int layer = 0; layer < layers; layer++)
        {
            string name = $"blocks.{layer}.";
            x = g.Add(x, Attention(g, Norm(g, x, name + "norm1"), name, layer));
            var hidden = g.Unary(Op.Gelu, Linear(g, Norm(g, x, name + "norm2"), name + "up", Width, 4 * Width));
            x = g.Add(x, Linear(g, hidden, name + "down", 4 * Width, Width));
        }
        var logits = g.MatMul(Norm(g, x, "norm"), table, transposeRight: true);
        g.AddOutput("loss", g.Mean(g.CrossEntropy(logits, g.Input("targets", new Shape(Batch, Time), ElementType.Int32)), [], keepDimensions: false));
        return g;
    }

    static Node Attention(Graph g, Node x, string name, int stream)
    {
        var all = Linear(g, x, name + "qkv", Width, 3 * Width);
        Node Part(int i) => g.Permute(g.Reshape(
            g.Slice(all, -1, i * Width, Width), new Shape(Batch, Time, Heads, Width / Heads)), [0, 2, 1, 3]);
        var scores = g.Scale(g.MatMul(Part(0), Part(1), transposeRight: true), 0.25);
        var mask = g.Binary(Op.GreaterOrEqual, g.Iota(new Shape(Time, Time), 0), g.Iota(new Shape(Time, Time), 1));
        var weights = g.Dropout(g.Softmax(g.Select(mask, scores, g.Constant(-1e9)), -1), 0.1, stream);
        var mixed = g.Reshape(g.Permute(g.MatMul(weights, Part(2)), [0, 2, 1, 3]), new Shape(Batch, Time, Width));
        return Linear(g, mixed, name + "out", Width, Width);
    }

    static Node Norm(Graph g, Node x, string name) =>
        g.LayerNorm(x, g.Parameter(name + ".weight", new Shape((Dim)Width)), g.Parameter(name + ".bias", new Shape((Dim)Width)), 1e-5);

    static Node Linear(Graph g, Node x, string name, int inputs, int outputs) => g.Add(
        g.MatMul(x, g.Parameter(name + ".weight", new Shape(outputs, inputs)), transposeRight: true),
        g.Parameter(name + ".bias", new Shape((Dim)outputs)));

    static Graph Compile(Graph graph) =>
        Simplification.Run(Lowering.Run(Differentiation.Run(Simplification.Run(Specialize.Run(graph, training: true)))));

    [Fact]
    public void Nodes_grow_with_the_layers_and_no_faster()
    {
        int one = Compile(Transformer(1)).Nodes.Count, two = Compile(Transformer(2)).Nodes.Count;
        var deep = Compile(Transformer(48));
        Assert.Equal(one + (47 * (two - one)), deep.Nodes.Count);
        Assert.Empty(Verifier.Violations(deep));
        Assert.DoesNotContain(deep.Nodes, n => n.Op == Op.Pad);
    }
}
