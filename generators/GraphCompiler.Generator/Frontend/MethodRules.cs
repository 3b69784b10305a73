using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Which methods of a graph class are graph methods, and what their signatures must be.</summary>
/// <param name="type">The class.</param>
/// <param name="taken">Names that the class's rules have refused.</param>
/// <param name="report">Takes what is wrong.</param>
/// <param name="cancellation">Ends the work early.</param>
internal sealed class MethodRules(
    INamedTypeSymbol type, IReadOnlyCollection<string> taken, Action<DiagnosticDescriptor, SyntaxNodeOrToken, string[]> report, CancellationToken cancellation)
{
    readonly Dictionary<string, IMethodSymbol> known = new(StringComparer.Ordinal);

    /// <summary>
    /// Instance methods that are not private (or are objectives) and give tensors, or state the shape of one they take;
    /// in the order of the source.
    /// </summary>
    public static List<IMethodSymbol> GraphMethods(INamedTypeSymbol type) =>
    [
        .. type.GetMembers().OfType<IMethodSymbol>().Where(m =>
            m.MethodKind == MethodKind.Ordinary && !m.IsStatic && !m.IsImplicitlyDeclared && m.DeclaringSyntaxReferences.Length > 0
            && (m.DeclaredAccessibility != Accessibility.Private || LanguageTypes.HasAttribute(m, "Objective"))
            && (GivesTensors(m.ReturnType) || LanguageTypes.HasAttribute(m, "Objective") || m.Parameters.Any(p => LanguageTypes.HasAttribute(p, "Shape")))),
    ];

    /// <summary>Methods marked [Objective] that are no graph methods, whatever their signatures.</summary>
    /// <returns>These methods.</returns>
    public IReadOnlyList<IMethodSymbol> CheckOtherObjectives(IReadOnlyCollection<IMethodSymbol> graphMethods)
    {
        var found = new List<IMethodSymbol>();
        foreach (var method in type.GetMembers().OfType<IMethodSymbol>()
            .Where(m => LanguageTypes.HasAttribute(m, "Objective") && !graphMethods.Contains(m, SymbolEqualityComparer.Default)))
        {
            if (method.DeclaringSyntaxReferences.Length == 0)
                continue;
            found.Add(method);
            string what = method.IsStatic ? "is static, but an objective computes with the parameters of an instance: remove 'static'"
                : "is no ordinary method: mark one with a name of its own [Objective]";
            report(Descriptors.UnsupportedSignature, Identifiers.Of(method.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), [method.Name, what]);
        }
        return found;
    }

    static bool GivesTensors(ITypeSymbol type) => LanguageTypes.IsTensor(type)
        || (type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(e => GivesTensors(e.Type)));

    /// <summary>Reports what is wrong with a graph method's signature; true if nothing is.</summary>
    public bool Check(IMethodSymbol method, SyntaxNodeOrToken place)
    {
        bool isSound = true;
        void Report(DiagnosticDescriptor descriptor, SyntaxNodeOrToken where, params string[] arguments)
        {
            isSound = false;
            report(descriptor, where, arguments);
        }
        if (taken.Contains(method.Name))
            isSound = false;
        else if (known.ContainsKey(method.Name))
            Report(Descriptors.NameTaken, place, method.Name, "another graph method, and the methods that take real data would clash");
        else
            known.Add(method.Name, method);
        if (method.Arity > 0)
            Report(Descriptors.UnsupportedSignature, place, method.Name, "is generic: give it fixed types");
        if (method.DeclaredAccessibility == Accessibility.Private)
            Report(Descriptors.UnsupportedSignature, place, method.Name, "is private, so nothing could make its trainer: make the objective internal or public");
        if (method.IsAsync)
            Report(Descriptors.UnsupportedSignature, place, method.Name, "is async: it is evaluated at build time and has nothing to wait for");
        if (method.IsAbstract || method.IsVirtual && type.IsAbstract)
            Report(Descriptors.UnsupportedSignature, place, method.Name, "has no body");
        CheckResult(method, place, Report);
        foreach (var parameter in method.Parameters)
            CheckParameter(method, parameter, Report);
        return isSound;
    }

    delegate void Reporter(DiagnosticDescriptor descriptor, SyntaxNodeOrToken where, params string[] arguments);

    static void CheckResult(IMethodSymbol method, SyntaxNodeOrToken place, Reporter report)
    {
        if (method.ReturnType.TypeKind == TypeKind.Error)
            return;
        if (!GivesTensors(method.ReturnType))
            report(Descriptors.UnsupportedSignature, place, method.Name, $"returns {Text(method.ReturnType)}: return a Tensor, or a tuple of them");
        else if (method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(e => !LanguageTypes.IsTensor(e.Type)))
            report(Descriptors.UnsupportedSignature, place, method.Name, $"returns {Text(method.ReturnType)}: every element of the tuple must be a Tensor");
    }

    void CheckParameter(IMethodSymbol method, IParameterSymbol parameter, Reporter report)
    {
        if (parameter.Type.TypeKind == TypeKind.Error || parameter.DeclaringSyntaxReferences.Length == 0)
            return;
        var place = Identifiers.Of(parameter.DeclaringSyntaxReferences[0].GetSyntax(cancellation));
        if (!LanguageTypes.IsTensor(parameter.Type) || LanguageTypes.IsDeclaredTensor(parameter.Type))
        {
            report(Descriptors.UnsupportedSignature, place, method.Name,
                $"takes '{parameter.Name}' of type {Text(parameter.Type)}: it takes tensors; make what is fixed a const or a field, or make the method private if it is a helper");
        }
        else if (LanguageTypes.ElementOf(parameter.Type) is { TypeKind: not TypeKind.Error } && LanguageTypes.ElementTypeOf(parameter.Type) is null)
        {
            report(Descriptors.WrongElementType, place, $"'{parameter.Name}' is a {Text(parameter.Type)}: a graph method takes {Graphs.ElementTypes.TensorNames}");
        }
        if (parameter.RefKind is not (RefKind.None or RefKind.In) || parameter.IsParams || parameter.HasExplicitDefaultValue)
            report(Descriptors.UnsupportedSignature, place, method.Name, $"takes '{parameter.Name}' by reference, as params or with a default: take a plain tensor");
    }

    /// <summary>
    /// Checks that the generated method differs from this one, which it would not if both took nothing, and that inputs,
    /// named dimensions and results, which are all its parameters, have names of their own.
    /// </summary>
    public void CheckCounterpart(IMethodSymbol method, IEnumerable<ModelInput> inputs, Graphs.Graph graph)
    {
        var results = graph.Results.ToList();
        if (method.Parameters.Length == 0 && results.Count == 1 && results[0].Node.Shape.Rank == 0)
        {
            var place = Identifiers.Of(method.DeclaringSyntaxReferences[0].GetSyntax(cancellation));
            report(Descriptors.UnsupportedSignature, place,
                [method.Name, "takes nothing and gives a single number, so its counterpart would have its signature: take an input, or return a tensor with an axis"]);
        }
        else
        {
            CheckOverloads(method, inputs, graph);
        }
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var symbol in inputs.SelectMany(i => i.Shape.SelectMany(d => d.Symbols.ToArray())))
            names[symbol.Name] = $"the dimension \"{symbol.Name}\"";
        var elements = method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.Where(e => e.IsExplicitlyNamedTupleElement).ToList() : [];
        foreach (var element in elements)
        {
            if (names.TryGetValue(element.Name, out string? dimension))
                report(Descriptors.NameTaken, Identifiers.Of(method.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), [element.Name, dimension]);
            names[element.Name] = $"a result of '{method.Name}'";
        }
        foreach (var parameter in method.Parameters)
        {
            if (names.TryGetValue(parameter.Name, out string? by))
                report(Descriptors.NameTaken, Identifiers.Of(parameter.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), [parameter.Name, by]);
        }
    }

    /// <summary>Whether the class has methods of this name that take no tensors, one of which may have the counterpart's signature.</summary>
    public bool HasOverloads(IMethodSymbol method) => type.GetMembers(method.Name).OfType<IMethodSymbol>()
        .Any(m => m.DeclaringSyntaxReferences.Length > 0 && m.Parameters.Length > 0 && !m.Parameters.Any(p => LanguageTypes.IsTensor(p.Type)));

    /// <summary>Checks that no other method of the class has the counterpart's signature.</summary>
    void CheckOverloads(IMethodSymbol method, IEnumerable<ModelInput> inputs, Graphs.Graph graph)
    {
        var results = graph.Results.ToList();
        static string Span(string element, int rank, string span) => rank == 0 ? element : $"System.{span}<{element}>";
        string[] counterpart =
        [
            .. inputs.Select(i => Span(Graphs.ElementTypes.Info(i.Type).CSharpName, i.Shape.Rank, "ReadOnlySpan")),
            .. InputFacts.Dimensions(inputs, graph).Passed.Select(_ => "int"),
            .. Planning.ReturnsNumber(graph) ? [] : results.Select(r => $"System.Span<{Graphs.ElementTypes.Info(r.Node.Type).CSharpName}>"),
        ];
        foreach (var other in type.GetMembers(method.Name).OfType<IMethodSymbol>().Where(m => m.Arity == 0 && m.DeclaringSyntaxReferences.Length > 0))
        {
            if (other.Parameters.All(p => p.RefKind == RefKind.None) && other.Parameters.Select(p => p.Type.ToDisplayString()).SequenceEqual(counterpart))
                report(Descriptors.NameTaken, Identifiers.Of(other.DeclaringSyntaxReferences[0].GetSyntax(cancellation)),
                    [other.Name, $"the method of this signature that the compiler adds for the graph method '{method.Name}'"]);
        }
    }

    static string Text(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
