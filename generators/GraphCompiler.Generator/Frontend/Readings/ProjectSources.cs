using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// What a compilation was made of: its files, its options and its references. It outlives the compilation, which it does
/// not hold, so that a later one can be compared with it.
/// </summary>
internal sealed class ProjectSources
{
    static readonly ConditionalWeakTable<Compilation, ProjectSources> Known = new();

    readonly ImmutableArray<SyntaxTree> trees;
    readonly HashSet<SyntaxTree> set;
    readonly CompilationOptions options;
    readonly ParseOptions? parseOptions;
    readonly string? assembly;
    readonly ImmutableArray<(object Source, MetadataReferenceProperties Properties)> references;
    readonly Lazy<ILookup<string, DeclaredType>> types;
    readonly Lazy<ImmutableArray<string>> globalNames;
    readonly Lazy<HashSet<string>> namespaces;
    readonly ConditionalWeakTable<ProjectSources, SourceChanges> changes = new();

    ProjectSources(Compilation compilation)
    {
        trees = [.. compilation.SyntaxTrees];
        set = [.. trees];
        options = compilation.Options;
        parseOptions = trees.FirstOrDefault()?.Options;
        assembly = compilation.AssemblyName;
        references = [.. compilation.References.Select(r => (r is CompilationReference { Compilation: CSharpCompilation project } ? (object)Of(project) : r, r.Properties))];
        types = new(() => AllFiles.SelectMany(f => f.Types).SelectMany(t => t).SelectMany(t => t.Names.Select(name => (name, t)))
            .ToLookup(t => t.name, t => t.t, StringComparer.Ordinal));
        globalNames = new(() => [.. trees.SelectMany(t => FileDeclarations.Of(t).GlobalNames)]);
        namespaces = new(() => [.. AllFiles.SelectMany(f => f.Namespaces)]);
    }

    public static ProjectSources Of(Compilation compilation) => Known.GetValue(compilation, static c => new ProjectSources(c));

    /// <summary>The types and parts of types that go by a name, in this project and those that it references as source.</summary>
    public IEnumerable<DeclaredType> TypesNamed(string name) => types.Value[name];

    /// <summary>The declarations of types that may have an attribute of the language, in the order of the source.</summary>
    /// <param name="attribute">Its name without the suffix.</param>
    public IEnumerable<TypeDeclarationSyntax> TypesMarked(string attribute)
    {
        ImmutableArray<string> aliases = [.. trees.SelectMany(t => FileDeclarations.Of(t).GlobalAliases)];
        return trees.SelectMany(t => FileDeclarations.Of(t).TypesMarked(attribute, aliases));
    }

    /// <summary>The identifiers in the project's global usings, which all of its files use.</summary>
    public ImmutableArray<string> GlobalNames => globalNames.Value;

    /// <summary>
    /// The files that declare modules which other projects can use, and the files that these need: those that declare what
    /// an identifier in them may name. In the order of the project.
    /// </summary>
    public ImmutableArray<SyntaxTree> ModuleFiles(CancellationToken cancellation)
    {
        bool hasFriends = trees.Any(t => FileDeclarations.Of(t).HasInternalModules) && trees.Any(t => FileDeclarations.Of(t).Globals.Contains("InternalsVisibleTo"));
        var waiting = new Stack<SyntaxTree>(trees.Where(t => FileDeclarations.Of(t) is var file && (file.HasPublicModules || (hasFriends && file.HasInternalModules))));
        if (waiting.Count == 0)
            return [];
        var needed = new HashSet<SyntaxTree>(waiting);
        var names = new HashSet<string>(GlobalNames, StringComparer.Ordinal);
        void Need(string name)
        {
            foreach (var type in TypesNamed(name).Where(t => set.Contains(t.Syntax.SyntaxTree) && needed.Add(t.Syntax.SyntaxTree)))
                waiting.Push(type.Syntax.SyntaxTree);
        }
        foreach (string name in GlobalNames)
            Need(name);
        while (waiting.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (string name in FileDeclarations.Of(waiting.Pop()).Identifiers.Where(names.Add))
                Need(name);
        }
        return [.. trees.Where(needed.Contains)];
    }

    /// <summary>Whether an attribute of the assembly may have a name.</summary>
    public bool HasAssemblyAttribute(string name) => trees.Any(t => FileDeclarations.Of(t).HasAssemblyAttribute(name));

    /// <summary>The global usings, as they are written, in files other than these.</summary>
    public IEnumerable<string> GlobalUsings(ImmutableArray<SyntaxTree> outside) => trees.Except(outside).SelectMany(t => FileDeclarations.Of(t).GlobalUsings);

    public bool Contains(SyntaxTree tree) => set.Contains(tree);

    /// <summary>What is different from an earlier state.</summary>
    public SourceChanges Since(ProjectSources earlier) => changes.GetValue(earlier, e => Compare(e, this));

    IEnumerable<FileDeclarations> AllFiles => trees.Select(FileDeclarations.Of)
        .Concat(references.Select(r => r.Source).OfType<ProjectSources>().SelectMany(p => p.AllFiles));

    static SourceChanges Compare(ProjectSources old, ProjectSources current)
    {
        if (!old.options.Equals(current.options) || !Equals(old.parseOptions, current.parseOptions) || old.assembly != current.assembly
            || old.references.Length != current.references.Length)
            return SourceChanges.Everything;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (before, after) in old.references.Zip(current.references, (b, a) => (b, a)))
        {
            if (before.Source == after.Source && before.Properties == after.Properties)
                continue;
            if (before.Source is not ProjectSources project || after.Source is not ProjectSources edited || before.Properties != after.Properties
                || edited.Since(project) is not { IsEverything: false } inside)
                return SourceChanges.Everything;
            names.UnionWith(inside.Names);
        }
        foreach (var (before, after) in ChangedFiles(old.trees, current.trees))
        {
            if (!AddNames(old, before is null ? null : FileDeclarations.Of(before), current, after is null ? null : FileDeclarations.Of(after), names))
                return SourceChanges.Everything;
        }
        return new SourceChanges(names);
    }

    /// <summary>
    /// The files that differ, each with what it became: beside what is equal at both ends, files are paired by their
    /// places, or where some came or went, by their paths.
    /// </summary>
    static IEnumerable<(SyntaxTree? Before, SyntaxTree? After)> ChangedFiles(ImmutableArray<SyntaxTree> old, ImmutableArray<SyntaxTree> current)
    {
        if (old.Length == current.Length)
            return old.Zip(current, (b, a) => ((SyntaxTree?)b, (SyntaxTree?)a)).Where(pair => pair.Item1 != pair.Item2);
        HashSet<SyntaxTree> before = [.. old], after = [.. current];
        // The parts of a type stand in the order of their files, so files that changed places count as changed.
        if (old.Where(after.Contains).SequenceEqual(current.Where(before.Contains)))
        {
            before.ExceptWith(current);
            after.ExceptWith(old);
        }
        var pairs = new List<(SyntaxTree?, SyntaxTree?)>();
        foreach (var tree in before)
        {
            var successor = after.FirstOrDefault(t => t.FilePath == tree.FilePath);
            if (successor is not null)
                after.Remove(successor);
            pairs.Add((tree, successor));
        }
        return pairs.Concat(after.Select(t => ((SyntaxTree?)null, (SyntaxTree?)t)));
    }

    /// <summary>Adds the names that mean something else now; false where everything may.</summary>
    static bool AddNames(ProjectSources old, FileDeclarations? before, ProjectSources current, FileDeclarations? after, HashSet<string> names)
    {
        if ((before?.Globals ?? "") != (after?.Globals ?? ""))
            return false;
        if (before?.HasStatements != after?.HasStatements)
            names.Add("Program");
        bool isSameContext = before?.Imports == after?.Imports;
        foreach (string name in new[] { before, after }.SelectMany(f => f?.Types.Select(t => t.Key) ?? []).Distinct())
        {
            DeclaredType[] was = [.. before?.Types[name] ?? []], now = [.. after?.Types[name] ?? []];
            if (isSameContext && was.Length == now.Length && was.Zip(now, (a, b) => a.IsLike(b)).All(same => same))
                continue;
            foreach (var type in was.Concat(now))
            {
                if (type.IsUsedUnnamed)
                    return false;
                names.UnionWith(type.Names);
            }
        }
        string[] spaces = [.. before?.Namespaces ?? []], spacesNow = [.. after?.Namespaces ?? []];
        foreach (string space in spaces.Except(spacesNow).Concat(spacesNow.Except(spaces)))
        {
            if (old.namespaces.Value.Contains(space) != current.namespaces.Value.Contains(space))
                names.Add(space.Substring(space.LastIndexOf('.') + 1));
        }
        return true;
    }
}

/// <summary>The names whose meaning may have changed between two states of a project.</summary>
internal sealed class SourceChanges(HashSet<string>? names)
{
    public static SourceChanges Everything { get; } = new(null);

    public bool IsEverything => names is null;

    public IEnumerable<string> Names => names ?? Enumerable.Empty<string>();

    public bool Touch(HashSet<string> used) => names is null || names.Overlaps(used);
}
