using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Reads [Freeze] on a class: which of its parameters training leaves as they are.</summary>
internal sealed class FrozenParameters(
    INamedTypeSymbol type, ParameterNames names, Action<DiagnosticDescriptor, SyntaxNodeOrToken, string[]> report, CancellationToken cancellation)
{
    public void Mark()
    {
        foreach (var attribute in type.GetAttributes().Where(a => LanguageTypes.IsAttribute(a, "Freeze")))
        {
            if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is { } place)
                Mark(attribute, place);
        }
    }

    void Mark(AttributeData attribute, SyntaxNode place)
    {
        var kept = new HashSet<ParameterValue>(Texts(attribute.NamedArguments.FirstOrDefault(a => a.Key == "Except").Value).SelectMany(p => Chosen(p, place)));
        foreach (string pattern in attribute.ConstructorArguments.SelectMany(Texts))
        {
            foreach (var parameter in Chosen(pattern, place).Where(p => !kept.Contains(p)))
                parameter.IsFrozen = true;
        }
    }

    /// <summary>The parameters that a pattern fits; said to the user if there are none.</summary>
    List<ParameterValue> Chosen(string pattern, SyntaxNode place)
    {
        Regex expression = NamePattern.OfParts(pattern);
        var chosen = names.Found.Select(f => f.Tensor).OfType<ParameterValue>().Where(p => expression.IsMatch(p.Name!)).ToList();
        if (chosen.Count == 0)
            report(Descriptors.UnmatchedPattern, place, [pattern, "parameter", type.Name, Some(names.Found.Select(f => f.Tensor).OfType<ParameterValue>().Select(p => p.Name!))]);
        return chosen;
    }

    /// <summary>The first of some names, for a message.</summary>
    public static string Some(IEnumerable<string> names)
    {
        const int most = 8;
        var all = names.ToList();
        return all.Count == 0 ? "none" : string.Join(", ", all.Take(most)) + (all.Count > most ? $" and {all.Count - most} more" : "");
    }

    static IEnumerable<string> Texts(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Array, IsNull: false } => constant.Values.SelectMany(Texts),
        { Kind: TypedConstantKind.Primitive, Value: string text } => [text],
        _ => [],
    };
}
