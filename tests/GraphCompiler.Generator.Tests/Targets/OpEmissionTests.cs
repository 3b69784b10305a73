using GraphCompiler.Generator.Tests.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Every operation's cases, emitted, compiled and run, against the oracle.</summary>
public class OpEmissionTests
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
    /// Of a case's sizes all at the widest vectors of the machine; where narrower ones are asked for, the constant size, and by turns
    /// one of the named ones: these runs only repeat the case for other instructions.
    /// </summary>
    static bool IsTried(int number, int variant)
        => variant == 0 || variant == 1 + (number % 3) || Environment.GetEnvironmentVariable("GRAPHCOMPILER_EXPECT_WIDTH") is null;

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Values_and_gradients_agree(int first) => EmissionCheck.Gradients(
    [
        .. Enumerable.Range(first, Math.Min(CasesInBlock, OpCases.All.Count - first))
            .SelectMany(number => OpTests.Variants(number)
                .Select((v, variant) => (Variant: variant, Case: ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings)))
                .Where(v => IsTried(number, v.Variant)).Select(v => v.Case)),
    ]);
}
