using GraphCompiler.Generator.Tests.Snapshots;
using Microsoft.CodeAnalysis;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>The generator under a user who is still typing.</summary>
public sealed class BrokenSourceTests
{
    static void Survives(GeneratorDriver driver, string source)
    {
        var result = driver.RunGenerators(GeneratorRun.Compile(source)).GetRunResult();
        Assert.Null(result.Results[0].Exception);
        Assert.DoesNotContain(result.Diagnostics, d => d.Id is "GC9999" or "CS8785" or "CS8784");
    }

    [Fact]
    public void Truncated_sources()
    {
        const int Positions = 60;
        string source = ModelSnapshotTests.DigitClassifier();
        var driver = GeneratorRun.Driver();
        for (int i = 0; i < Positions; i++)
            Survives(driver, source[..(source.Length * i / Positions)]);
    }

    [Theory]
    [InlineData("[Graph] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; } [Graph] partial class Net { }")]
    [InlineData("[Graph] [Graph] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; } partial class Net { }")]
    [InlineData("[Graph] class Net { public Tensor F([Shape(2)] Tensor x) => x; } [Graph] class Net { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; } [Graph] partial class Net<T> { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph] partial class Größe { public Tensor Länge([Shape(2)] Tensor größe) => größe; }")]
    [InlineData("class Outer<T> { [Graph] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; } }")]
    [InlineData("[Graph] delegate void F(); [Graph] enum E { } [Graph] struct S { }")]
    public void Odd_declarations(string source) => Survives(GeneratorRun.Driver(), "using GraphCompiler; using static GraphCompiler.Ops;\n" + source);
}
