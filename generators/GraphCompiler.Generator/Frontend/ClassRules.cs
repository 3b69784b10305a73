using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>What the declaration of a graph class must be, so that members can be added to it.</summary>
internal sealed class ClassRules(
    INamedTypeSymbol type, TypeDeclarationSyntax declaration, Action<DiagnosticDescriptor, SyntaxNodeOrToken, string[]> report, CancellationToken cancellation)
{
    const string ProductPrecision = "MatMulPrecision", Precision = "Precision", Saved = "SavedActivations";

    /// <summary>Names that generated code gives to namespaces, or that mean something else where a type is called so.</summary>
    public static IReadOnlyList<string> NamespacesAndKeywords { get; } = ["System", LanguageTypes.Namespace, "ILGPU", "var", "unmanaged"];

    readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>Whether the compiler can add members to the class, be it only their signatures.</summary>
    public bool CanBeExtended { get; private set; } = true;

    /// <summary>What the class's own members, or the class itself, are called of what the compiler adds.</summary>
    public IReadOnlyCollection<string> Taken => taken;

    /// <summary>Reports every broken rule.</summary>
    public void Check()
    {
        if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            ReportClosed(Descriptors.NotPartial, declaration.Identifier, type.Name);
        if (type.IsStatic || type.IsRecord)
            ReportClosed(Descriptors.CannotBeInstantiated, declaration.Identifier, type.Name, type.IsStatic ? "static" : "a record");
        else if (type.IsAbstract)
            report(Descriptors.CannotBeInstantiated, declaration.Identifier, [type.Name, "abstract"]);
        if (type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: not TypeKind.Error } baseType)
            ReportClosed(Descriptors.HasBaseClass, BaseSyntax(), type.Name, baseType.Name);
        for (var generic = type; generic is not null; generic = generic.ContainingType)
        {
            if (generic.Arity > 0 && declaration.TypeParameterList is { } parameters)
                ReportClosed(Descriptors.IsGeneric, parameters, type.Name);
            else if (generic.Arity > 0)
                ReportClosed(Descriptors.IsGeneric, declaration.Identifier, type.Name);
        }
        CheckConstructors();
        CheckContainers();
        CheckNames();
        CheckGlobalTypes();
        CheckPrecision();
        if (declaration.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 } options)
            ReportClosed(Descriptors.OldLanguage, declaration.Identifier, type.Name, options.LanguageVersion.ToDisplayString());
        if (type.ContainingAssembly is ISourceAssemblySymbol { Compilation.Options: CSharpCompilationOptions { AllowUnsafe: false } })
            report(Descriptors.UnsafeOff, declaration.Identifier, [type.Name]);
    }

    SyntaxNode BaseSyntax() => type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>()
        .Select(d => d.BaseList?.Types.FirstOrDefault()).FirstOrDefault(b => b is not null) ?? (SyntaxNode)declaration;

    void CheckConstructors()
    {
        foreach (var constructor in type.InstanceConstructors)
        {
            if (constructor.IsImplicitlyDeclared || constructor.DeclaringSyntaxReferences.Length == 0)
                continue;
            var syntax = constructor.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
            ReportClosed(Descriptors.HasConstructor, syntax is TypeDeclarationSyntax { ParameterList: { } primary } ? primary : Identifiers.Of(syntax), type.Name);
        }
    }

    void CheckContainers()
    {
        for (var container = declaration.Parent as TypeDeclarationSyntax; container is not null; container = container.Parent as TypeDeclarationSyntax)
        {
            if (!container.Modifiers.Any(SyntaxKind.PartialKeyword))
                ReportClosed(Descriptors.ContainerNotPartial, container.Identifier, container.Identifier.Text, type.Name);
        }
        for (var around = type; around is not null; around = around.ContainingType)
        {
            if (around.IsFileLocal && around.DeclaringSyntaxReferences.Length > 0)
                ReportClosed(Descriptors.IsFileLocal, Identifiers.Of(around.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), around.Name, type.Name);
        }
    }

    /// <summary>
    /// No member of the class is called like one that the generated part declares, nor like one of the base class that it
    /// brings, unless both are methods with other parameters.
    /// </summary>
    void CheckNames()
    {
        var methods = MethodRules.GraphMethods(type);
        var added = new HashSet<string>(new ModelNames(methods.Select(m => m.Name)).Members(ForDevices), StringComparer.Ordinal);
        var inherited = InheritedMembers().ToLookup(m => m.Name, StringComparer.Ordinal);
        foreach (var member in type.GetMembers().Where(m => m.DeclaringSyntaxReferences.Length > 0 && m is not IMethodSymbol { AssociatedSymbol: not null }))
        {
            bool isGraphMethod = methods.Contains(member, SymbolEqualityComparer.Default);
            string? by = added.Contains(member.Name) ? "a member that the compiler adds"
                : inherited[member.Name].Any(other => Hides(member, other, isGraphMethod)) ? "a member of the base class that the compiler adds"
                : null;
            if (by is null)
                continue;
            taken.Add(member.Name);
            report(Descriptors.NameTaken, Identifiers.Of(member.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), [member.Name, by]);
        }
        if (!added.Contains(type.Name))
            return;
        taken.Add(type.Name);
        report(Descriptors.NameTaken, declaration.Identifier, [type.Name, "a member that the compiler adds, and a member cannot be called like its class"]);
    }

    bool ForDevices => type.ContainingModule.ReferencedAssemblies.Any(a => a.Name == LanguageTypes.DeviceAssembly);

    IEnumerable<ISymbol> InheritedMembers() => LanguageTypes.BaseOfModels(type)?.GetMembers().Where(m =>
        m.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
            && m is not IMethodSymbol { MethodKind: not MethodKind.Ordinary }) ?? [];

    /// <summary>A graph method has a counterpart of its name, whose parameters are others than its own, so no inherited name will do.</summary>
    static bool Hides(ISymbol member, ISymbol inherited, bool isGraphMethod) => !member.IsOverride
        && (isGraphMethod || member is not IMethodSymbol method || inherited is not IMethodSymbol other || (method.Arity == other.Arity
            && method.Parameters.Select(p => p.Type.ToDisplayString()).SequenceEqual(other.Parameters.Select(p => p.Type.ToDisplayString()))));

    /// <summary>Generated code begins every name with a namespace, which a type in no namespace hides.</summary>
    void CheckGlobalTypes()
    {
        foreach (string name in NamespacesAndKeywords.Where(n => n != "ILGPU" || ForDevices))
        {
            var own = type.ContainingAssembly.GlobalNamespace.GetTypeMembers(name).FirstOrDefault(t => t.DeclaringSyntaxReferences.Length > 0 && !t.IsFileLocal);
            if (own is not null)
                ReportClosed(Descriptors.NameTaken, Identifiers.Of(own.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), name, "what the code for graph classes calls so");
        }
    }

    void CheckPrecision()
    {
        if (LanguageTypes.FindAttribute(type, "Graph") is not { } attribute)
            return;
        foreach (var named in attribute.NamedArguments.Where(a => FormatsOf(a.Key) is { } formats && !formats.ContainsKey(a.Value.Value as int? ?? -1)))
        {
            var syntax = attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax;
            var argument = syntax?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.Text == named.Key);
            string[] members = [.. FormatsOf(named.Key)!.Values.Select(format => $"{named.Key}.{(named.Key == Saved && format == ElementType.Float32 ? "AsComputed" : format.ToString())}")];
            report(Descriptors.InvalidPrecision, argument?.Expression ?? (SyntaxNode)declaration,
                [argument?.Expression.ToString() ?? "", string.Join(", ", members.Take(members.Length - 1)) + " or " + members[members.Length - 1]]);
        }
    }

    /// <summary>What [Graph(Precision = ..., MatMulPrecision = ...)] names: products have the format of everything, if they have none of their own.</summary>
    public static ModelPrecision PrecisionOf(AttributeData graph)
    {
        ElementType? Named(string name) => graph.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value is int number
            && FormatsOf(name)!.TryGetValue(number, out var format) ? format : null;
        var activations = Named(Precision) ?? ElementType.Float32;
        return new(Named(ProductPrecision) ?? activations, activations, Named(Saved) ?? ElementType.Float32);
    }

    /// <summary>The members of an enumeration of formats; null for what is none.</summary>
    static SortedDictionary<int, ElementType>? FormatsOf(string name) => name switch
    {
        ProductPrecision => new()
        {
            [PrecisionContract.Float32] = ElementType.Float32,
            [PrecisionContract.BFloat16] = ElementType.BFloat16,
            [PrecisionContract.Float16] = ElementType.Float16,
        },
        Precision => new()
        {
            [PrecisionContract.Float32] = ElementType.Float32,
            [PrecisionContract.BFloat16] = ElementType.BFloat16,
            [PrecisionContract.Float16] = ElementType.Float16,
        },
        Saved => new()
        {
            [SavedContract.AsComputed] = ElementType.Float32,
            [SavedContract.Float8E4M3] = ElementType.Float8E4M3,
            [SavedContract.Float8E5M2] = ElementType.Float8E5M2,
        },
        _ => null,
    };

    /// <summary>Reports a rule without which nothing can be added to the class.</summary>
    void ReportClosed(DiagnosticDescriptor descriptor, SyntaxNodeOrToken where, params string[] arguments)
    {
        CanBeExtended = false;
        report(descriptor, where, arguments);
    }
}
