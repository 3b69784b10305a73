using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Activations that wait for the backward pass in 8 bits: emitted and run, against the oracle, and what lies in memory.</summary>
public class SavedActivationTests
{
    /// <summary>The oracle rounds where the plan says, and scales by the same largest numbers.</summary>
    [Theory]
    [InlineData(nameof(ElementType.Float8E4M3), nameof(ElementType.Float32))]
    [InlineData(nameof(ElementType.Float8E5M2), nameof(ElementType.BFloat16))]
    public void Gradients_are_those_of_what_waited(string saved, string activations)
    {
        ElementType format = Enum.Parse<ElementType>(saved), stored = Enum.Parse<ElementType>(activations);
        (string, Graph Graph, Bindings Bindings)[] cases = [.. RoundedProducts.Cases, Zeros()];

        EmissionCheck.Gradients(cases, precision: stored, activations: stored, saved: format, tolerance: 1e-4);

        var plan = EmittedNet.Plan(cases[0].Graph, new(stored, stored, format));
        Assert.Contains(plan.Steps, s => s.Kernel.Stores.Any(n => n.Type == format));
        // Without the rounding the numbers are others.
        var exact = Oracle.Run(EmittedNet.Trained(cases[0].Graph, new(stored, stored)), cases[0].Bindings);
        var rounded = Oracle.Run(plan.Graph, cases[0].Bindings);
        Assert.Equal(exact[0].Elements, rounded[0].Elements);
        Assert.NotEqual(exact[^1].Elements, rounded[^1].Elements);
    }

    [Theory]
    [InlineData("AsComputed", 1)]
    [InlineData("Float8E4M3", 0.75)]
    [InlineData("Float8E5M2", 0.75)]
    public void A_gpt_waits_in_less_memory(string saved, double most)
    {
        long half = Arena("AsComputed"), less = saved == "AsComputed" ? half : Arena(saved);
        Assert.True(less <= most * half, $"{less} of {half} bytes");

        static long Arena(string saved)
        {
            var model = Reading.Accept($$"""
                [Graph(Precision = Precision.BFloat16, SavedActivations = SavedActivations.{{saved}})]
                public sealed partial class Net
                {
                    readonly Gpt2 gpt = new(new Gpt2Options { Vocabulary = 65, Context = 64, Width = 128, Layers = 4, Heads = 4 });
                    [Objective]
                    public Tensor Loss([Shape(12, 64)] Tensor<int> tokens, [Shape(12, 64)] Tensor<int> next) => CrossEntropy(gpt.Forward(tokens), next);
                }
                """);
            return CompiledModel.From(model, CpuCostModel.Instance, default).Methods[0].Training!.Arena.Size;
        }
    }

    /// <summary>Inference waits for nothing.</summary>
    [Fact]
    public void Inference_is_the_same()
    {
        var g = new Graph();
        g.AddOutput("y", g.MatMul(g.Unary(Op.Tanh, g.MatMul(g.Input("x", new Shape(64, 64), ElementType.Float32), g.Parameter("w", new Shape(64, 64)))), g.Parameter("v", new Shape(64, 64))));
        Assert.Same(g, ActivationSaving.Run(g, ElementType.Float8E4M3, CpuCostModel.Instance, default));
    }

    [Fact]
    public void A_number_without_a_name_is_an_error() =>
        Reading.Reject("GC0010", "[Graph(SavedActivations = [|(SavedActivations)7|])] public sealed partial class Net { public Tensor F([Shape(2)] Tensor x) => x; }");

    /// <summary>An activation without a largest number.</summary>
    static (string, Graph, Bindings) Zeros()
    {
        var sketch = new GraphSketch(3);
        var g = sketch.Graph;
        Node x = sketch.Input(new Shape(40, 48)), w = sketch.Parameter(new Shape(48, 64)), v = sketch.Parameter(new Shape(64, 40));
        var none = g.Unary(Op.Relu, g.Subtract(g.Unary(Op.Tanh, g.MatMul(x, w)), g.Constant(2)));
        return ("zeros", sketch.Objective(g.MatMul(none, v)), sketch.Bindings);
    }
}
