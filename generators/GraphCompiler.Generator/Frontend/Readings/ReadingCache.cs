using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// Readings of classes marked with an attribute that still hold. The pipeline asks for each class again after every edit of any file, as its
/// meaning may depend on all of them; but what a reading came from is known:
/// <list type="bullet">
/// <item>the files whose code was interpreted or mentioned in a diagnostic, which must be the same objects;</item>
/// <item>what the identifiers in those files mean, and so what the declarations of these names look like from outside, and
/// what the identifiers in these mean, and so on. An edit inside a body changes no such look; another one does so for some
/// names (<see cref="SourceChanges"/>), and concerns the readings that depend on them;</item>
/// <item>options, references (and with them the sources of other assemblies' modules) and global usings, which concern all.</item>
/// </list>
/// Readings hang on the tree of their class and go with it; none holds a compilation.
/// </summary>
/// <param name="attribute">The attribute, without its suffix.</param>
/// <param name="read">Reads a class, and adds the files that it looked into.</param>
internal sealed class ReadingCache<TReading>(string attribute, Func<Compilation, INamedTypeSymbol, CancellationToken, HashSet<SyntaxTree>, TReading> read)
    where TReading : class, IReading
{
    readonly ConditionalWeakTable<SyntaxTree, Dictionary<int, Entry>> entries = new();
    int count;

    /// <summary>How many classes were really read.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>The readings of all marked classes of a project, in the order of the source.</summary>
    public IEnumerable<TReading> Read(Compilation compilation, CancellationToken cancellation)
    {
        var sources = ProjectSources.Of(compilation);
        var readings = ImmutableArray.CreateBuilder<TReading>();
        foreach (var declaration in sources.TypesMarked(attribute))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Read(compilation, sources, declaration, cancellation) is { } reading)
                readings.Add(reading);
        }
        return readings.ToImmutable();
    }

    TReading? Read(Compilation compilation, ProjectSources sources, TypeDeclarationSyntax declaration, CancellationToken cancellation)
    {
        var known = entries.GetValue(declaration.SyntaxTree, static _ => []);
        Entry? entry;
        lock (known)
            known.TryGetValue(declaration.SpanStart, out entry);
        if (entry?.Sources == sources)
            return entry.Reading;
        entry = entry?.Holds(sources) == true ? entry.At(sources) : ReadAnew(compilation, sources, declaration, cancellation);
        lock (known)
            known[declaration.SpanStart] = entry;
        return entry.Reading;
    }

    Entry ReadAnew(Compilation compilation, ProjectSources sources, TypeDeclarationSyntax declaration, CancellationToken cancellation)
    {
        var trees = new HashSet<SyntaxTree> { declaration.SyntaxTree };
        TReading? reading = null;
        if (compilation.GetSemanticModel(declaration.SyntaxTree).GetDeclaredSymbol(declaration, cancellation) is INamedTypeSymbol type)
        {
            trees.UnionWith(type.DeclaringSyntaxReferences.Select(r => r.SyntaxTree));
            if (IsFirstDeclaration(type, declaration, cancellation))
            {
                Interlocked.Increment(ref count);
                reading = read(compilation, type, cancellation, trees);
                var paths = new HashSet<string>(reading.Diagnostics.Select(d => d.Location.Path), StringComparer.Ordinal);
                trees.UnionWith(compilation.SyntaxTrees.Where(t => paths.Contains(t.FilePath)));
            }
        }
        return new Entry(reading, [.. trees.Where(sources.Contains)], sources);
    }

    /// <summary>Whether a class is marked, here first: one whose parts are marked twice, which the C# compiler reports, is still one class.</summary>
    bool IsFirstDeclaration(INamedTypeSymbol type, TypeDeclarationSyntax declaration, CancellationToken cancellation) =>
        type.GetAttributes().FirstOrDefault(a => LanguageTypes.IsAttribute(a, attribute))?.ApplicationSyntaxReference?.GetSyntax(cancellation)
            .FirstAncestorOrSelf<TypeDeclarationSyntax>() == declaration;

    /// <summary>A reading (none, where a class is not marked after all), what it came from, and the latest state of the project in which it is known to hold.</summary>
    sealed class Entry
    {
        readonly ImmutableArray<SyntaxTree> trees;
        readonly Lazy<HashSet<string>> names;

        public Entry(TReading? reading, ImmutableArray<SyntaxTree> trees, ProjectSources sources)
            : this(reading, trees, sources, new Lazy<HashSet<string>>(() => NamesUsed(trees, sources)))
        {
        }

        Entry(TReading? reading, ImmutableArray<SyntaxTree> trees, ProjectSources sources, Lazy<HashSet<string>> names)
        {
            Reading = reading;
            Sources = sources;
            this.trees = trees;
            this.names = names;
        }

        public TReading? Reading { get; }

        public ProjectSources Sources { get; }

        public Entry At(ProjectSources sources) => Sources == sources ? this : new Entry(Reading, trees, sources, names);

        public bool Holds(ProjectSources sources) =>
            Sources == sources || (trees.All(sources.Contains) && !sources.Since(Sources).Touch(names.Value));

        static HashSet<string> NamesUsed(ImmutableArray<SyntaxTree> trees, ProjectSources sources)
        {
            var names = new HashSet<string>(sources.GlobalNames.Concat(ClassRules.NamespacesAndKeywords), StringComparer.Ordinal);
            foreach (var tree in trees)
                names.UnionWith(FileDeclarations.Of(tree).Identifiers);
            var waiting = new Stack<string>(names);
            var visited = new HashSet<DeclaredType>();
            while (waiting.Count > 0)
            {
                foreach (var type in sources.TypesNamed(waiting.Pop()).Where(visited.Add))
                {
                    foreach (string name in type.File.NamesIn(type).Where(names.Add))
                        waiting.Push(name);
                }
            }
            return names;
        }
    }
}
