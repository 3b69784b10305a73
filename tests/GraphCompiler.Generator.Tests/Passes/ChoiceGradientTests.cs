using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Targets;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>
/// What is not chosen gets no gradient: with poles, edges and overflow in the branches not taken, gradients are exactly those
/// with ordinary numbers there.
/// </summary>
public class ChoiceGradientTests
{
    const int Columns = 4;

    /// <summary>m chooses elements, of which none in row 1; r chooses rows, all but row 1.</summary>
    static readonly string[] OfElements =
    [
        "Select(m, Sqrt(x), 0f)",
        "Select(!m, 0f, Sqrt(x))",
        "Select(m, Rsqrt(x), y)",
        "Select(m, Log(x), y)",
        "Select(m, 1f / x, 0f)",
        "Select(m, y / x, y)",
        "Select(m, x / x, 0f)",
        "Select(m, z / x, 0f)",
        "Select(m, Pow(x, 0.7f), 0f)",
        "Select(m, Pow(x, -2.5f), 0f)",
        "Select(m, Pow(x, y), 0f)",
        "Select(m, Pow(2f * y, Log(x)), 0f)",
        "Select(m, Log(Sqrt(x)), y)",
        "Select(m, Log(1f + Sqrt(x) * 2f), y)",
        "Select(m, Exp(x), 0f)",
        "Select(m, Exp(Exp(x)) * y, 0f)",
        "Select(m, x * x * x * y, 0f)",
        "Select(m, Square(Square(x)), 0f)",
        "Select(m, x * z, 0f)",
        "Select(m, y + z * x, 0f)",
        "Select(m, Softplus(1f / x), 0f)",
        "Select(m, Sigmoid(Log(x)), 0f)",
        "Select(m, Tanh(Log(x)), 0f)",
        "Select(m, Erf(1f / x), 0f)",
        "Select(m, Sin(1f / x) + Cos(1f / x), 0f)",
        "Select(m, Gelu(Log(x)), 0f)",
        "Select(m, GeluTanh(Log(x)), 0f)",
        "Select(m, Silu(Log(x)), 0f)",
        "Select(m, Abs(Log(x)), 0f)",
        "Select(m, Relu(Log(x) + 1f), 0f)",
        "Select(m, LeakyRelu(Log(x), 0.2f), 0f)",
        "Select(m, Maximum(Log(x), -0.5f), 0f)",
        "Select(m, Minimum(1f / x, 2f), 0f)",
        "Select(m, Clamp(Log(x), -0.7f, -0.1f), 0f)",
        "Select(m, Select(y > 0.5f, Sqrt(x), Log(x)), 0f)",
        "Select(y > 0.5f, Select(m, Sqrt(x), 0f), Select(m, Log(x), y))",
        "Select(m, Sqrt(x), Select(m, y, Square(y)))",
        "Select(m & (y > 0.2f), Sqrt(x), 0f)",
        "Select(m, Sqrt(x) * y, Tanh(y)) * Select(m, Rsqrt(x), 1f)",
        "Select(m, Sqrt(x), 0f) + Tanh(x)",
        "Square(Select(m, Log(x), 0f) - y)",
        "Select(m, Log(x), 0f).Sum(1) * 3f",
        "Select(m, Sqrt(x).Transpose().Transpose(), 0f)",
        "MatMul(Select(m, Sqrt(x), 0f), w)",
        "Softmax(Select(m, Log(x), float.NegativeInfinity))",
        "LayerNorm(Select(m, Log(x), y))",
        "Select(m, Gather(Log(x), ids), 0f)",
        "Select(m, Concat([Sqrt(x[.., ..2]), Log(x[.., 2..])], 1), 0f)",
        "Select(m, Dropout(Log(x), 0.2f), 0f)",
    ];

    static readonly string[] OfRows =
    [
        "Select(r, Log(x), x)",
        "Select(r, Log(x).Sum(1, keepDims: true), 0f)",
        "Select(r, Mean(1f / x, 1, keepDims: true) * y, 0f)",
        "Select(r, y / x.Sum(1, keepDims: true), 0f)",
        "Select(r, Sqrt(Square(x).Sum(1, keepDims: true)), 0f)",
        "Select(r, x * Rsqrt(Square(x).Sum(1, keepDims: true)), 0f)",
        "Select(r, Log(x).Max(1, keepDims: true), 0f)",
        "Select(r, Min(1f / x, 1, keepDims: true), 0f)",
        "Select(r, Softmax(Log(x)), 0f)",
        "Select(r, Softmax(Log(x)).Max(1, keepDims: true), y)",
        "Select(r, LogSoftmax(1f / x), 0f)",
        "Select(r, LogSumExp(1f / x, 1, keepDims: true) * y, 0f)",
        "Select(r, Std(Flip(Log(x), 1), 1, keepDims: true), 0f)",
        "Select(r, Square(Log(x) - Mean(Log(x), 1, keepDims: true)).Mean(1, keepDims: true) * y, 0f)",
        "Select(r, LayerNorm(Log(x), w[0], w[1]), 0f)",
        "Select(r, RmsNorm(Log(x), w[2]), 0f)",
        "Select(r, RmsNorm(z, w[2]), 0f)",
        "Select(r, MatMul(Log(x), w), 0f)",
        "Select(r, Gelu(MatMul(Tanh(MatMul(z, w)), w)), 0f)",
        "Select(r.Transpose(), MatMul(w, Log(x).Transpose()), 0f)",
        "Select(r, MatMul(Sqrt(x).Reshape(3, 1, 4), w.Reshape(1, 4, 4)).Reshape(3, 4), 0f)",
        "Select(r, MatMul(x.Reshape(3, 4, 1) / 2f, Log(x).Reshape(3, 1, 4)).Sum(1), 0f)",
        "Select(r, Attention(Log(x).Reshape(3, 1, 1, 4), Log(x).Reshape(3, 1, 1, 4), y.Reshape(3, 1, 1, 4)).Reshape(3, 4), 0f)",
        "Select(r, MatMul(Softmax(MatMul(Log(x).Reshape(3, 2, 2), y.Reshape(3, 2, 2))), y.Reshape(3, 2, 2)).Reshape(3, 4), 0f)",
        "Select(y.Sum() < 0f, CrossEntropy(Log(x), labels), y.Sum())",
        "Select(y.Sum() < 0f, BinaryCrossEntropyWithLogits(1f / x, Sigmoid(y)), y.Sum())",
        "Select(y.Sum() < 0f, Huber(1f / x, Log(x)), y.Sum())",
    ];

    public static TheoryData<string> Elements => [.. OfElements];

    public static TheoryData<string> RowsOrAll => [.. OfRows];

    static Graph Read(string expression) => Reading.AcceptMembers($$"""
        readonly Parameter x = new([3, 4]), y = new([3, 4]), w = new([4, 4]);
        [Objective]
        public Tensor Loss([Shape(3, 4)] Tensor given, [Shape(3, 4)] Tensor z, [Shape(3)] Tensor<int> labels, [Shape(3)] Tensor<int> ids, [Shape(3, 4)] Tensor weights)
        {
            var m = given > 0f; var r = given.Max(1, keepDims: true) > 0f;
            Tensor result = {{expression}};
            return result.Rank == 2 && result.Shape[0] == 3 && result.Shape[1] == 4 ? (result * weights).Sum() : Square(result).Sum();
        }
        public Tensor Uses([Shape(3, 4)] Tensor t) => MatMul(x + y + t, w);
        """).Methods[0].Graph;

    /// <summary>Numbers at which slopes are infinite, undefined, or overflow.</summary>
    static readonly double[] Edges = [0, -1, 1e30f, 150, -0.0, -1e30f, 0];

    /// <summary>Values between 0.3 and 0.9, and in the places of x and z that are not chosen ordinary numbers or edges.</summary>
    static Bindings BindingsOf(Graph graph, bool hasEdges, bool wholeRow, int seed = 1)
    {
        var random = new Random(seed);
        var bindings = new Bindings { Training = true, Seed = 3 };
        foreach (var leaf in graph.Nodes.Where(n => n.Op is Op.Input or Op.Parameter))
        {
            double[] values = [.. Enumerable.Range(0, (int)leaf.Shape.Size.Max).Select(_ => (double)(float)(0.3 + (0.6 * random.NextDouble())))];
            (leaf.Op == Op.Input ? bindings.Inputs : bindings.Parameters)[leaf.Name] = values;
        }
        double[] given = [1, -1, 1, 1, -1, -1, -1, -1, 1, 1, -1, 1];
        bindings.Inputs["given"] = given;
        bindings.Inputs["labels"] = [0, 3, 1];
        bindings.Inputs["ids"] = [0, 1, 2];
        for (int i = 0; i < given.Length; i++)
        {
            bool isLeftOut = wholeRow ? i / Columns == 1 : given[i] < 0;
            if (!isLeftOut || !hasEdges)
                continue;
            double edge = Edges[(i + seed) % Edges.Length];
            if (bindings.Parameters.TryGetValue("x", out double[]? x))
                x[i] = edge;
            if (bindings.Inputs.TryGetValue("z", out double[]? z))
                z[i] = (i + seed) % 3 == 0 ? double.NaN : edge;
        }
        return bindings;
    }

    static void EdgesChangeNothing(Graph graph, bool wholeRow, int seed)
    {
        var differentiated = Differentiation.Run(Compile.Recognise(graph, training: true, default));
        GraphAssert.Sound(differentiated);
        var ordinary = Oracle.Run(differentiated, BindingsOf(graph, hasEdges: false, wholeRow, seed));
        var bindings = BindingsOf(graph, hasEdges: true, wholeRow, seed);
        foreach (var variant in new[] { differentiated, Simplification.Run(Lowering.Run(differentiated)) })
        {
            var edges = Oracle.Run(variant, bindings);
            for (int i = 0; i < edges.Count; i++)
            {
                if (variant.Outputs[i].Kind == OutputKind.Gradient && variant.Outputs[i].Name == "x" && HasUseOutside(graph))
                    continue;
                Assert.All(ordinary[i].Elements, e => Assert.True(double.IsFinite(e)));
                GraphAssert.Close(ordinary[i].Elements, edges[i].Elements, 1e-9, variant.Outputs[i].Name);
            }
        }
    }

    /// <summary>Where x is also used outside of the choice, its gradient there is that use's own.</summary>
    static bool HasUseOutside(Graph graph) => graph.Nodes.Any(n => n.Op == Op.Tanh && n.Inputs[0] is { Op: Op.Parameter, Name: "x" })
        || graph.Nodes.Any(n => n.Op == Op.Select && n.Inputs.Skip(1).Any(i => i is { Op: Op.Parameter, Name: "x" }));

    [Theory]
    [MemberData(nameof(Elements))]
    public void Elements_that_are_not_chosen_get_none(string expression)
    {
        var graph = Read(expression);
        if (HasUseOutside(graph))
        {
            KeepsTheOtherUse(graph, wholeRow: false);
            return;
        }
        for (int seed = 1; seed <= Edges.Length; seed++)
            EdgesChangeNothing(graph, wholeRow: false, seed);
    }

    [Theory]
    [MemberData(nameof(RowsOrAll))]
    public void Rows_that_are_not_chosen_get_none(string expression)
    {
        var graph = Read(expression);
        if (HasUseOutside(graph))
        {
            KeepsTheOtherUse(graph, wholeRow: true);
            return;
        }
        for (int seed = 1; seed <= Edges.Length; seed++)
            EdgesChangeNothing(graph, wholeRow: true, seed);
    }

    /// <summary>Finite everywhere, and the differences' own where numbers are ordinary.</summary>
    static void KeepsTheOtherUse(Graph graph, bool wholeRow)
    {
        GradientCheck.EveryElement(graph, BindingsOf(graph, hasEdges: false, wholeRow), 1e-5);
        var differentiated = Differentiation.Run(graph);
        var values = Oracle.Run(differentiated, BindingsOf(graph, hasEdges: true, wholeRow));
        Assert.All(values.Skip(1).SelectMany(v => v.Elements), e => Assert.True(double.IsFinite(e)));
        Assert.Contains(values[1].Elements.Where((_, i) => i / Columns == 1), e => e != 0);
    }

    /// <summary>Random expressions of the operations with poles, under random nested choices.</summary>
    [Fact]
    public void Random_expressions()
    {
        int tried = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            string expression = $"Select(m, {Random(random, 4)}, {(random.Next(2) == 0 ? "0f" : "y")})";
            var graph = Specialize.Run(Read(expression), training: true);
            if (!graph.Nodes.Any(n => n is { Op: Op.Parameter, Name: "x" }))
                continue;
            var values = Oracle.Run(Differentiation.Run(graph), BindingsOf(graph, hasEdges: false, wholeRow: false, seed + 1));
            if (values.SelectMany(v => v.Elements).Any(e => !double.IsFinite(e) || Math.Abs(e) > 1e6))
                continue;
            tried++;
            EdgesChangeNothing(graph, wholeRow: false, seed + 1);
        }
        Assert.True(tried >= 150, $"{tried} expressions");
    }

    static string Random(Random random, int depth)
    {
        if (depth == 0)
            return random.Next(3) == 0 ? "y" : "x";
        string Part() => Random(random, depth - 1);
        string[] functions = ["Sqrt", "Rsqrt", "Log", "Exp", "Tanh", "Softplus", "Abs", "Gelu", "Silu", "Sin", "Square", "Sigmoid", "Relu"];
        return random.Next(9) switch
        {
            0 => $"({Part()} / ({Part()} + 1f))",
            1 => $"({Part()} * {Part()})",
            2 => $"Pow(Abs({Part()}), 0.3f)",
            3 => $"Select(y > 0.6f, {Part()}, {Part()})",
            4 => $"Maximum({Part()}, {Part()})",
            _ => $"{functions[random.Next(functions.Length)]}({Part()})",
        };
    }

    internal static IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> EmissionCases =>
    [
        .. OfElements.Select(e => (Expression: e, WholeRow: false)).Concat(OfRows.Select(e => (Expression: e, WholeRow: true)))
            .Select((c, i) => (c.Expression, Graph: Read(c.Expression), c.WholeRow, Seed: i + 1))
            .Select(c => (c.Expression, c.Graph, BindingsOf(c.Graph, hasEdges: true, c.WholeRow, c.Seed))),
    ];

    /// <summary>Emitted, in single precision, in which 1e30 overflows at its square.</summary>
    [Fact]
    public void Emitted_code_agrees() => EmissionCheck.Gradients(EmissionCases);

    /// <summary>At a pole that a bound leaves out the slope is 0.</summary>
    [Theory]
    [InlineData("Maximum(Sqrt(x), 0.5f)", 0)]
    [InlineData("Maximum(0.5f, Sqrt(x))", 0)]
    [InlineData("Minimum(1f / x, 3f)", 0)]
    [InlineData("Clamp(1f / x, -5f, 3f)", 0)]
    [InlineData("Clamp(Log(x), -2f, 2f)", 0)]
    [InlineData("Relu(Log(x))", 0)]
    [InlineData("Select(Log(x) > 0f, Log(x), 0f)", 0)]
    [InlineData("Exp(-Square(Relu(Log(x))))", 0)]
    [InlineData("Sqrt(x)[1..]", 0)]
    [InlineData("Max(Concat([Sqrt(x), y + 9f], 0), 0)", 0)]
    [InlineData("Sqrt(x) * Relu(-y)", double.NaN)]
    [InlineData("Sqrt(x) * 0f", double.NaN)]
    [InlineData("Sqrt(x) * (x > 0f).To<float>()", double.NaN)]
    [InlineData("Select(x > 0f, Sqrt(x), 0f) + Sqrt(x) * 2f", double.PositiveInfinity)]
    [InlineData("x.To<Half>().To<float>() * 3f", 3)]
    [InlineData("x.To<Half>().To<BFloat16>()[..2].To<float>() * (x + 2f)[..2]", 2)]
    [InlineData("x.To<int>().To<float>() + x", 1)]
    [InlineData("x.To<bool>().To<float>() + x", 1)]
    public void At_zero_the_gradient_is(string expression, double expected)
    {
        var graph = Reading.AcceptMembers($$"""
            readonly Parameter x = new([4]), y = new([4]);
            [Objective] public Tensor Loss([Shape(4)] Tensor t) => ({{expression}}).Sum() + (y * t).Sum();
            """).Methods[0].Graph;
        var bindings = new Bindings { Training = true };
        bindings.Parameters["x"] = [0, 0.25, 0.5, 0.75];
        bindings.Parameters["y"] = [1, 1, 1, 1];
        bindings.Inputs["t"] = [0, 0, 0, 0];
        double[] gradient = Oracle.Run(Differentiation.Run(graph), bindings)[1].Elements;
        if (double.IsPositiveInfinity(expected))
            Assert.False(double.IsFinite(gradient[0]));
        else
            Assert.Equal(expected, gradient[0]);
        Assert.All(gradient.Skip(1), g => Assert.True(double.IsFinite(g)));
    }

    /// <summary>Nothing is added where no choice meets a pole: layers before activations, norms and clamps.</summary>
    [Theory]
    [InlineData("Relu(norm.Forward(linear.Forward(x)))")]
    [InlineData("LeakyRelu(linear.Forward(LeakyRelu(linear.Forward(x), 0.1f)), 0.1f)")]
    [InlineData("Clamp(linear.Forward(x), 0f, 6f)")]
    [InlineData("Select(linear.Forward(x) > 0f, linear.Forward(x), 0f)")]
    [InlineData("linear.Forward(x) * Clamp(linear.Forward(x) + 3f, 0f, 6f)")]
    [InlineData("Maximum(layer.Forward(linear.Forward(x)), 0.1f)")]
    [InlineData("linear.Forward(x)[.., ..4] * Rsqrt(Mean(Square(linear.Forward(x))) + 1e-5f)")]
    [InlineData("Gelu(Relu(linear.Forward(x)) / (Sum(Abs(linear.Forward(x))) + 1f))")]
    public void Other_models_stay_as_they_are(string expression)
    {
        var graph = Reading.AcceptMembers($$"""
            readonly Linear linear = new(8, 8);
            readonly LayerNorm layer = new(8);
            {{(expression.Contains("norm.", StringComparison.Ordinal) ? "readonly BatchNorm norm = new(8);" : "")}}
            [Objective] public Tensor Loss([Shape(5, 8)] Tensor x) => ({{expression}}).Mean();
            public Tensor Uses([Shape(5, 8)] Tensor x) => layer.Forward(linear.Forward(x));
            """).Methods[0].Graph;
        var differentiated = Differentiation.Run(Compile.Recognise(graph, training: true, default));
        Assert.DoesNotContain(differentiated.Nodes, n => n.Op == Op.NotEqual);
    }
}
