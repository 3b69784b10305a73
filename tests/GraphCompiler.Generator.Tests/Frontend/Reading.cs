using System.Collections.Immutable;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>Compiles a source in memory and reads its graph class.</summary>
static class Reading
{
    const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using GraphCompiler;
        using static GraphCompiler.Ops;

        """;

    static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(GraphAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(BFloat16).Assembly.Location),
    ];

    public static CSharpCompilation Compile(params string[] sources)
        => Compile(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable), sources);

    public static CSharpCompilation Compile(CSharpCompilationOptions options, params string[] sources) => CSharpCompilation.Create(
        "User",
        sources.Select((source, i) => CSharpSyntaxTree.ParseText(Usings + source, path: $"File{i}.cs")),
        References,
        options);

    public static CSharpCompilation Compile(LanguageVersion version, params string[] sources) => CSharpCompilation.Create(
        "Pieces" + Guid.NewGuid().ToString("N"),
        sources.Select((source, i) => CSharpSyntaxTree.ParseText(Usings + source, new CSharpParseOptions(version), path: $"File{i}.cs")),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Annotations));

    /// <summary>Reads the class with [Graph]; there must be one.</summary>
    public static ModelReading Read(Compilation compilation, CancellationToken cancellation = default)
    {
        var type = GraphClasses(compilation).First();
        return ModelReader.Read(compilation, type, cancellation);
    }

    public static IEnumerable<INamedTypeSymbol> GraphClasses(Compilation compilation) =>
        from tree in compilation.SyntaxTrees
        from declaration in tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
        where declaration.AttributeLists.SelectMany(list => list.Attributes).Any(a => a.Name.ToString() == "Graph")
        select compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration) as INamedTypeSymbol;

    /// <summary>The model of a source that the C# compiler and the reader both accept.</summary>
    public static Model Accept(params string[] sources)
    {
        var compilation = Compile(sources);
        // The generated part gives the class its constructor with arguments; sources here do not call it.
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        var reading = Read(compilation);
        Assert.Empty(reading.Diagnostics.Select(d => d.ToString()));
        return Assert.IsType<Model>(reading.Model);
    }

    /// <summary>The model of a graph class with these members.</summary>
    public static Model AcceptMembers(string members, string others = "") => Accept(InClass(members, others));

    public static string InClass(string members, string others = "") => $$"""
        {{others}}
        [Graph]
        public sealed partial class Net
        {
        {{members}}
        }
        """;

    /// <summary>The printed graph of the first method.</summary>
    public static string GraphOf(string members, string others = "") => AcceptMembers(members, others).Methods[0].Graph.ToString();

    /// <summary>
    /// Reads a source in which [|...|] marks the place of the one expected diagnostic, and gives that diagnostic.
    /// </summary>
    public static DiagnosticInfo Reject(string id, string marked, CSharpCompilationOptions? options = null)
    {
        int start = marked.IndexOf("[|", StringComparison.Ordinal), end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        Assert.True(start >= 0 && end >= start, "The source marks no place.");
        string source = marked.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        var compilation = options is null ? Compile(source) : Compile(options, source);
        var reading = Read(compilation);
        string all = string.Join("\n", reading.Diagnostics);
        Assert.True(reading.Diagnostics.Count == 1, $"Expected one {id}, got:\n{all}");
        var diagnostic = reading.Diagnostics[0];
        Assert.True(diagnostic.Descriptor.Id == id, $"Expected {id}, got:\n{all}");
        var text = compilation.SyntaxTrees.First().GetText();
        var expected = TextSpan.FromBounds(start + Usings.Length, end + Usings.Length);
        Assert.True(diagnostic.Location.Span == expected, $"Expected {id} at '{text.ToString(expected)}', got it at '{text.ToString(diagnostic.Location.Span)}':\n{all}");
        Assert.Equal("File0.cs", diagnostic.Location.Path);
        Assert.Equal(text.Lines.GetLinePositionSpan(expected), diagnostic.Location.Lines);
        if (diagnostic.IsError && diagnostic.Descriptor != Descriptors.UnusedParameter)
            Assert.Null(reading.Model);
        return diagnostic;
    }

    public static DiagnosticInfo RejectMembers(string id, string members, string others = "") => Reject(id, InClass(members, others));
}
