using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

using ModelParameter = GraphCompiler.Generator.Models.ModelParameter;
using WeightFormat = GraphCompiler.Generator.Graphs.WeightFormat;

/// <summary>Which weights are packed, and what becomes of their uses.</summary>
public class WeightQuantizationTests
{
    const int Width = 64;

    static readonly Dim Rows = 6;

    static Node Input(Graph g) => g.Input("x", new Shape(Rows, Width), ElementType.Float32);

    static Node Weight(Graph g, string name, int outputs = Width) => g.Parameter(name, new Shape(outputs, Width));

    static Node Linear(Graph g, Node x, Node weight) => g.MatMul(x, g.Permute(weight, [1, 0]));

    static Model ModelOf(WeightFormat format, params (string Name, Action<Graph> Build)[] methods)
    {
        var graphs = methods.Select(m =>
        {
            var graph = new Graph();
            m.Build(graph);
            return new ModelMethod(m.Name, "public", default, default, false, graph);
        }).ToList();
        var parameters = graphs.SelectMany(m => m.Graph.Nodes).Where(n => n.Op == Op.Parameter).GroupBy(n => n.Name).Select(n => new ModelParameter(
            n.Key, new EquatableArray<int>(n.First().Shape.Select(d => d.Value)), new Initialization(InitializationKind.Constant, 0, 0)));
        return new Model("", default, "Net", "public", default, new EquatableArray<ModelParameter>(parameters), new EquatableArray<ModelMethod>(graphs))
        {
            Weights = format,
        };
    }

    static string Formats(Model model) => string.Join(", ", WeightQuantization.Choose(model).Select(p => $"{p.Key} {p.Value.Format}{(p.Value.IsTransposed ? "ᵀ" : "")}"));

    /// <summary>Two layers: the second gives the result, and so is a head.</summary>
    static void TwoLayers(Graph g)
    {
        var hidden = g.Unary(Op.Relu, Linear(g, Input(g), Weight(g, "hidden")));
        g.AddOutput("y", g.Add(Linear(g, hidden, Weight(g, "head")), g.Parameter("bias", new Shape(Width))));
    }

    [Theory]
    [InlineData(nameof(WeightFormat.Float32), "")]
    [InlineData(nameof(WeightFormat.Int8), "hidden Int8, head Int8")]
    [InlineData(nameof(WeightFormat.Int4), "hidden Int4, head Int8")]
    public void Weights_of_products_are_packed_and_heads_keep_eight_bits(string format, string expected) =>
        Assert.Equal(expected, Formats(ModelOf(Enum.Parse<WeightFormat>(format), ("F", TwoLayers))));

    [Fact]
    public void What_the_user_names_has_the_users_format()
    {
        var model = ModelOf(WeightFormat.Int4, ("F", TwoLayers));
        var named = With(name => name == "hidden" ? WeightFormat.Float32 : name == "head" ? WeightFormat.Int4 : null);
        Assert.Equal("head Int4", Formats(named));
        Assert.Empty(WeightQuantization.Refused(named));
        Assert.Equal(["bias"], WeightQuantization.Refused(With(_ => WeightFormat.Int8)).Select(p => p.Name));

        Model With(Func<string, WeightFormat?> format) =>
            model with { Parameters = new EquatableArray<ModelParameter>(model.Parameters.Select(p => p with { Weights = format(p.Name) })) };
    }

    [Fact]
    public void Tables_are_packed_where_they_are_multiplied_too()
    {
        void LookUp(Graph g, Node table) => g.AddOutput("rows", g.Gather(table, g.Input("i", new Shape(3), ElementType.Int32)));

        Assert.Equal("", Formats(ModelOf(WeightFormat.Int8, ("F", g => LookUp(g, Weight(g, "table", 100))))));
        var tied = ModelOf(
            WeightFormat.Int4,
            ("F", g => LookUp(g, Weight(g, "table", 100))),
            ("G", g => g.AddOutput("y", g.Unary(Op.Relu, Linear(g, Input(g), Weight(g, "table", 100))))));
        Assert.Equal("table Int8", Formats(tied));
    }

    [Fact]
    public void Other_uses_keep_weights_as_they_are()
    {
        void Twice(Graph g, Func<Graph, Node, Node> use)
        {
            var weight = Weight(g, "w");
            g.AddOutput("y", Linear(g, Input(g), weight));
            g.AddOutput("z", use(g, weight));
        }

        Assert.Equal("", Formats(ModelOf(WeightFormat.Int8, ("F", g => Twice(g, (_, w) => g.Unary(Op.Tanh, w))))));
        Assert.Equal("", Formats(ModelOf(WeightFormat.Int8, ("F", g => Twice(g, (_, w) => g.MatMul(Input(g), w))))));
        Assert.Equal("", Formats(ModelOf(WeightFormat.Int8, ("F", g => Twice(g, (_, w) => w)))));
        Assert.Equal("w Int8", Formats(ModelOf(
            WeightFormat.Int8, ("F", g => Twice(g, (_, w) => g.MatMul(g.Unary(Op.Exp, Input(g)), w, transposeRight: true))))));
        Assert.Equal("w Int8ᵀ", Formats(ModelOf(WeightFormat.Int8, ("F", g => g.AddOutput("y", g.MatMul(Input(g), Weight(g, "w")))))));
    }

    [Fact]
    public void Weights_that_would_take_more_memory_and_small_ones_are_not_packed()
    {
        Assert.Equal("", Formats(Product(inputs: 3, outputs: 400)));
        Assert.Equal("", Formats(Product(inputs: 32, outputs: 31)));
        Assert.Equal("w Int8ᵀ", Formats(Product(inputs: 32, outputs: 32)));

        static Model Product(int inputs, int outputs) => ModelOf(
            WeightFormat.Int8, ("F", g => g.AddOutput("y", g.MatMul(g.Input("x", new Shape(4, inputs), ElementType.Float32), g.Parameter("w", new Shape(inputs, outputs))))));
    }

    static void BuildAllUses(Graph g)
    {
        Node x = g.Input("x", new Shape(2, 3, Width), ElementType.Float32), table = Weight(g, "table", 40);
        x = g.Add(x, g.Gather(table, g.Input("i", new Shape(2, 3), ElementType.Int32)));
        var y = g.Unary(Op.Tanh, g.MatMul(Linear(g, x, Weight(g, "w", 96)), g.Parameter("v", new Shape(96, Width))));
        g.AddOutput("y", Linear(g, y, table));
    }

    /// <summary>Products of batches and of rows, both layouts of weights, a table that is looked up: against the same with the weights that the packed ones are.</summary>
    [Theory]
    [InlineData(nameof(WeightFormat.Int8))]
    [InlineData(nameof(WeightFormat.Int4))]
    public void Values_are_those_of_unpacked_weights_but_for_eight_bits_of_activations(string format)
    {
        var model = ModelOf(Enum.Parse<WeightFormat>(format), ("F", BuildAllUses));
        var packed = WeightQuantization.Choose(model);
        Assert.Equal(["table", "v", "w"], packed.Keys.Order());
        var graph = model.Methods[0].Graph;
        var quantised = WeightQuantization.Run(graph, packed);
        GraphAssert.Sound(quantised);
        Assert.Equal(3, quantised.Nodes.Count(n => n.Op == Op.QuantizedMatMul));
        Assert.Single(quantised.Nodes, n => n.Op == Op.QuantizedGather);
        Assert.DoesNotContain(quantised.Nodes, n => n.Op is Op.MatMul or Op.Gather);

        var random = new Random(1);
        double[] x = Numbers(random, 2 * 3 * Width), rows = [3, 39, 0, 17, 16, 3];
        var unpacked = new Bindings { Inputs = { ["x"] = x, ["i"] = rows } };
        var bytes = new Bindings { Inputs = { ["x"] = x, ["i"] = rows } };
        foreach (var (name, weights) in packed)
        {
            bytes.Parameters[name] = PackedBytes.Of(weights, Numbers(random, weights.Outputs * weights.Inputs, 1 / Math.Sqrt(weights.Inputs)));
            unpacked.Parameters[name] = PackedBytes.Unpacked(weights, bytes.Parameters[name]);
        }
        GraphAssert.Close(Oracle.Run(graph, unpacked)[0].Elements, Oracle.Run(quantised, bytes)[0].Elements, 0.01, "y");
        GraphAssert.SameValues(quantised, Simplification.Run(Lowering.Run(quantised)), bytes);
    }

    static double[] Numbers(Random random, int count, double scale = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)((random.NextDouble() - 0.5) * scale))];
}
