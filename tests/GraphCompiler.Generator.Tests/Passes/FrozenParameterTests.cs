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
}
