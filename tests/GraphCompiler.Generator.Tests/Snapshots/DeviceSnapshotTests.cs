using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Tests.Pipeline;
using Xunit;

namespace GraphCompiler.Generator.Tests.Snapshots;

/// <summary>What is emitted for devices where a project references GraphCompiler.Ilgpu; that it compiles, the tests that run it show.</summary>
public sealed class DeviceSnapshotTests
{
    [Fact]
    public void Digits()
    {
        var compilation = GeneratorRun.Compile(ModelSnapshotTests.DigitClassifier());
        var model = ModelReader.Read(compilation, compilation.GetTypeByMetadataName("Digits.DigitClassifier")!, default).Model!;
        string text = ModelEmitter.Emit(model, forDevices: true, default);
        Snapshot.Verify(text[text.IndexOf("namespace GraphCompiler.Emitted.Digits_DigitClassifier.Devices", StringComparison.Ordinal)..]);
    }
}
