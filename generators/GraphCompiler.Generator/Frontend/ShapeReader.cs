using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Reads [Dim] on a class and [Shape] on the tensors that its graph methods take.</summary>
internal sealed class ShapeReader(Compilation compilation, Action<DiagnosticDescriptor, SyntaxNodeOrToken, string[]> report, CancellationToken cancellation)
{
    readonly List<(ModelDim Dim, SyntaxNode Syntax)> declared = [];
    readonly HashSet<string> used = new(StringComparer.Ordinal);
    readonly HashSet<string> unusable = new(StringComparer.Ordinal);
    bool hasUnknown;

    public IEnumerable<ModelDim> Declared => declared.Select(d => d.Dim);

    /// <summary>The arguments of [Shape(...)], however the compiler passes them.</summary>
    public static IReadOnlyList<TypedConstant> Dimensions(AttributeData attribute) => attribute.ConstructorArguments.Length == 1
        && attribute.ConstructorArguments[0] is { Kind: TypedConstantKind.Array, IsNull: false } array ? array.Values : [];

    public void ReadDims(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (!LanguageTypes.IsAttribute(attribute, "Dim") || LanguageTypes.TextOf(attribute) is not { } name
                || attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not { } syntax)
                continue;
            int max = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Max").Value.Value is int bound ? bound : 0;
            if (!SyntaxFacts.IsValidIdentifier(name))
            {
                report(Descriptors.InvalidDimension, syntax, [$"\"{name}\" is not an identifier, so it"]);
                unusable.Add(name);
            }
            else if (declared.Any(d => d.Dim.Name == name))
            {
                report(Descriptors.DuplicateDimension, syntax, [name]);
            }
            else if (max < 1)
            {
                report(Descriptors.UnboundedDimension, syntax, [name]);
                unusable.Add(name);
            }
            else
            {
                declared.Add((new ModelDim(name, max), syntax));
            }
        }
    }

    /// <summary>The shape stated for a parameter; null, with a report, where it cannot be read.</summary>
    public Shape? Read(AttributeData attribute, string className)
    {
        var dims = new List<Dim>();
        var syntax = attribute.ApplicationSyntaxReference?.GetSyntax(cancellation);
        if (syntax is null || !AreConstants(syntax))
            return null;
        var constants = Dimensions(attribute);
        bool isValid = true;
        for (int i = 0; i < constants.Count; i++)
        {
            var place = Place(syntax, i, constants.Count);
            switch (constants[i].Kind == TypedConstantKind.Array ? null : constants[i].Value)
            {
                case int size and > 0 when constants[i].Type?.SpecialType == SpecialType.System_Int32:
                    dims.Add(size);
                    break;
                case string name:
                    isValid &= ReadName(name, place, className, dims);
                    break;
                default:
                    if (constants[i].Kind != TypedConstantKind.Error)
                        report(Descriptors.InvalidDimension, place, [constants[i].Kind == TypedConstantKind.Array ? "an array" : constants[i].ToCSharpText()]);
                    isValid = false;
                    break;
            }
        }
        if (!isValid)
            return null;
        var shape = new Shape(dims);
        if (Interpreter.TryCount(shape) is not null)
            return shape;
        report(Descriptors.TooLarge, syntax, [$"a tensor of shape {shape} can have more than {Interpreter.MaximumElementsText} elements"]);
        return null;
    }

    /// <summary>
    /// Whether every argument is a constant. One that is known but varies is reported, beside the C# compiler's own error,
    /// which does not say what to do; one that is unknown or half typed is the C# compiler's alone.
    /// </summary>
    bool AreConstants(SyntaxNode attribute)
    {
        bool areConstants = true;
        if (attribute is not AttributeSyntax { ArgumentList.Arguments: var arguments })
            return true;
        var semanticModel = compilation.GetSemanticModel(attribute.SyntaxTree);
        foreach (var argument in arguments)
        {
            if (semanticModel.GetConstantValue(argument.Expression, cancellation).HasValue)
                continue;
            if (semanticModel.GetSymbolInfo(argument.Expression, cancellation).Symbol is not null)
                report(Descriptors.InvalidDimension, argument.Expression, [$"'{argument.Expression}'"]);
            areConstants = false;
        }
        return areConstants;
    }

    bool ReadName(string name, SyntaxNode place, string className, List<Dim> dims)
    {
        used.Add(name);
        var known = declared.FirstOrDefault(d => d.Dim.Name == name).Dim;
        if (known is not null)
        {
            dims.Add(Dim.Named(known.Name, known.Max));
            return true;
        }
        if (!unusable.Contains(name))
        {
            hasUnknown = true;
            string others = declared.Count == 0 ? "" : $", or use {string.Join(" or ", declared.Select(d => $"\"{d.Dim.Name}\""))}";
            report(Descriptors.UnknownDimension, place, [name, className, others]);
        }
        return false;
    }

    static SyntaxNode Place(SyntaxNode attribute, int index, int count) =>
        attribute is AttributeSyntax { ArgumentList.Arguments: var arguments } && arguments.Count == count
            ? arguments[index].Expression
            : attribute;

    /// <summary>Reports dimensions that no input has, after all methods are read; not where a misspelt name may be meant.</summary>
    public void ReportUnused(string className)
    {
        if (hasUnknown)
            return;
        foreach (var (dim, syntax) in declared)
        {
            if (!used.Contains(dim.Name))
                report(Descriptors.UnusedDimension, syntax, [dim.Name, className]);
        }
    }
}

file static class TypedConstants
{
    public static string ToCSharpText(this TypedConstant constant) => constant.IsNull ? "null" : Microsoft.CodeAnalysis.CSharp.TypedConstantExtensions.ToCSharpString(constant);
}
