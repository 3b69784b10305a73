using BenchmarkDotNet.Attributes;
using GraphCompiler.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GraphCompiler.Benchmarks;

/// <summary>
/// What the generator costs in a compiler that has run it before: a model from nothing, and the two edits that a person
/// makes most. An edit elsewhere, or of a comment, must find everything as it was.
/// </summary>
public class GeneratorBenchmarks
{
    const string Usings = "using System; using System.Collections.Generic; using System.Linq;\n";
    const string Elsewhere = "static class Elsewhere { public static int Number() => ";

    CSharpCompilation compilation = null!;
    GeneratorDriver driver = null!;
    SyntaxTree elsewhere = null!, model = null!;
    int edits;

    const string Deep = "Transformer of 48 layers", Blocks = "Enumerable.Range(0, 12)", Many = "40 transformers", Namespace = "namespace Sources;";

    /// <summary>A file of Sources: the sample's model, or twelve transformer blocks; or the same with 48; or 40 files like it.</summary>
    [Params("DigitClassifier", "Transformer", Deep, Many)]
    public string Model { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        string source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sources", (Model is Deep or Many ? "Transformer" : Model) + ".cs"));
        if (Model == Deep)
            source = source.Contains(Blocks, StringComparison.Ordinal) ? source.Replace(Blocks, "Enumerable.Range(0, 48)", StringComparison.Ordinal)
                : throw new InvalidOperationException("The source has no blocks to multiply.");
        model = CSharpSyntaxTree.ParseText(Usings + source, path: Model + ".cs");
        elsewhere = CSharpSyntaxTree.ParseText(Elsewhere + "0; }", path: "Elsewhere.cs");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "GraphCompiler.dll" or "GraphCompiler.Kernels.dll" or "netstandard.dll" or "mscorlib.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var others = Enumerable.Range(1, Model == Many ? 39 : 0).Select(i => CSharpSyntaxTree.ParseText(
            Usings + (source.Contains(Namespace, StringComparison.Ordinal) ? source.Replace(Namespace, $"namespace Sources{i};", StringComparison.Ordinal)
                : throw new InvalidOperationException("The source has no namespace of its own.")), path: $"{Model}{i}.cs"));
        compilation = CSharpCompilation.Create("User", [model, elsewhere, .. others], references, new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

        // A compiler has bound the user's code before it asks the generator again.
        _ = compilation.GetDiagnostics();
        driver = NewDriver().RunGenerators(compilation);
        var result = driver.GetRunResult();
        if (result.GeneratedTrees.Count(t => Path.GetFileName(t.FilePath) != "Sources of modules.g.cs") != (Model == Many ? 40 : 1) || result.Diagnostics.Length > 0)
            throw new InvalidOperationException($"The generator says: {string.Join("; ", result.Diagnostics)}");
    }

    static CSharpGeneratorDriver NewDriver() => CSharpGeneratorDriver.Create(new ModelGenerator());

    /// <summary>Everything, by a driver that remembers nothing.</summary>
    [Benchmark]
    public GeneratorDriver Generate() => NewDriver().RunGenerators(compilation);

    /// <summary>A number in another file has changed.</summary>
    [Benchmark]
    public GeneratorDriver UnrelatedEdit()
    {
        var edited = CSharpSyntaxTree.ParseText($"{Elsewhere}{++edits}; }}", path: "Elsewhere.cs");
        return driver.RunGenerators(compilation.ReplaceSyntaxTree(elsewhere, edited));
    }

    /// <summary>A comment is added above the model, which moves all of its lines.</summary>
    [Benchmark]
    public GeneratorDriver CommentEdit()
    {
        var edited = CSharpSyntaxTree.ParseText($"// {++edits}\n{model}", path: model.FilePath);
        return driver.RunGenerators(compilation.ReplaceSyntaxTree(model, edited));
    }
}
