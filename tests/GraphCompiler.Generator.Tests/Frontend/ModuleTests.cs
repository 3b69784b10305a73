using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

public sealed class ModuleTests
{
    static string[] Names(string members, string others = "") => [.. Reading.AcceptMembers(members, others).Parameters.Select(p => p.Name)];

    [Fact]
    public void Primary_and_ordinary_constructors_in_other_files()
    {
        var model = Reading.Accept(
            """
            [Graph]
            partial class Net
            {
                readonly Block[] blocks = [new(4, 2), new(4, 3)];
                public Tensor F([Shape(2, 4)] Tensor x)
                {
                    foreach (var block in blocks)
                        x = block.Forward(x);
                    return x;
                }
            }
            """,
            """
            [Module]
            public sealed class Block(int width, int times)
            {
                readonly LayerNorm before = new(width), after = new(width);
                readonly Twice twice = new(width) { Scale = 2 };
                public Tensor Forward(Tensor x)
                {
                    for (int i = 0; i < times; i++)
                        x += twice.Forward(before.Forward(x));
                    return after.Forward(x);
                }
            }
            """,
            """
            namespace Deep;
            [Module]
            public sealed class Unused;
            """,
            """
            [Module]
            public sealed class Twice
            {
                private readonly Parameter _gain;
                public int Scale { get; init; }
                public Twice(int width) : this([width]) { }
                Twice(int[] shape) { _gain = new Parameter(shape, Init.Ones); }
                public Tensor Forward(Tensor x) => x * _gain * Scale;
            }
            """);

        Assert.Equal(
            ["blocks.0.before.weight", "blocks.0.before.bias", "blocks.0.after.weight", "blocks.0.after.bias", "blocks.0.twice.gain",
             "blocks.1.before.weight", "blocks.1.before.bias", "blocks.1.after.weight", "blocks.1.after.bias", "blocks.1.twice.gain"],
            model.Parameters.Select(p => p.Name));
        Assert.Equal(2 + 3 + 2, model.Methods[0].Graph.Nodes.Count(n => n.Op == Op.LayerNorm));
        Assert.Equal("internal", model.Accessibility);
    }

    [Fact]
    public void Arrays_of_modules_from_queries_and_spreads() => Assert.Equal(
        ["first.0.weight", "first.1.weight", "second.0.weight"],
        Names("""
            readonly Linear[] first = Enumerable.Range(0, 2).Select(i => new Linear(4, 4, bias: false)).ToArray();
            readonly Linear[] second = [new(4, 4, false)];
            Linear[] All => [.. first, .. second];
            public Tensor F([Shape(2, 4)] Tensor x) { foreach (var layer in All) x = layer.Forward(x); return x; }
            """));

    [Fact]
    public void Sequential_has_PyTorchs_names() => Assert.Equal(
        ["net.0.weight", "net.0.bias", "net.3.0.weight", "net.4.weight", "net.4.bias"],
        Names("""
            readonly Sequential net = new(new Linear(4, 8), new Relu(), new Dropout(0.1f), new Sequential([new RmsNorm(8)]), new Linear(8, 2), new Softmax());
            public Tensor F([Shape(2, 4)] Tensor x) => net.Forward(x);
            """));

    [Fact]
    public void Shared_weights_keep_their_first_name() => Assert.Equal(
        ["tokens.weight", "head.bias"],
        Names(
            """
            readonly Embedding tokens = new(7, 4);
            [Name("head.bias")] readonly Parameter bias = new([7]);
            public Tensor F([Shape(2)] Tensor<int> x) => new Head(tokens, null).Forward(tokens.Forward(x)) + bias;
            """,
            """
            [Module]
            class Head(Embedding table, Parameter? bias)
            {
                public Tensor Forward(Tensor x) => bias is null ? MatMul(x, table.Weight.Transpose()) : throw new NotSupportedException();
            }
            """));

    [Fact]
    public void Layers_take_the_weights_of_others() => Assert.Equal(
        ["tokens.weight", "bias", "first.weight"],
        Names(
            """
            [Name("")] readonly Reader reader = new(7, 4);
            public (Tensor, Tensor) F([Shape(2)] Tensor<int> x) => reader.Forward(x);
            """,
            """
            [Module] class Reader
            {
                readonly Embedding tokens;
                readonly Parameter bias;
                readonly Linear output, first, second;
                readonly TiedOutput scores;
                public Reader(int rows, int width)
                {
                    tokens = new(rows, width);
                    bias = new([rows]);
                    output = new(tokens.Weight, bias);
                    first = new(width, width, bias: false);
                    second = new(first.Weight);
                    scores = new(tokens);
                }
                public (Tensor, Tensor) Forward(Tensor<int> x)
                {
                    Tensor y = second.Forward(first.Forward(tokens.Forward(x)));
                    return (output.Forward(y), scores.Forward(y));
                }
            }
            """));

    [Fact]
    public void Options_are_records_and_modules_may_be_missing() => Assert.Equal(
        ["plain.linear.weight", "normed.linear.weight", "normed.norm.weight", "normed.norm.bias", "normed.extras.0.weight", "normed.extras.1.weight"],
        Names(
            """
            static readonly Sizes Small = new(Width: 4);
            readonly Part plain = new(Small), normed = new(Small with { Norm = true }, new RmsNorm(4), new RmsNorm(4));
            public Tensor F([Shape(2, 4)] Tensor x) => normed.Forward(plain.Forward(x));
            """,
            """
            public sealed record Sizes(int Width, bool Norm = false);
            [Module] class Part(Sizes sizes, params ILayer[] extras)
            {
                readonly Linear linear = new(sizes.Width, sizes.Width, bias: false);
                readonly LayerNorm? norm = sizes.Norm ? new(sizes.Width) : null;
                public Tensor Forward(Tensor x)
                {
                    x = linear.Forward(x);
                    foreach (var extra in extras)
                        x = extra.Forward(x);
                    return norm?.Forward(x) ?? x;
                }
            }
            """));

    [Fact]
    public void Captured_modules_are_held_like_fields() => Assert.Equal(
        ["wrap.inner.weight"],
        Names(
            "readonly Wrap wrap = new(new Linear(4, 4, false)); public Tensor F([Shape(2, 4)] Tensor x) => wrap.Forward(x);",
            "[Module] class Wrap(Linear inner) { public Tensor Forward(Tensor x) => inner.Forward(x); }"));

    [Fact]
    public void Auto_properties_and_base_classes() => Assert.Equal(
        ["deep.gain", "deep.Layer.weight"],
        Names(
            "readonly Deep deep = new(4); public Tensor F([Shape(2, 4)] Tensor x) => deep.Forward(x);",
            """
            [Module] abstract class Scaled(int width)
            {
                protected readonly Parameter gain = new([width], Init.Ones);
                protected abstract Tensor Inner(Tensor x);
                public virtual Tensor Forward(Tensor x) => Inner(x) * gain;
            }
            [Module] class Deep(int width) : Scaled(width)
            {
                Linear Layer { get; } = new(width, width, bias: false);
                protected override Tensor Inner(Tensor x) => Layer.Forward(x);
                public override Tensor Forward(Tensor x) => base.Forward(x);
            }
            """));

    [Fact]
    public void Built_in_modules_have_PyTorchs_defaults()
    {
        var model = Reading.AcceptMembers("""
            readonly Embedding tokens = new(7, 4);
            readonly Mlp mlp = new(4, 16, Activation.Relu);
            readonly LayerNorm norm = new(4);
            readonly RmsNorm rms = new(4);
            public Tensor F([Shape(3)] Tensor<int> x) => rms.Forward(norm.Forward(mlp.Forward(tokens.Forward(x))));
            """);

        Assert.Equal(
            [("tokens.weight", InitializationKind.Normal, 0, 1),
             ("mlp.expand.weight", InitializationKind.Uniform, -0.5, 0.5), ("mlp.expand.bias", InitializationKind.Uniform, -0.5, 0.5),
             ("mlp.project.weight", InitializationKind.Uniform, -0.25, 0.25), ("mlp.project.bias", InitializationKind.Uniform, -0.25, 0.25),
             ("norm.weight", InitializationKind.Constant, 1, 0), ("norm.bias", InitializationKind.Constant, 0, 0),
             ("rms.weight", InitializationKind.Constant, 1, 0)],
            model.Parameters.Select(p => (p.Name, p.Initialization.Kind, Math.Round(p.Initialization.First, 12), Math.Round(p.Initialization.Second, 12))));
        var nodes = model.Methods[0].Graph.Nodes;
        Assert.Equal(1e-5f, (float)nodes.Single(n => n.Op == Op.LayerNorm).Get<NormAttributes>().Epsilon);
        Assert.Equal(1.1920929e-07f, (float)nodes.Single(n => n.Op == Op.RmsNorm).Get<NormAttributes>().Epsilon);
        Assert.Single(nodes, n => n.Op == Op.Relu);
    }

    [Theory]
    [InlineData("Init.Zeros", "Constant", 0, 0)]
    [InlineData("Init.Ones", "Constant", 1, 0)]
    [InlineData("Init.Constant(0.5)", "Constant", 0.5, 0)]
    [InlineData("Init.Normal(1, 0.02)", "Normal", 1, 0.02)]
    [InlineData("Init.Uniform(high: 2)", "Uniform", 0, 2)]
    [InlineData("Init.XavierUniform()", "Uniform", -0.7745966692414834, 0.7745966692414834)] // √(6 / (4 + 6))
    [InlineData("Init.XavierNormal(2)", "Normal", 0, 0.8944271909999159)] // 2 · √(2 / 10)
    [InlineData("Init.KaimingUniform()", "Uniform", -1, 1)] // √(6 / 6)
    [InlineData("Init.KaimingUniform(Math.Sqrt(5), FanMode.Out)", "Uniform", -0.5, 0.5)] // √(6 / (6 · 4))
    [InlineData("Init.KaimingNormal(mode: FanMode.Out)", "Normal", 0, 0.7071067811865476)] // √(2 / 4)
    public void Initialisers_work_in_the_fans(string initializer, string kind, double first, double second)
    {
        var parameter = Reading.AcceptMembers($"readonly Parameter w = new([4, 6], {initializer}); public Tensor F() => w;").Parameters[0];

        Assert.Equal(kind, parameter.Initialization.Kind.ToString());
        Assert.Equal(first, parameter.Initialization.First, 12);
        Assert.Equal(second, parameter.Initialization.Second, 12);
    }

    [Theory]
    [InlineData("paddingIndex: 2", 2)]
    [InlineData("paddingIndex: -4", 0)]
    [InlineData("Init.ZeroRow(Init.Ones, 3)", 3)]
    [InlineData("Init.Ones", null)]
    public void A_row_of_a_table_may_begin_with_zeros(string argument, int? row)
    {
        var parameter = Reading.AcceptMembers($"readonly Embedding e = new(4, 6, {argument}); public Tensor F([Shape(2)] Tensor<int> n) => e.Forward(n);").Parameters[0];
        Assert.Equal(row, parameter.Initialization.ZeroRow);
    }

    [Fact]
    public void Named_dimensions_flow_through_shapes()
    {
        var model = Reading.Accept("""
            [Graph, Dim("batch", Max = 256), Dim("time", Max = 64)]
            partial class Net
            {
                readonly Linear layer = new(8, 4);
                public (Tensor Rows, Tensor Mean) F([Shape("batch", "time", 8)] Tensor x)
                {
                    var (batch, time, width) = x.Shape;
                    var rows = x.Reshape(batch * time, width);
                    return (layer.Forward(rows).Reshape(batch, time, 2, -1), x.Sum() / (batch * time));
                }
            }
            """);

        Assert.Equal([new ModelDim("batch", 256), new ModelDim("time", 64)], model.Dims);
        Assert.Equal(["Rows", "Mean"], model.Methods[0].Outputs.Select(o => o.Name));
        Assert.Equal("[batch, time, 2, 2]", model.Methods[0].Outputs[0].Shape.ToString());
        Assert.Contains("Size(){batch·time}", model.Methods[0].Graph.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Namespaces_containers_and_accessibility()
    {
        var model = Reading.Accept("""
            namespace A.B
            {
                public partial class Outer { internal partial record struct Inner { [Graph] private sealed partial class Net { protected internal Tensor F([Shape] Tensor x) => -x; } } }
            }
            """);

        Assert.Equal("A.B", model.Namespace);
        Assert.Equal([new ContainingType("class", "Outer"), new ContainingType("record struct", "Inner")], model.ContainingTypes);
        Assert.Equal("private", model.Accessibility);
        Assert.Equal("protected internal", model.Methods[0].Accessibility);
        Assert.Equal(Shape.Scalar, model.Methods[0].Inputs[0].Shape);
    }

    [Fact]
    public void Equal_meaning_is_an_equal_model()
    {
        string source = ModelTests.DigitClassifier;
        var first = Reading.Accept(source);
        var moved = Reading.Accept("// a comment\n\n" + source.Replace("output.Forward(", "output/* the last */.Forward(", StringComparison.Ordinal)
            .Replace("=> CrossEntropy", "=>\n\n CrossEntropy", StringComparison.Ordinal));
        var changed = Reading.Accept(source.Replace("Relu(hidden1", "Tanh(hidden1", StringComparison.Ordinal));

        Assert.Equal(first, moved);
        Assert.Equal(first.GetHashCode(), moved.GetHashCode());
        Assert.NotEqual(first, changed);
    }

    [Theory]
    [InlineData("[Shape(1, 16)] Tensor x", "new(16)", "norm.Forward(x)", "there is 1")]
    [InlineData("[Shape(1, 16, 1)] Tensor x", "new(16, axis: 1)", "norm.Forward(x)", "there is 1")]
    [InlineData("[Shape(16)] Tensor x", "new(16, epsilon: 1e-3f)", "norm.Forward(x)", "there is 1")]
    [InlineData("[Shape(\"one\", 16)] Tensor x", "new(16, momentum: null)", "norm.Forward(x)", "one is at most 1")]
    public void BatchNorm_trains_on_more_than_one_value(string input, string norm, string call, string reason)
    {
        string members = $$"""
            readonly BatchNorm norm = {{norm}};
            public Tensor Predict({{input}}) => {{call}};
            """;
        string dims = "[Graph, Dim(\"one\", Max = 1)] partial class Net { public Tensor Uses([Shape(\"one\")] Tensor o) => o * 2f; ";
        var diagnostic = Reading.Reject("GC0207", dims + members + $"[Objective] public Tensor Loss({input}) => [|{call}|].Sum(); }}");
        Assert.Equal($"GC0207: norm (BatchNorm): training needs at least 2 values of each feature, and {reason}", diagnostic.ToString());
        Reading.Accept(dims + members.Replace("Predict", "Loss", StringComparison.Ordinal)
            + $"[Objective] public Tensor Train([Shape({(norm.Contains("axis", StringComparison.Ordinal) ? "2, 16, 1" : "2, 16")})] Tensor x) => {call}.Sum(); }}");
    }

    [Fact]
    public void Modules_can_ask_for_enough_in_training()
    {
        var diagnostic = Reading.Reject("GC0207", """
            [Module] class Spread { public Tensor Forward(Tensor x) { RequireInTraining(x.Shape[0], 3, "rows"); return x; } }
            [Graph] partial class Net
            {
                readonly Spread spread = new();
                [Objective] public Tensor Loss([Shape(2, 4)] Tensor x) => Inner(x).Sum();
                Tensor Inner(Tensor x) { [|RequireInTraining(x.Shape[0], 3, "rows")|]; return spread.Forward(x); }
            }
            """);
        Assert.Equal("GC0207: training needs at least 3 rows, and there are 2", diagnostic.ToString());
    }
}
