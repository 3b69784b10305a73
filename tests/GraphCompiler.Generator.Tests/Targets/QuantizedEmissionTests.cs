using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

using WeightFormat = GraphCompiler.Generator.Graphs.WeightFormat;

/// <summary>Products with packed weights and lookups of their rows, emitted and run, against the oracle, which rounds as they do.</summary>
public class QuantizedEmissionTests
{
    [Theory]
    [InlineData(nameof(WeightFormat.Int8))]
    [InlineData(nameof(WeightFormat.Int4))]
    public void Packed_weights_agree(string format) =>
        Check([Plain(1, 33, 40), Plain(7, 100, 33), Fused(9), BetweenProducts(5), Batched(), Transposed(), Tied(3), Tied(20), Joined()], format);

    /// <summary>Fewer of them, for devices, which take longer: one row and many, ends of groups and panels, and all that may surround a product.</summary>
    internal static Graph[] ForDevices => [Plain(1, 33, 40), Fused(9), Tied(3), Tied(20)];

    /// <summary>Runs graphs with packed weights, on the CPU with several numbers of threads or on a device.</summary>
    internal static void Check(Graph[] graphs, string format, object? device = null)
    {
        var random = new Random(7);
        var nets = EmittedNet.CompilePacked(graphs, Enum.Parse<WeightFormat>(format), forDevices: device is not null);
        for (int i = 0; i < graphs.Length; i++)
        {
            var (packed, single, weights) = nets[i];
            Assert.Equal(graphs[i].Nodes.Count(n => n.Op == Op.Parameter && n.Shape.Rank == 2), weights.Count);
            Assert.Contains($"QuantizedProduct.Multiply<{(device is null ? "V, " : "Int")}", packed.Source, StringComparison.Ordinal);
            var bindings = new Bindings();
            foreach (var node in graphs[i].Nodes.Where(n => n.Op is Op.Parameter or Op.Input))
            {
                bool isIndex = node.Type == ElementType.Int32;
                double[] values = [.. Enumerable.Range(0, (int)node.Shape.Size.Max).Select(_ => isIndex ? random.Next(20) : (double)(float)(random.NextDouble() - 0.5))];
                (node.Op == Op.Input ? bindings.Inputs : bindings.Parameters)[node.Name] = values;
            }
            using var source = single.Create(bindings);
            var quantised = WeightQuantization.Run(graphs[i], weights);
            var bytes = new Bindings();
            foreach (var pair in bindings.Inputs)
                bytes.Inputs[pair.Key] = pair.Value;
            foreach (var (name, values) in bindings.Parameters)
                bytes.Parameters[name] = weights.TryGetValue(name, out var form) ? PackedBytes.Of(form, values) : values;
            var expected = Oracle.Run(quantised, bytes);
            foreach (int threads in device is null ? [1, 3] : new[] { 1 })
            {
                using var model = packed.CreateFrom(source, threads, device);
                float[][] results = packed.Evaluate(model, bindings);
                for (int output = 0; output < results.Length; output++)
                    GraphAssert.Close(expected[output].Elements, [.. results[output].Select(x => (double)x)], Tolerance(graphs[i]), $"case {i}\n{packed.Source}");
            }
        }
    }

    /// <summary>Behind another product, what is rounded to 8 bits may lie at a tie, which the oracle, in double precision, rounds to the other side.</summary>
    static double Tolerance(Graph graph) => graph.Nodes.Count(n => n.Op == Op.MatMul) > 1 ? 0.01 : 1e-5;

    static Node Input(Graph g, params Dim[] shape) => g.Input("x", new Shape(shape), ElementType.Float32);

    static Node Linear(Graph g, Node x, string name, int outputs) => g.MatMul(x, g.Permute(g.Parameter(name, new Shape(outputs, x.Shape.Last)), [1, 0]));

    static Node WithBias(Graph g, Node product) => g.Add(product, g.BroadcastTo(g.Parameter("b", new Shape(product.Shape.Last)), product.Shape));

    static Graph Built(Func<Graph, Node> build)
    {
        var graph = new Graph();
        graph.AddOutput("y", build(graph));
        return graph;
    }

    static Graph Plain(int rows, int inputs, int outputs) => Built(g => Linear(g, Input(g, rows, inputs), "w", outputs));

    /// <summary>A prologue and an epilogue.</summary>
    static Graph Fused(int rows) => Built(g => g.Unary(Op.Relu, WithBias(g, Linear(g, g.Multiply(Input(g, rows, 40), g.Constant(3, new Shape(rows, 40))), "w", 48))));

    static Graph BetweenProducts(int rows) => Built(g => WithBias(g, Linear(g, g.Unary(Op.Gelu, Linear(g, Input(g, rows, 64), "v", 96)), "w", 35)));

    /// <summary>Leading axes, and operands that do not lie as rows.</summary>
    static Graph Batched() => Built(g => Linear(g, g.Permute(Input(g, 32, 2, 5), [1, 2, 0]), "w", 40));

    static Graph Transposed() => Built(g => WithBias(g, g.MatMul(Input(g, 2, 3, 50), g.Parameter("w", new Shape(50, 64)))));

    /// <summary>A table whose rows are looked up, in maps and in rows that are reduced, and multiplied.</summary>
    static Graph Tied(int width) => Built(g =>
    {
        var table = g.Parameter("table", new Shape(100 - width, 64));
        var rows = g.Add(g.Gather(table, g.RowIndex(g.Input("i", new Shape(6), ElementType.Int32), 100 - width)), Input(g, 6, 64));
        if (width > 10)
            rows = g.Subtract(rows, g.BroadcastTo(g.Reduce(Op.ReduceMax, rows, [1], keepDimensions: true), rows.Shape));
        return g.MatMul(rows, g.Permute(table, [1, 0]));
    });

    /// <summary>Two products of one operand, whose results meet.</summary>
    static Graph Joined() => Built(g =>
    {
        var x = Input(g, 6, 64);
        return g.Multiply(g.Unary(Op.Silu, Linear(g, x, "v", 48)), Linear(g, x, "w", 48));
    });
}
