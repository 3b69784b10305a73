using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Every operation's cases, forward and backward, on the device under test against the interpreter.</summary>
public class OpDeviceTests
{
    const int CasesInBlock = 25;

    public static TheoryData<int> Blocks
    {
        get
        {
            var data = new TheoryData<int>();
            for (int first = 0; first < OpCases.All.Count; first += CasesInBlock)
                data.Add(first);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Values_and_gradients_agree(int first) => DeviceCheck.Gradients(
        Enumerable.Range(first, Math.Min(CasesInBlock, OpCases.All.Count - first))
            .SelectMany(number => OpTests.Variants(number).Select((v, variant) => ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings))));
}
