using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>What the declaration of a graph class must be, so that members can be added to it.</summary>
internal sealed class ClassRules(
    INamedTypeSymbol type, TypeDeclarationSyntax declaration, Action<DiagnosticDescriptor, SyntaxNodeOrToken, string[]> report, CancellationToken cancellation)
{
    const string Precision = "MatMulPrecision";

    bool isSound = true;

    /// <summary>Reports every broken rule; true if there is none.</summary>
    public bool Check()
    {
        if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            Report(Descriptors.NotPartial, declaration.Identifier, type.Name);
        if (type.IsStatic || type.IsAbstract || type.IsRecord)
            Report(Descriptors.CannotBeInstantiated, declaration.Identifier, type.Name, type.IsStatic ? "static" : type.IsRecord ? "a record" : "abstract");
        if (type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: not TypeKind.Error } baseType)
            Report(Descriptors.HasBaseClass, BaseSyntax(), type.Name, baseType.Name);
        for (var generic = type; generic is not null; generic = generic.ContainingType)
        {
            if (generic.Arity > 0 && declaration.TypeParameterList is { } parameters)
                Report(Descriptors.IsGeneric, parameters, type.Name);
            else if (generic.Arity > 0)
                Report(Descriptors.IsGeneric, declaration.Identifier, type.Name);
        }
        CheckConstructors();
        CheckContainers();
        CheckNames();
        CheckPrecision();
        if (declaration.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 } options)
            Report(Descriptors.OldLanguage, declaration.Identifier, type.Name, options.LanguageVersion.ToDisplayString());
        if (type.ContainingAssembly is ISourceAssemblySymbol { Compilation.Options: CSharpCompilationOptions { AllowUnsafe: false } })
            Report(Descriptors.UnsafeOff, declaration.Identifier, type.Name);
        return isSound;
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
            Report(Descriptors.HasConstructor, syntax is TypeDeclarationSyntax { ParameterList: { } primary } ? primary : Identifiers.Of(syntax), type.Name);
        }
    }

    void CheckContainers()
    {
        for (var container = declaration.Parent as TypeDeclarationSyntax; container is not null; container = container.Parent as TypeDeclarationSyntax)
        {
            if (!container.Modifiers.Any(SyntaxKind.PartialKeyword))
                Report(Descriptors.ContainerNotPartial, container.Identifier, container.Identifier.Text, type.Name);
        }
    }

    /// <summary>Names of members that the generated part declares; the names of inherited ones the C# compiler guards.</summary>
    void CheckNames()
    {
        var methods = MethodRules.GraphMethods(type);
        var programs = methods.Select(m => char.ToLowerInvariant(m.Name[0]) + m.Name.Substring(1) + "Programs");
        var added = new HashSet<string>(programs.Concat(["Trainer", "CreateTrainer", "Session", "CreateSession", "parameterLayout", "stateLayout", "sessionLayout"]), StringComparer.Ordinal);
        foreach (var member in type.GetMembers().Where(m => m.DeclaringSyntaxReferences.Length > 0))
        {
            if (added.Contains(member.Name) && !methods.Contains(member, SymbolEqualityComparer.Default))
                Report(Descriptors.NameTaken, Identifiers.Of(member.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), member.Name, "a member that the compiler adds");
        }
    }

    void CheckPrecision()
    {
        if (LanguageTypes.FindAttribute(type, "Graph") is not { } attribute || PrecisionOf(attribute) is not null)
            return;
        var syntax = attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax;
        var argument = syntax?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.Text == Precision);
        Report(Descriptors.InvalidPrecision, argument?.Expression ?? (SyntaxNode)declaration, argument?.Expression.ToString() ?? "");
    }

    /// <summary>The format that [Graph(MatMulPrecision = ...)] names; null where it is none.</summary>
    public static FloatFormat? PrecisionOf(AttributeData graph) => graph.NamedArguments.FirstOrDefault(a => a.Key == Precision).Value.Value switch
    {
        int value when Enum.IsDefined(typeof(FloatFormat), value) => (FloatFormat)value,
        int => null,
        _ => FloatFormat.Float32,
    };

    void Report(DiagnosticDescriptor descriptor, SyntaxNodeOrToken where, params string[] arguments)
    {
        isSound = false;
        report(descriptor, where, arguments);
    }
}
