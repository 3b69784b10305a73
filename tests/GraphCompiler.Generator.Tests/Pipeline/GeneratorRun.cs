using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>Runs the whole generator on sources, as the C# compiler would.</summary>
internal static class GeneratorRun
{
    const string Usings = """
        using GraphCompiler;
        using static GraphCompiler.Ops;

        """;

    static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll" or "GraphCompiler.dll" or "GraphCompiler.Kernels.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>A consumer's project: every warning is an error, nothing is imported but what the sources import.</summary>
    public static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create(
        "Consumer",
        sources.Select((source, i) => Parse(source, $"File{i}.cs")),
        References,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable,
            generalDiagnosticOption: ReportDiagnostic.Error, warningLevel: 9999));

    /// <summary>A project with implicit usings, whose warnings are warnings.</summary>
    public static CSharpCompilation CompileLikeAProject(string source) => CSharpCompilation.Create(
        "Consumer",
        [Parse("global using System; global using System.Collections.Generic; global using System.Linq;", "Usings.cs"), Parse(source, "File.cs")],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new ModelGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static GeneratorRunResult Run(Compilation compilation) => Driver().RunGenerators(compilation).GetRunResult().Results[0];

    /// <summary>The generated files of sources that have no fault, the compiler's opinion of them included.</summary>
    public static ImmutableArray<string> Accept(params string[] sources)
    {
        var compilation = Compile(sources);
        var driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var diagnostics);
        Assert.Empty(diagnostics);
        var files = driver.GetRunResult().Results[0].GeneratedSources.Select(s => s.SourceText.ToString()).ToImmutableArray();
        Assert.NotEmpty(files);
        string Show(Diagnostic d) => d.Location.SourceTree is { } tree ? $"{d}: {tree.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim()}"
            : d.ToString();
        // The sources here document nothing themselves.
        bool Counts(Diagnostic d) => d.Severity >= DiagnosticSeverity.Warning && !(d.Id == "CS1591" && compilation.SyntaxTrees.Contains(d.Location.SourceTree!));
        using var assembly = new MemoryStream();
        var faults = updated.Emit(assembly).Diagnostics.Concat(updated.GetDiagnostics()).Where(Counts).Select(Show).Distinct().ToList();
        Assert.True(faults.Count == 0, string.Join("\n", faults.Take(10)));
        return files;
    }

    /// <summary>All errors of sources, the generator's and the C# compiler's.</summary>
    public static ImmutableArray<Diagnostic> Faults(params string[] sources)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compile([.. sources.Select(source => Usings + source)]), out var updated, out var diagnostics);
        return [.. diagnostics.Concat(updated.GetDiagnostics()).Where(d => d.Severity == DiagnosticSeverity.Error && d.Id != "CS1591")];
    }

    /// <summary>A source with one graph class of these members.</summary>
    public static string Net(string members, string attributes = "Graph") => $$"""
        {{Usings}}
        namespace Example;

        [{{attributes}}]
        public sealed partial class Net
        {
            {{members}}
        }
        """;
}
