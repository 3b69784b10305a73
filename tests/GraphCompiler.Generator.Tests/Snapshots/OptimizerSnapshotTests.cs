using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Snapshots;

/// <summary>What is emitted for the optimizer that docs/optimizers.md shows; that it is right, the tests that train with it show.</summary>
public sealed class OptimizerSnapshotTests
{
    static string Lion()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests/reference/Lion.cs"));
        return source[source.IndexOf("namespace", StringComparison.Ordinal)..].Replace("GraphCompiler.Tests.Optimizers;", "Example;", StringComparison.Ordinal)
            .Replace("        get;\n        init => field = Fraction(value);\n", "        get;\n        init;\n", StringComparison.Ordinal);
    }

    [Fact]
    public void Cpu() => Snapshot.Verify(OptimizerEmitter.Emit(OptimizerTests.Read(Lion()).Model!, default));

    [Fact]
    public void Devices() => Snapshot.Verify(OptimizerEmitter.EmitForDevices(OptimizerTests.Read(Lion()).Model!, default));
}
