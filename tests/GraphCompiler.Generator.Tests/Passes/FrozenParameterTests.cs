using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>What only the gradients of frozen parameters would need is not computed.</summary>
public sealed class FrozenParameterTests
{
    static Models.Model ModelOf(string attributes, string attributeOfFirst = "") => Reading.Accept($$"""
        [Graph{{attributes}}]
        public sealed partial class Net
        {
            {{attributeOfFirst}}
            readonly Linear first = new(16, 32);
            readonly Linear second = new(32, 24), third = new(24, 8);

            [Objective]
            public Tensor Loss([Shape(64, 16)] Tensor x, [Shape(64)] Tensor<int> labels)
                => CrossEntropy(third.Forward(Relu(second.Forward(Relu(first.Forward(x))))), labels);
        }
        """);

    static int Products(Models.Model model)
        => CompiledModel.From(model, CpuCostModel.Instance, default).Methods[0].Training!.Steps.Count(s => s.Kernel.Kind == KernelKind.MatMul);

    [Theory]
    [InlineData("", "", 3 + 3 + 2)]
    [InlineData(", Freeze(\"first\")", "", 3 + 2 + 1)]
    [InlineData("", "[Frozen]", 3 + 2 + 1)]
    [InlineData(", Freeze(\"first\", \"second\")", "", 3 + 1)]
    [InlineData(", Freeze(\"second\", \"third\")", "", 3 + 1 + 2)]
    [InlineData(", Freeze(\"*\", Except = [\"*.bias\"])", "", 3 + 2)]
    public void Products_of_a_training_step(string attributes, string attributeOfFirst, int expected)
        => Assert.Equal(expected, Products(ModelOf(attributes, attributeOfFirst)));

    [Fact]
    public void Emitted_code_goes_back_as_far_as_something_learns()
    {
        string whole = ModelEmitter.Emit(ModelOf(""), forDevices: true, default), frozen = ModelEmitter.Emit(ModelOf(", Freeze(\"first\", \"second\")"), forDevices: true, default);

        Assert.Contains("backward of Relu(second.Forward(Relu(first.Forward(x))))", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("backward of Relu", frozen, StringComparison.Ordinal);
        Assert.Contains("new(\"second.bias\", [24], 6080, new(", frozen, StringComparison.Ordinal);
        Assert.Equal(4, frozen.Split("isFrozen: true").Length - 1);
    }

    static CompiledModel GptOf(string attributes) => CompiledModel.From(Reading.Accept($$"""
        [Graph{{attributes}}]
        public sealed partial class Net
        {
            const int Width = 32;
            readonly Embedding tokens = new(50, Width), positions = new(16, Width);
            readonly TransformerBlock[] blocks = [new(Width, heads: 2, causal: true), new(Width, heads: 2, causal: true), new(Width, heads: 2, causal: true)];
            readonly LayerNorm norm = new(Width);

            [Objective]
            public Tensor Loss([Shape(4, 16)] Tensor<int> text, [Shape(4, 16)] Tensor<int> next)
            {
                var x = tokens.Forward(text) + positions.Weight;
                foreach (var block in blocks)
                    x = block.Forward(x);
                return CrossEntropy(MatMul(norm.Forward(x), Transpose(tokens.Weight)), next);
            }
        }
        """), CpuCostModel.Instance, default);

    /// <summary>A training step goes back through the last block and no further: what lies below has no gradient, no state, no memory and no work.</summary>
    [Fact]
    public void A_gpt_of_which_only_the_last_block_learns_goes_back_through_that_alone()
    {
        CompiledModel whole = GptOf(""), last = GptOf(", Freeze(\"*\", Except = [\"blocks.2\"])");
        ProgramPlan wholeStep = whole.Methods[0].Training!, lastStep = last.Methods[0].Training!, forward = last.Methods[0].Inference;

        Assert.All(GradientsOf(lastStep), name => Assert.StartsWith("blocks.2.", name, StringComparison.Ordinal));
        Assert.Equal(GradientsOf(wholeStep).Where(name => name.StartsWith("blocks.2.", StringComparison.Ordinal)), GradientsOf(lastStep));
        Assert.Equal((3, 1), (Count(wholeStep, KernelKind.AttentionGradient), Count(lastStep, KernelKind.AttentionGradient)));
        Assert.Equal((1, 0), (Count(wholeStep, KernelKind.Scatter), Count(lastStep, KernelKind.Scatter)));
        // Beside the head's: forward four a block, backward two for each of them in the last block, since its first norm learns.
        Assert.Equal(12 + 8, Products(lastStep) - HeadOf(lastStep));
        Assert.True(lastStep.Steps.Count - forward.Steps.Count < (wholeStep.Steps.Count - whole.Methods[0].Inference.Steps.Count) / 2);
        // Of what the forward pass keeps, two blocks of three are gone.
        Assert.True(lastStep.Arena.Size < 0.6 * wholeStep.Arena.Size, $"{lastStep.Arena.Size} of {wholeStep.Arena.Size}");
        // Optimizers remember as much as gradients are long.
        var trained = last.Model.Parameters.Where(p => !p.IsFrozen);
        Assert.Equal(trained.Sum(p => TensorBlock.Aligned(sizeof(float) * p.Shape.Aggregate(1L, (count, size) => count * size))), last.Blocks.Gradients.TotalBytes);
        Assert.All(last.Model.Parameters, p => Assert.Equal(!p.Name.StartsWith("blocks.2.", StringComparison.Ordinal), p.IsFrozen));

        static string[] GradientsOf(ProgramPlan plan) => [.. plan.Graph.Outputs.Where(o => o.Kind == OutputKind.Gradient).Select(o => o.Name).Order(StringComparer.Ordinal)];
        static int Count(ProgramPlan plan, KernelKind kind) => plan.Steps.Count(s => s.Kernel.Kind == kind);
        static int Products(ProgramPlan plan) => Count(plan, KernelKind.MatMul);
        static int HeadOf(ProgramPlan plan) => plan.Steps.Count(s => s.Kernel.Kind == KernelKind.MatMul && s.Kernel.Reads().Any(IsTable));
        static bool IsTable(Access access) => access.Base.Op == Op.Parameter && access.Base.Name == "tokens.weight";
    }
}
