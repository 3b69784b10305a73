using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>What a user keeps in float32 in a model of 16 bits: what lies in memory, and what products multiply.</summary>
public sealed class KeptInFloat32Tests
{
    const int Rows = 32, Width = 64;

    /// <summary>Three layers, of which the middle one may be kept.</summary>
    static ProgramPlan Layers(string precision, string onField = "", string onClass = "", string onMethod = "", string head = "x", bool training = true)
    {
        var model = Reading.Accept($$"""
            {{onClass}}[Module]
            public sealed class Layer(int width)
            {
                readonly Linear map = new(width, width);

                public Tensor Forward(Tensor x) => Tanh(map.Forward(x));
            }

            [Module]
            public sealed class Plain(int width)
            {
                readonly Linear map = new(width, width);

                public Tensor Forward(Tensor x) => Tanh(map.Forward(x));
            }

            [Graph(Precision = Precision.{{precision}})]
            public sealed partial class Net
            {
                readonly Plain first = new({{Width}});
                {{onField}}readonly Layer middle = new({{Width}});
                readonly Plain last = new({{Width}});

                [Objective]
                public Tensor Loss([Shape({{Rows}}, {{Width}})] Tensor input)
                {
                    var x = first.Forward(input);
                    x = {{head}};
                    return Mean(last.Forward(Middle(x)));
                }

                {{onMethod}}Tensor Middle(Tensor x) => middle.Forward(x);
            }
            """);
        var method = CompiledModel.From(model, CpuCostModel.Instance, default).Methods[0];
        return training ? method.Training! : method.Inference;
    }

    /// <summary>How many products multiply numbers of each type.</summary>
    static (int Float32, int Narrow) Products(ProgramPlan plan)
    {
        var products = plan.Graph.Nodes.Where(n => n.Op == Op.MatMul).ToList();
        int narrow = products.Count(p => p.Inputs.All(i => i.Type != ElementType.Float32));
        Assert.Equal(products.Count, narrow + products.Count(p => p.Inputs.All(i => i.Type == ElementType.Float32)));
        return (products.Count - narrow, narrow);
    }

    /// <summary>The bytes of all activations that are stored, one after another.</summary>
    static long StoredBytes(ProgramPlan plan, ElementType type) => Activations(plan).Where(n => n.Type == type).Sum(n => n.StoredBytes);

    static IEnumerable<Node> Activations(ProgramPlan plan) => plan.Steps.SelectMany(s => s.Kernel.Stores)
        .Where(n => plan.Locations[n].Space == MemorySpace.Arena && n.Shape.Size.Max == Rows * Width);

    [Fact]
    public void Nothing_is_kept_that_nobody_keeps()
    {
        var plan = Layers("BFloat16");
        Assert.Equal((0, 8), Products(plan));
        Assert.Equal(0, StoredBytes(plan, ElementType.Float32));
    }

    [Theory]
    [InlineData("[KeepFloat32] ", "", "")]
    [InlineData("", "[KeepFloat32] ", "")]
    [InlineData("", "", "[KeepFloat32] ")]
    public void A_module_or_method_that_is_kept_computes_and_stores_float32_forward_and_backward(string onField, string onClass, string onMethod)
    {
        foreach (string precision in new[] { "BFloat16", "Float16" })
        {
            var kept = Layers(precision, onField, onClass, onMethod);
            // One product forward, two backward.
            Assert.Equal((3, 5), Products(kept));
            Assert.True(StoredBytes(kept, ElementType.Float32) >= 2 * Rows * Width * sizeof(float));
            Assert.All(Activations(kept).Where(n => n.Kept == KeptInFloat32.All), n => Assert.Equal(ElementType.Float32, n.Type));
            Assert.InRange(kept.Arena.Size, Layers(precision).Arena.Size + 1, Layers("Float32").Arena.Size);
        }
        var inference = Layers("BFloat16", onField, onClass, onMethod, training: false);
        Assert.Equal((1, 2), Products(inference));
    }

    /// <summary>The value alone: a product still multiplies 16 bits, which it rounds while it reads.</summary>
    [Theory]
    [InlineData("x.To<float>()")]
    [InlineData("x.Reshape(4, -1).To<float>().Reshape(32, 64)")]
    public void An_expression_stays_in_float32_in_memory(string expression)
    {
        Node First(ProgramPlan plan) => plan.Graph.Nodes.First(n => n.Op == Op.Tanh);
        bool IsStored(ProgramPlan plan, Node node) => plan.Steps.Any(s => s.Kernel.Stores.Contains(node));
        ProgramPlan kept = Layers("BFloat16", head: expression), plain = Layers("BFloat16");
        Assert.True(IsStored(kept, First(kept)));
        Assert.False(IsStored(plain, First(plain)));
        Assert.Equal((0, 8), Products(kept));
    }

    [Fact]
    public void In_a_model_of_float32_it_changes_nothing()
    {
        Assert.Equal(Layers("Float32").Arena.Size, Layers("Float32", onField: "[KeepFloat32] ", head: "x.To<float>()").Arena.Size);
    }

    /// <summary>The loss of a large vocabulary multiplies what the linear map that becomes a part of it would have.</summary>
    [Theory]
    [InlineData("", ElementType.BFloat16)]
    [InlineData("[KeepFloat32] ", ElementType.Float32)]
    internal void A_head_that_becomes_part_of_the_loss_is_kept(string onField, ElementType expected)
    {
        var model = Reading.Accept($$"""
            [Graph(Precision = Precision.BFloat16)]
            public sealed partial class Net
            {
                {{onField}}readonly Linear head = new(32, 4096, bias: false);

                [Objective]
                public Tensor Loss([Shape(512, 32)] Tensor x, [Shape(512)] Tensor<int> labels) => CrossEntropy(head.Forward(x), labels);
            }
            """);
        var plan = CompiledModel.From(model, CpuCostModel.Instance, default).Methods[0].Training!;
        var loss = Assert.Single(plan.Graph.Nodes, n => n.Op == Op.LinearCrossEntropy);
        Assert.Equal(expected, loss.Inputs[0].Type);
        Assert.Equal(expected, loss.Inputs[1].Type);
    }
}
