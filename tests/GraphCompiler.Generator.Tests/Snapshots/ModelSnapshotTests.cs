using GraphCompiler.Generator.Tests.Pipeline;
using Xunit;

namespace GraphCompiler.Generator.Tests.Snapshots;

/// <summary>The whole generated file of the sample's model.</summary>
public sealed class ModelSnapshotTests
{
    /// <summary>The sample's own source.</summary>
    internal static string DigitClassifier() => File.ReadAllText(Path.Combine(Repository.Root, "samples/Digits/DigitClassifier.cs"));

    [Fact]
    public void Digits() => Snapshot.Verify(Assert.Single(GeneratorRun.Accept(DigitClassifier())));
}
