using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace GraphCompiler.Generator.Tests;

/// <summary>
/// The rooms of the generator, and what each may use of the others: whatever a name in a file means is declared in a file
/// of an allowed room. docs/architecture.md has the same list.
/// </summary>
public sealed class RoomTests
{
    const string Roslyn = "Roslyn", Root = "the generator itself", Contracts = "kernels/Contracts";

    /// <summary>A room is a folder, with those in it that are no rooms of their own; what a room may use beside itself.</summary>
    static readonly Dictionary<string, string[]> Rooms = new()
    {
        [Contracts] = [],
        ["Graph"] = [Contracts],
        ["Language"] = ["Graph"],
        ["Model"] = ["Graph"],
        ["Passes"] = [Contracts, "Graph", "Model"],
        ["Targets/Common"] = ["Graph", "Model", "Passes"],
        ["Targets/Cpu"] = [Contracts, "Graph", "Model", "Passes", "Targets/Common"],
        ["Targets/Ilgpu"] = [Contracts, "Graph", "Model", "Passes", "Targets/Common"],
        ["Targets/Report"] = ["Graph", "Model", "Passes", "Targets/Common"],
        ["Targets"] = ["Graph", "Model", "Passes", "Targets/Common", "Targets/Cpu", "Targets/Ilgpu", "Targets/Report"],
        ["Diagnostics"] = ["Graph", "Targets/Common", Roslyn],
        ["Frontend"] = [Contracts, "Graph", "Language", "Model", "Passes", "Targets/Common", "Diagnostics", Roslyn],
        [Root] = ["Graph", "Model", "Targets/Common", "Targets", "Diagnostics", "Frontend", Roslyn],
    };

    static readonly string Generator = Path.Combine(Repository.Root, "generators/GraphCompiler.Generator");

    /// <summary>The uses that are found: which file, of which room.</summary>
    static readonly Lazy<HashSet<(string File, string Room)>> Uses = new(FindUses);

    public static TheoryData<string> Names => [.. Rooms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_room_uses_only_what_it_may(string room)
    {
        string[] allowed = [.. Rooms[room], room];
        Assert.DoesNotContain(Uses.Value, use => RoomOf(use.File) == room && !allowed.Contains(use.Room));
    }

    /// <summary>Of the files beside the rooms, one is the generator that the compiler calls; the others do not know it.</summary>
    [Fact]
    public void Beside_the_rooms_only_the_generator_touches_the_compiler() =>
        Assert.Equal(["ModelGenerator.cs"], Uses.Value.Where(use => RoomOf(use.File) == Root && use.Room == Roslyn).Select(use => use.File));

    /// <summary>What is allowed is used, so the list says no more than is true.</summary>
    [Fact]
    public void What_is_allowed_is_used()
    {
        var used = Uses.Value.Select(use => (From: RoomOf(use.File), To: use.Room)).ToHashSet();
        Assert.All(Rooms.SelectMany(room => room.Value.Select(other => (From: room.Key, To: other))), pair => Assert.Contains(pair, used));
    }

    [Fact]
    public void The_architecture_has_the_same_list()
    {
        var rows = Architecture.Split('\n').SkipWhile(line => !line.StartsWith("| Room ", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')).ToList();
        Assert.Equal(
            Rooms.Select(room => (room.Key, Uses: room.Value.Length == 0 ? "nothing" : string.Join(", ", room.Value))),
            rows.Select(row => (row[1].Trim().Replace("`", "", StringComparison.Ordinal), row[3].Trim().Replace("`", "", StringComparison.Ordinal))));
    }

    /// <summary>The page names every pass, in the order of their numbers where it numbers them.</summary>
    [Fact]
    public void The_architecture_names_the_passes()
    {
        string compile = File.ReadAllText(Path.Combine(Generator, "Passes/Compile.cs"));
        string section = Architecture[Architecture.IndexOf("## Passes", StringComparison.Ordinal)..Architecture.IndexOf("## Targets", StringComparison.Ordinal)];
        Assert.Equal(
            Regex.Matches(compile, @"\b(\w+)\.Run\(").Select(m => m.Groups[1].Value).Distinct().Order(),
            Regex.Matches(section, @"\*\*(\w+)\*\*").Select(m => m.Groups[1].Value).Order());
        Assert.All(Regex.Matches(section, @"(?m)^(\d+)\. ").Select((m, i) => (m.Groups[1].Value, i + 1)),
            n => Assert.Equal(n.Item1, n.Item2.ToString(CultureInfo.InvariantCulture)));
    }

    static string Architecture => File.ReadAllText(Path.Combine(Repository.Root, "docs/architecture.md"));

    static HashSet<(string File, string Room)> FindUses()
    {
        var trees = FilesOf(Generator).Concat(FilesOf(Path.Combine(Repository.Root, Contracts)).Select(f => (f.Path, Name: Contracts + "/" + f.Name)))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.Path), path: file.Name)).ToList();
        var implicitUsings =
            CSharpSyntaxTree.ParseText(
            "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Rooms", [.. trees, implicitUsings], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        Assert.DoesNotContain(compilation.GetDeclarationDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        var uses = new HashSet<(string, string)>();
        foreach (var tree in trees)
        {
            var semantics = compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (semantics.GetSymbolInfo(name).Symbol is { } symbol && symbol is not INamespaceSymbol && RoomOf(symbol) is { } room)
                    uses.Add((tree.FilePath, room));
            }
        }
        return uses;
    }

    static IEnumerable<(string Path, string Name)> FilesOf(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Select(path => (path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
        .Where(file => !file.Name.StartsWith("bin/", StringComparison.Ordinal) && !file.Name.StartsWith("obj/", StringComparison.Ordinal));

    /// <summary>The room that declares what a name means; null where it is .NET's.</summary>
    static string? RoomOf(ISymbol symbol) => symbol.DeclaringSyntaxReferences is [var declaration, ..]
        ? RoomOf(declaration.SyntaxTree.FilePath)
        : symbol.ContainingAssembly?.Name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true ? Roslyn : null;

    static string RoomOf(string file) => Rooms.Keys.Where(room => file.StartsWith(room + "/", StringComparison.Ordinal)).MaxBy(room => room.Length) ?? Root;
}
