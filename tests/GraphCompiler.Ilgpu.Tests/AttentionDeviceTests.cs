using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Attention on the device under test, forward and backward, against the interpreter.</summary>
public class AttentionDeviceTests
{
    [Fact]
    public void Every_case_of_attention_runs_and_agrees() => DeviceCheck.Gradients(
        Enumerable.Range(0, OpCases.All.Count).Where(n => OpCases.All[n].Op is Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient)
            .SelectMany(number => OpTests.Variants(number).Select((v, variant) => ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings))));
}
