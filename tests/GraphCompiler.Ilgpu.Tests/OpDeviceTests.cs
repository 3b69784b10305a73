using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Every operation's cases, forward and backward, on the device under test against the oracle.</summary>
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

    /// <summary>
    /// Compiling is what takes the time here: of a case's four sizes, one of which is constant, one is tried by turns, and on a driver's
    /// device two. Attention has tests of its own.
    /// </summary>
    static bool IsTried(int number, int variant) => OpCases.All[number].Op is not (Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient)
        && (DeviceUnderTest.HasDriver ? variant == 0 || variant == 1 + (number % 3) : variant == number % 4);

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Values_and_gradients_agree(int first) => DeviceCheck.Gradients(
        Enumerable.Range(first, Math.Min(CasesInBlock, OpCases.All.Count - first))
            .SelectMany(number => OpTests.Variants(number)
                .Select((v, variant) => (Number: number, Variant: variant, Case: ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings))))
            .Where(v => IsTried(v.Number, v.Variant)).Select(v => v.Case));

    /// <summary>Poles and overflow in branches that are not taken.</summary>
    [Fact]
    public void What_is_not_chosen_gets_no_gradient() => DeviceCheck.Gradients(DeviceUnderTest.Some(6, ChoiceGradientTests.EmissionCases));
}
