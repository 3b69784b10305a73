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
/// The modules of one referenced assembly, compiled anew from their sources: a project of its own, in which names mean what
/// they meant to the library, whatever the project that uses it declares or imports. It is bound once and shared by all
/// readings, also of later states of the project, as long as the references stay.
/// </summary>
internal sealed class ModuleLibrary
{
    /// <summary>Sets of references that one assembly is kept for: projects of a solution differ in them.</summary>
    const int MaximumKept = 4;

    static readonly ConditionalWeakTable<MetadataReference, List<(ImmutableArray<MetadataReference> References, ModuleLibrary Library)>> Known = new();

    readonly CSharpCompilation compilation;
    readonly ConcurrentDictionary<SyntaxTree, SemanticModel> semanticModels = new();
    readonly ConcurrentDictionary<SyntaxNode, IOperation?> operations = new();

    ModuleLibrary(string name, CarriedSources sources, ImmutableArray<MetadataReference> references)
    {
        var language = Enum.IsDefined(typeof(LanguageVersion), sources.Language) ? (LanguageVersion)sources.Language : LanguageVersion.Latest;
        var options = new CSharpParseOptions(language, DocumentationMode.None, preprocessorSymbols: sources.Symbols.Split([';'], StringSplitOptions.RemoveEmptyEntries));
        compilation = CSharpCompilation.Create(
            name,
            sources.Files.Select(f => CSharpSyntaxTree.ParseText(f.Text, options, path: f.Name)),
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, checkOverflow: sources.IsChecked,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>The library of an assembly, as compiled against these references.</summary>
    public static ModuleLibrary For(MetadataReference assembly, string name, CarriedSources sources, ImmutableArray<MetadataReference> references)
    {
        var known = Known.GetValue(assembly, static _ => []);
        lock (known)
        {
            foreach (var (others, library) in known)
            {
                if (others.SequenceEqual(references))
                    return library;
            }
            if (known.Count == MaximumKept)
                known.RemoveAt(0);
            var made = new ModuleLibrary(name, sources, references);
            known.Add((references, made));
            return made;
        }
    }

    public IAssemblySymbol Assembly => compilation.Assembly;

    public bool Contains(SyntaxTree tree) => compilation.ContainsSyntaxTree(tree);

    /// <summary>The operations of a piece of the sources.</summary>
    public IOperation? OperationOf(SyntaxNode syntax, CancellationToken cancellation)
    {
        if (!operations.TryGetValue(syntax, out var operation))
            operation = operations.GetOrAdd(syntax, ModelOf(syntax.SyntaxTree).GetOperation(syntax, cancellation));
        return operation;
    }

    /// <summary>What the sources call a type or member of the assembly; null where they do not have it.</summary>
    public ISymbol? Find(ISymbol definition)
    {
        if (definition is IMethodSymbol { AssociatedSymbol: IPropertySymbol property } accessor)
            return Find(property) is IPropertySymbol found ? (accessor.MethodKind == MethodKind.PropertyGet ? found.GetMethod : found.SetMethod) : null;
        return DocumentationCommentId.CreateDeclarationId(definition) is not { } id ? null
            : DocumentationCommentId.GetSymbolsForDeclarationId(id, compilation).FirstOrDefault(s => SymbolEqualityComparer.Default.Equals(s.ContainingAssembly, Assembly));
    }

    /// <summary>The first error around a piece of the sources, which no compiler tells the user.</summary>
    public string? ErrorAround(SyntaxNode syntax, CancellationToken cancellation)
    {
        var member = syntax.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.MemberDeclarationSyntax>() ?? syntax;
        var error = ModelOf(syntax.SyntaxTree).GetDiagnostics(member.Span, cancellation).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error);
        return error is null ? null : $"{error.Id}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
    }

    SemanticModel ModelOf(SyntaxTree tree) => semanticModels.GetOrAdd(tree, t => compilation.GetSemanticModel(t));
}
