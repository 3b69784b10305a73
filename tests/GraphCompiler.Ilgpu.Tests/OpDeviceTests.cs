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

    /// <summary>Of a case's sizes the constant one, and by turns one of the named ones: compiling is what takes the time here.</summary>
    static bool IsTried(int number, int variant) => variant == 0 || (!DeviceUnderTest.IsSlow && variant == 1 + (number % 3));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Values_and_gradients_agree(int first) => DeviceCheck.Gradients(
        Enumerable.Range(first, Math.Min(CasesInBlock, OpCases.All.Count - first))
            .SelectMany(number => OpTests.Variants(number)
                .Select((v, variant) => (Number: number, Variant: variant, Case: ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings))))
            .Where(v => IsTried(v.Number, v.Variant)).Select(v => v.Case));

    /// <summary>Poles and overflow in branches that are not taken.</summary>
    [Fact]
    public void What_is_not_chosen_gets_no_gradient() => DeviceCheck.Gradients(
        ChoiceGradientTests.EmissionCases.Where((_, i) => !DeviceUnderTest.IsSlow || i % 6 == 0));
}
