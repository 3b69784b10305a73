using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Targets;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>
/// Queries that see no key: zeros, and no gradient, in every spelling of the mask, whether the attention is recognised or stays
/// written out because its weights are wanted too.
/// </summary>
public sealed class MaskedRowTests
{
    /// <summary>i counts keys, r queries of 4 by 6; seen, [2, 6], is false for all keys of the first item and for some of the second.</summary>
    static readonly string[] Masks =
    [
        "s = Select(seen, s, float.NegativeInfinity);",
        "s = Select(!seen, float.NegativeInfinity, s);",
        "s = Select(seen, s, -1e9f);",
        "s += (1f - seen.To<float>()) * -1e4f;",
        "s -= (!seen).To<float>() * 1e9f;",
        "s = (s + Select(seen, 0f, -3e4f)) / 2f;",
        "s = Select(seen & (i <= r + 2), s, float.NegativeInfinity);",
        "s = Select(i <= r + 2, s, float.MinValue) + Select(seen, 0f, -1e9f);",
        "s = Select((i - r < 5) & (i - r > -1), s, -1e9f); s = Select(seen, s, float.NegativeInfinity);",
    ];

    /// <summary>Masks that attention has no form for: only the softmax is left to give zeros.</summary>
    static readonly string[] OtherMasks =
    [
        "s = Select(square > 0f, s, float.NegativeInfinity);",
        "s = Select(square > 0f, s, -1e9f);",
        "s += Select(square > 0f, 0f, -1e9f) + Select(r > 1, 0f, float.MinValue);",
        "s = Select(r < 3, s * 2f, -1e8f) * 0.5f;",
    ];

    public static TheoryData<string> Recognised => [.. Masks];

    public static TheoryData<string> All => [.. Masks, .. OtherMasks];

    static Graph Read(string mask, bool readsWeights) => Reading.AcceptMembers($$"""
        readonly Parameter q = new([2, 3, 4, 5]), k = new([2, 3, 6, 5]), v = new([2, 3, 6, 5]);
        [Objective]
        public Tensor F([Shape(2, 6)] Tensor<int> tokens, [Shape(4, 6)] Tensor square, [Shape(2, 3, 4, 5)] Tensor weights)
        {
            var i = Arange(6); var r = Arange(4).Unsqueeze(1); var seen = NotEqual(tokens, 0).Reshape(2, 1, 1, 6);
            Tensor s = MatMul(q, k.Transpose()) * 0.5f;
            {{mask}}
            var p = Softmax(s);
            return (MatMul(p, v) * weights).Sum(){{(readsWeights ? " + (p * 0f).Sum()" : "")}};
        }
        """).Methods[0].Graph;

    static Bindings BindingsOf(Graph graph)
    {
        var random = new Random(4);
        var bindings = new Bindings { Training = true };
        foreach (var leaf in graph.Nodes.Where(n => n.Op is Op.Input or Op.Parameter))
        {
            double[] values = [.. Enumerable.Range(0, (int)leaf.Shape.Size.Max).Select(_ => (double)(float)((2 * random.NextDouble()) - 1))];
            (leaf.Op == Op.Input ? bindings.Inputs : bindings.Parameters)[leaf.Name] = values;
        }
        bindings.Inputs["tokens"] = [0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 2];
        bindings.Inputs["square"] = [.. Enumerable.Range(0, 24).Select(e => e / 6 is 0 or 3 ? -1.0 : e % 2)];
        return bindings;
    }

    static Graph Differentiated(Graph graph) => Differentiation.Run(Compile.Recognise(graph, training: true, default));

    [Theory]
    [MemberData(nameof(Recognised))]
    public void The_weights_change_nothing(string mask)
    {
        Graph fused = Differentiated(Read(mask, readsWeights: false)), written = Differentiated(Read(mask, readsWeights: true));
        Assert.Contains(fused.Nodes, n => n.Op == Op.Attention);
        Assert.DoesNotContain(written.Nodes, n => n.Op == Op.Attention);
        GraphAssert.SameValues(fused, written, BindingsOf(written), 1e-9);
        GraphAssert.SameValues(written, Simplification.Run(Lowering.Run(written)), BindingsOf(written));
    }

    /// <summary>The whole of the first item, or the rows that the mask leaves out, send nothing to its queries.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void No_key_no_gradient(string mask)
    {
        foreach (bool readsWeights in new[] { false, true })
        {
            var graph = Differentiated(Read(mask, readsWeights));
            var bindings = BindingsOf(graph);
            var values = Oracle.Run(graph, bindings);
            var gradients = graph.Outputs.Zip(values).Where(o => o.First.Kind == OutputKind.Gradient).ToDictionary(o => o.First.Name, o => o.Second.Elements);
            Assert.All(gradients.Values.SelectMany(g => g).Concat(values[0].Elements), number => Assert.True(double.IsFinite(number)));
            double[] ofQueries = gradients["q"];
            bool byKeys = mask.Contains("seen", StringComparison.Ordinal), byFirstRows = mask.Contains("square", StringComparison.Ordinal);
            for (int e = 0; e < ofQueries.Length; e++)
            {
                int item = e / 60, row = e / 5 % 4;
                if (byKeys ? item == 0 : row == 3 || (byFirstRows && row == 0))
                    Assert.Equal(0, ofQueries[e]);
            }
            Assert.Contains(ofQueries, g => g != 0);
        }
    }

    /// <summary>For the CPU's and the devices' emitted code: what the oracle gives without any pass.</summary>
    internal static IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> EmissionCases =>
    [
        .. Masks.Concat(OtherMasks).Where(m => !System.Text.RegularExpressions.Regex.IsMatch(m, "e[0-9]f|MinValue"))
            .SelectMany(mask => new[] { false, true }.Select(readsWeights => (mask + (readsWeights ? " and weights" : ""), Graph: Read(mask, readsWeights))))
            .Select(c => (c.Item1, c.Graph, BindingsOf(c.Graph))),
    ];

    [Fact]
    public void Emitted_code_agrees() => EmissionCheck.Gradients(EmissionCases, smallestScale: 0.5);

    /// <summary>A softmax that is no attention, of any axis, with scores that others use as they were written.</summary>
    [Fact]
    public void Others_keep_what_was_written()
    {
        var sketch = new GraphSketch(seed: 3);
        var g = sketch.Graph;
        var x = sketch.Parameter(new Shape(3, 4));
        var mask = g.Binary(Op.Greater, sketch.Input(new Shape(3, 4)), g.Constant(2));
        var masked = g.Select(mask, x, g.Constant(-1e9));
        g.AddOutput("softmax", g.Softmax(masked, 0));
        g.AddOutput("masked", masked);
        var values = Oracle.Run(SoftmaxMasking.Run(g), sketch.Bindings);
        Assert.All(values[0].Elements, e => Assert.Equal(0, e));
        Assert.All(values[1].Elements, e => Assert.Equal(-1e9, e));
    }

    [Theory]
    [InlineData("s = Select(square > 0f, s, -500f);")]
    [InlineData("s += square * -1e9f;")]
    [InlineData("s = Select(square > 0f, s, -1e9f) * -1f;")]
    [InlineData("s = Select(square > 0f, s, -1e9f) * 1e-6f;")]
    public void What_is_no_mask_stays(string scores)
    {
        var graph = Specialize.Run(Read(scores, readsWeights: true), training: true);
        Assert.Same(graph, SoftmaxMasking.Run(graph));
    }
}
