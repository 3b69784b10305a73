using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// The sources of everything that a project's graphs may be made of: the project's own and those of the modules in the
/// assemblies that it references. A symbol of such an assembly is replaced by its counterpart in the sources wherever the
/// evaluation meets one (<see cref="Source"/>), so that a type or member has one symbol, wherever it is used from.
/// </summary>
internal sealed class ModuleLibraries
{
    static readonly ConditionalWeakTable<Compilation, ModuleLibraries> Known = new();

    readonly Compilation compilation;
    readonly Lazy<Dictionary<string, (MetadataReference Reference, IAssemblySymbol Assembly)>> references;
    readonly ConcurrentDictionary<string, (ModuleLibrary? Library, string? Reason)> libraries = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<ISymbol, ISymbol> found = new(SymbolEqualityComparer.Default);

    ModuleLibraries(Compilation compilation)
    {
        this.compilation = compilation;
        references = new(() => ByName(compilation));
    }

    public static ModuleLibraries Of(Compilation compilation) => Known.GetValue(compilation, static c => new ModuleLibraries(c));

    /// <summary>Whether code is not the project's own.</summary>
    public bool IsForeign(SyntaxTree tree) => !compilation.ContainsSyntaxTree(tree);

    /// <summary>Whether a type is the project's own, or one that no sources are known of.</summary>
    public bool IsOwn(ITypeSymbol type) => type.ContainingAssembly is not { } assembly || SymbolEqualityComparer.Default.Equals(assembly, compilation.Assembly)
        || (!IsRead(assembly) && compilation.GetMetadataReference(assembly) is not null && SymbolEqualityComparer.Default.Equals(Source(type), type));

    /// <summary>Whether a type or member, as <see cref="Source"/> gives it, has code that can be evaluated.</summary>
    public bool HasSource(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Length > 0 && IsRead(symbol.ContainingAssembly);

    /// <summary>A type or member as the sources declare it; as it is where there are none.</summary>
    public T Source<T>(T symbol)
        where T : class, ISymbol
    {
        if (symbol.ContainingAssembly is null || IsRead(symbol.ContainingAssembly))
            return symbol;
        var source = found.GetOrAdd(symbol.OriginalDefinition, definition => LibraryOf(definition.ContainingAssembly).Library?.Find(definition) ?? definition);
        return SymbolEqualityComparer.Default.Equals(source, symbol.OriginalDefinition) ? symbol : WithArgumentsOf(symbol, source) as T ?? symbol;
    }

    /// <summary>A definition with the type arguments that a symbol of it has, on itself and on the types around it.</summary>
    ISymbol WithArgumentsOf(ISymbol symbol, ISymbol definition)
    {
        if (SymbolEqualityComparer.Default.Equals(symbol, symbol.OriginalDefinition))
            return definition;
        if (symbol.ContainingType is { IsGenericType: true } container)
        {
            var around = (INamedTypeSymbol)WithArgumentsOf(container, definition.ContainingType);
            definition = around.GetMembers(definition.Name).FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, definition)) ?? definition;
        }
        return (symbol, definition) switch
        {
            (INamedTypeSymbol { Arity: > 0 } type, INamedTypeSymbol generic) => generic.Construct([.. type.TypeArguments.Select(Source)]),
            (IMethodSymbol { Arity: > 0 } method, IMethodSymbol generic) => generic.Construct([.. method.TypeArguments.Select(Source)]),
            _ => definition,
        };
    }

    /// <summary>Whether two symbols are of one declaration, whichever project they were seen from.</summary>
    public bool IsSame(ISymbol a, ISymbol b)
    {
        a = Source(a.OriginalDefinition);
        b = Source(b.OriginalDefinition);
        return SymbolEqualityComparer.Default.Equals(a, b)
            || (!HasSource(a) && !HasSource(b) && a.Name == b.Name && a.ContainingAssembly?.Name == b.ContainingAssembly?.Name
                && DocumentationCommentId.CreateDeclarationId(a) == DocumentationCommentId.CreateDeclarationId(b));
    }

    /// <summary>Why the code of a type or member of another assembly is not at hand; null where that has no remedy.</summary>
    public string? ReasonFor(ISymbol symbol) => symbol.ContainingAssembly is { } assembly && !IsRead(assembly) ? LibraryOf(assembly).Reason : null;

    /// <summary>The operations of a piece of code; null where they are not known, or the code is the project's own.</summary>
    public IOperation? OperationOf(SyntaxNode syntax, CancellationToken cancellation) => LibraryWith(syntax.SyntaxTree)?.OperationOf(syntax, cancellation);

    /// <summary>The library that code belongs to, and what its compilation says about it; null where it says nothing.</summary>
    public string? ErrorAround(SyntaxNode syntax, CancellationToken cancellation) =>
        LibraryWith(syntax.SyntaxTree) is { } library && library.ErrorAround(syntax, cancellation) is { } error ? $"in '{library.Assembly.Name}' it says {error}" : null;

    ModuleLibrary? LibraryWith(SyntaxTree tree) => libraries.Values.Select(l => l.Library).FirstOrDefault(l => l?.Contains(tree) == true);

    bool IsRead(IAssemblySymbol? assembly) => SymbolEqualityComparer.Default.Equals(assembly, compilation.Assembly)
        || (assembly is not null && libraries.TryGetValue(assembly.Name, out var known) && known.Library is { } library
            && SymbolEqualityComparer.Default.Equals(library.Assembly, assembly));

    (ModuleLibrary? Library, string? Reason) LibraryOf(IAssemblySymbol assembly) => libraries.GetOrAdd(assembly.Name, Load);

    (ModuleLibrary? Library, string? Reason) Load(string name)
    {
        if (!references.Value.TryGetValue(name, out var found))
            return default;
        var (reference, assembly) = found;
        if (name == LanguageTypes.Namespace)
            return (ModuleLibrary.For(reference, name, BuiltInModules.Sources, [reference, .. KnownTo(BuiltInModules.Sources, name)]), null);
        if (!ReferencesOf(assembly).Contains(LanguageTypes.Namespace))
            return default;
        if (CarriedSourcesReader.From(assembly, out int format) is { } sources)
            return (ModuleLibrary.For(reference, name, sources, [.. KnownTo(sources, name)]), null);
        return (null, format == 0
            ? $"'{name}' was compiled without the sources of its modules, which graphs are made from: reference GraphCompiler.Generator as an analyzer in the project of '{name}', as in this one, and compile it again"
            : $"'{name}' carries the sources of its modules in format {format}, and this version of GraphCompiler reads format {CarriedSources.Format}: use the same version in both projects");
    }

    /// <summary>
    /// The references that a library was compiled against: fewer than the project has, so that its names mean what they meant
    /// and it stays when others of these change.
    /// </summary>
    IEnumerable<MetadataReference> KnownTo(CarriedSources sources, string library) => compilation.References.Where(r =>
        compilation.GetAssemblyOrModuleSymbol(r) is IAssemblySymbol { Name: var name } && name != library && sources.Know(name));

    static IEnumerable<string> ReferencesOf(IAssemblySymbol assembly) => assembly.Modules.SelectMany(m => m.ReferencedAssemblies).Select(a => a.Name);

    static Dictionary<string, (MetadataReference, IAssemblySymbol)> ByName(Compilation compilation)
    {
        var byName = new Dictionary<string, (MetadataReference, IAssemblySymbol)>(StringComparer.Ordinal);
        foreach (var reference in compilation.References)
        {
            if (compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly)
                byName[assembly.Name] = (reference, assembly);
        }
        return byName;
    }
}
