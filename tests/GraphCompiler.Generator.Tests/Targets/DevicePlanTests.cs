using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Targets.Ilgpu;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.MemoryPlanning;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>A plan for devices has what devices need: nothing of it is for kernels of the CPU, and nothing is planned twice that is the same.</summary>
public class DevicePlanTests
{
    const int Rows = 4 * 64;

    /// <summary>A GPT whose loss keeps some rows of logits at a time, if its vocabulary is large.</summary>
    static Model Gpt(int vocabulary) => Reading.AcceptMembers($$"""
        readonly Gpt2 network = new(new Gpt2Options(Vocabulary: {{vocabulary}}, Context: 64, Width: 32, Layers: 2, Heads: 4, Dropout: 0.1f));

        [Objective]
        public Tensor Loss([Shape(4, 64)] Tensor<int> text, [Shape(4, 64)] Tensor<int> next) => CrossEntropy(network.Forward(text), next);
        """);

    [Fact]
    public void A_device_plan_holds_no_workspace_of_the_CPU()
    {
        const int Vocabulary = 8192;
        var onCpu = CompiledModel.From(Gpt(Vocabulary), CpuCostModel.Instance, default);
        var onDevice = onCpu.ForTarget(DeviceCostModel.Instance, default);
        ProgramPlan cpu = onCpu.Methods[0].Training!, device = onDevice.Methods[0].Training!;
        var loss = Assert.Single(cpu.Steps, s => s.Kernel.Kind == KernelKind.LinearCrossEntropy).Kernel;

        // Half of the rows' logits are what the CPU's kernel works in.
        long workspace = cpu.Workspaces[loss].Size;
        Assert.Equal(Rows / 2 * Vocabulary * sizeof(float), workspace);
        Assert.Empty(device.Workspaces);
        Assert.DoesNotContain(device.Arena.Buffers, b => b.Name.Contains("workspace", StringComparison.Ordinal));
        Assert.True(device.Arena.Size < workspace, $"{device.Arena.Size} bytes of a device's arena");
        Assert.True(device.Arena.Size <= cpu.Arena.Size - workspace + (Rows * 32 * sizeof(float)), $"{device.Arena.Size} bytes of {cpu.Arena.Size}");
        Assert.Empty(PlacementValidator.Violations(device.Arena));
        Assert.Same(cpu.Fused, device.Fused);
    }

    [Fact]
    public void What_both_targets_plan_alike_is_planned_once()
    {
        var onCpu = CompiledModel.From(Gpt(vocabulary: 20), CpuCostModel.Instance, default);
        var onDevice = onCpu.ForTarget(DeviceCostModel.Instance, default);
        Assert.Same(onCpu.Methods[0].Inference, onDevice.Methods[0].Inference);
        Assert.Same(onCpu.Methods[0].Training, onDevice.Methods[0].Training);
    }
}
