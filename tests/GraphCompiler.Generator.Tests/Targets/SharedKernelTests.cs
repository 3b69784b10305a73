using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>
/// Graphs large enough that a team shares their kernels and long reductions are cut: the oracle's results, and the same
/// bits at every number of threads.
/// </summary>
public class SharedKernelTests
{
    static readonly Dictionary<string, Func<GraphSketch, Node>> Builders = new()
    {
        ["sum of everything"] = s => s.Graph.Reduce(Op.ReduceSum, s.Parameter(Of(300, 70)), [], keepDimensions: false),
        ["mean of squares of a product with a row"] = s => MeanOfSquares(s, s.Graph.Multiply(s.Parameter(Of(260, 128)), s.Parameter(Of(128)))),
        ["largest of many"] = s => s.Graph.Reduce(Op.ReduceMax, s.Parameter(Of(3, 9000)), [1], keepDimensions: false),
        ["few columns, many rows"] = s => s.Graph.Reduce(Op.ReduceSum, s.Parameter(Of(4100, 10)), [0], keepDimensions: false),
        ["many columns"] = s => s.Graph.Reduce(Op.ReduceSum, s.Parameter(Of(130, 700)), [0], keepDimensions: true),
        ["groups of columns"] = s => s.Graph.Reduce(Op.ReduceMin, s.Parameter(Of(12, 40, 90)), [1], keepDimensions: true),
        ["named rows"] = s => s.Graph.Reduce(Op.ReduceSum, s.Parameter(Of(Dim.Named("n", 8) * 512, 24)), [0], keepDimensions: false),
        ["a dimension named like a loop variable"] = s => s.Graph.Softmax(s.Parameter(Of(Dim.Named("k", 8), 9, Dim.Named("r", 8))), 1),
        ["softmax"] = s => s.Graph.Softmax(s.Parameter(Of(500, 103)), 1),
        ["layer norm"] = s => s.Graph.LayerNorm(s.Parameter(Of(301, 130)), s.Parameter(Of(130)), s.Parameter(Of(130)), 1e-5),
        ["matrix product with epilogue"] = s => s.Graph.Unary(Op.Gelu, s.Graph.Add(s.Graph.MatMul(s.Parameter(Of(130, 99)), s.Parameter(Of(99, 101))), s.Parameter(Of(101)))),
        ["batched product"] = s => s.Graph.MatMul(s.Parameter(Of(6, 1, 40, 33)), s.Parameter(Of(1, 5, 33, 37))),
        ["embedding"] = s => s.Graph.Gather(s.Parameter(Of(50, 65)), s.Labels(Of(400), 50)),
        ["pad and slice"] = s => s.Graph.Slice(s.Graph.Pad(s.Parameter(Of(300, 70)), 1, 3, 150, 2), 1, 1, 140),
        ["permuted"] = s => s.Graph.Reshape(s.Graph.Permute(s.Graph.Unary(Op.Exp, s.Parameter(Of(20, 30, 40))), [2, 0, 1]), Of(800, 30)),
        ["dropout"] = s => s.Graph.Dropout(s.Parameter(Of(300, 77)), 0.25, 5),
    };

    static Shape Of(params Dim[] dims) => new(dims);

    static Node MeanOfSquares(GraphSketch s, Node x) => s.Graph.Mean(s.Graph.Multiply(x, x), [], keepDimensions: false);

    [Fact]
    public void Values_and_gradients_agree() => EmissionCheck.Gradients([.. Builders.Select((b, i) => Objective(b.Key, i)).Select(o => (o.Name, o.Graph, o.Bindings))]);

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var cases = Builders.Select((b, i) => Objective(b.Key, i)).ToList();
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: true);
        int shared = 0;
        for (int i = 0; i < cases.Count; i++)
        {
            using var one = nets[i].Create(cases[i].Bindings, threads: 1);
            var expected = nets[i].Train(one, cases[i].Bindings);
            shared += nets[i].Source.Contains("worker.Barrier();", StringComparison.Ordinal) ? 1 : 0;
            foreach (int threads in new[] { 2, 3, 4 })
            {
                using var several = nets[i].Create(cases[i].Bindings, threads);
                var actual = nets[i].Train(several, cases[i].Bindings);
                Assert.Equal(BitConverter.SingleToInt32Bits(expected.Loss), BitConverter.SingleToInt32Bits(actual.Loss));
                foreach (var (name, gradient) in expected.Gradients)
                    Assert.True(gradient.AsSpan().SequenceEqual(actual.Gradients[name]), $"{cases[i].Name}: {name} with {threads} threads");
            }
        }
        Assert.True(shared >= cases.Count / 2, $"Only {shared} programs of {cases.Count} are shared by a team.");
    }

    static (string Name, Graph Graph, Bindings Bindings) Objective(string name, int seed)
    {
        var sketch = new GraphSketch(seed);
        (sketch.Bindings.Dims["n"], sketch.Bindings.Dims["k"], sketch.Bindings.Dims["r"]) = (7, 3, 5);
        var graph = sketch.Objective(Builders[name](sketch));
        return (name, graph, sketch.Bindings);
    }
}
