using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// Where reading stopped without a word, because the C# compiler reports the error itself. A class is then not compiled and
/// has its signatures only, so it is made sure that there is such an error: otherwise the class would fail without warning
/// when it runs.
/// </summary>
internal sealed class SilentStops(Compilation compilation, ModuleLibraries libraries, INamedTypeSymbol type, CancellationToken cancellation)
{
    readonly List<SyntaxNode> places = [];

    /// <param name="place">What was being evaluated; null before anything was.</param>
    public void Add(SyntaxNode? place)
    {
        if (place is not null)
            places.Add(place);
    }

    /// <summary>What no error of the user's source explains; null if one explains all.</summary>
    public string? Unexplained()
    {
        var read = places.Where(p => !libraries.IsForeign(p.SyntaxTree)).Select(MemberAround).Concat(Declarations()).Distinct().ToList();
        bool isExplained = read.Any(HasError) || read.SelectMany(DeclarationsUsedBy).Distinct().Any(HasError);
        return isExplained ? null : "the class could not be read, and no error of its source says why";
    }

    /// <summary>
    /// The members, and the headers of the types, that a part of the source names: C# reports a type that does not exist where a member is
    /// declared with it, and nothing where the member is used.
    /// </summary>
    IEnumerable<SyntaxNode> DeclarationsUsedBy(SyntaxNode part)
    {
        var model = compilation.GetSemanticModel(part.SyntaxTree);
        var named = part.DescendantNodes().Where(n => n is SimpleNameSyntax or BaseObjectCreationExpressionSyntax)
            .Select(n => model.GetSymbolInfo(n, cancellation)).SelectMany(i => i.Symbol is { } symbol ? [symbol] : i.CandidateSymbols.ToArray());
        return named.Distinct<ISymbol>(SymbolEqualityComparer.Default).SelectMany(s => s.DeclaringSyntaxReferences).Where(r => !libraries.IsForeign(r.SyntaxTree))
            .Select(r => r.GetSyntax(cancellation)).SelectMany(node => node is TypeDeclarationSyntax declared ? Header(declared) : [MemberAround(node)]);
    }

    static IEnumerable<SyntaxNode> Header(TypeDeclarationSyntax declared) => declared.ChildNodes().Where(c => c is not MemberDeclarationSyntax);

    static SyntaxNode MemberAround(SyntaxNode place) => place.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault() ?? place;

    /// <summary>What was read of the class: its header and its members, but for methods that are not graph methods.</summary>
    IEnumerable<SyntaxNode> Declarations()
    {
        var methods = MethodRules.GraphMethods(type).SelectMany(m => m.DeclaringSyntaxReferences).Select(r => r.GetSyntax(cancellation)).ToList();
        foreach (var declaration in type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>())
        {
            foreach (var child in declaration.ChildNodes().Where(c => c is not BaseMethodDeclarationSyntax || methods.Contains(c)))
                yield return child;
        }
    }

    bool HasError(SyntaxNode node) => compilation.GetSemanticModel(node.SyntaxTree).GetDiagnostics(node.Span, cancellation).Any(d => d.Severity == DiagnosticSeverity.Error);
}
