using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Integers are computed as integers, exactly, on the CPU.</summary>
public class IntegerEmissionTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(37)]
    [InlineData(196)]
    public void Integers_are_computed_as_CSharp_computes_them(int count) => IntegerCases.Check([count]);
}
