using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Reads [Graph(Weights = ...)] and [Weights] on a class: how its weights lie in memory.</summary>
internal sealed class WeightFormats(INamedTypeSymbol type, Action<DiagnosticDescriptor, SyntaxNodeOrToken, string[]> report, CancellationToken cancellation)
{
    const string Argument = "Weights";

    /// <summary>The members of the enumeration.</summary>
    static readonly SortedDictionary<int, WeightFormat> Formats = new()
    {
        [QuantizationContract.Float32] = WeightFormat.Float32,
        [QuantizationContract.Int8] = WeightFormat.Int8,
        [QuantizationContract.Int4] = WeightFormat.Int4,
    };

    /// <summary>What the class says of all weights.</summary>
    public WeightFormat OfClass => LanguageTypes.FindAttribute(type, "Graph") is { } graph && NumberOf(graph) is { } number && Formats.TryGetValue(number, out var format)
        ? format
        : WeightFormat.Float32;

    static int? NumberOf(AttributeData graph) => graph.NamedArguments.FirstOrDefault(a => a.Key == Argument).Value.Value as int?;

    /// <summary>Gives parameters the formats that the user names.</summary>
    public void Mark(ParameterNames names)
    {
        if (LanguageTypes.FindAttribute(type, "Graph") is { } graph && NumberOf(graph) is { } given && !Formats.ContainsKey(given))
            ReportNoFormat(graph, given);
        foreach (var (attribute, place) in Attributes())
        {
            if (attribute.ConstructorArguments.FirstOrDefault().Value is not int number)
                continue;
            bool isFormat = Formats.TryGetValue(number, out var format);
            if (!isFormat)
                ReportNoFormat(attribute, number);
            foreach (string pattern in Patterns(attribute))
            {
                var expression = NamePattern.OfParts(pattern);
                var parameters = names.Found.Select(f => f.Tensor).OfType<ParameterValue>().ToList();
                var chosen = parameters.Where(p => expression.IsMatch(p.Name!)).ToList();
                if (chosen.Count == 0)
                    report(Descriptors.UnmatchedPattern, place, [pattern, "parameter", type.Name, FrozenParameters.Some(parameters.Select(p => p.Name!))]);
                foreach (var parameter in chosen.Where(_ => isFormat))
                    parameter.Weights = format;
            }
        }
    }

    /// <summary>Reports formats that parameters cannot have, and an objective of what cannot be trained.</summary>
    public void Check(Model model)
    {
        if (WeightQuantization.Choose(model).Count > 0 && model.Methods.FirstOrDefault(m => m.IsObjective) is { } objective)
        {
            var method = type.GetMembers(objective.Name).FirstOrDefault(m => LanguageTypes.HasAttribute(m, "Objective"));
            var place = LanguageTypes.FindAttribute(method ?? type, "Objective")?.ApplicationSyntaxReference?.GetSyntax(cancellation);
            report(Descriptors.UnpackableWeights, place ?? Place(),
                [$"'{type.Name}' has packed weights, which are not trained: without [Objective] '{objective.Name}' is computed like other methods"]);
        }
        var refused = new HashSet<string>(WeightQuantization.Refused(model).Select(p => p.Name));
        foreach (var (attribute, place) in Attributes())
        {
            // Of a module, which has a bias too, what can be packed is.
            foreach (string pattern in Patterns(attribute))
            {
                var fitting = model.Parameters.Where(p => NamePattern.OfParts(pattern).IsMatch(p.Name)).ToList();
                if (fitting.Count > 0 && fitting.All(p => refused.Contains(p.Name)))
                    ReportRefused(fitting[0], place);
            }
        }
    }

    void ReportRefused(ModelParameter parameter, SyntaxNode place) => report(
        Descriptors.UnpackableWeights, place,
        [$"'{parameter.Name}' cannot be packed as {parameter.Weights}: packed weights are matrices that are right factors of products, all the same way round, "
            + "or whose rows are looked up, and no adapters of LoRA"]);

    SyntaxNode Place() => type.DeclaringSyntaxReferences[0].GetSyntax(cancellation);

    void ReportNoFormat(AttributeData attribute, int number) => report(
        Descriptors.UnpackableWeights, attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) ?? Place(),
        [$"{number} is no format of weights: those are {string.Join(", ", Formats.Values.Select(name => "WeightFormat." + name))}"]);

    IEnumerable<(AttributeData Attribute, SyntaxNode Place)> Attributes() => type.GetAttributes().Where(a => LanguageTypes.IsAttribute(a, "Weights"))
        .Select(a => (a, a.ApplicationSyntaxReference?.GetSyntax(cancellation))).Where(a => a.Item2 is not null)!;

    static IEnumerable<string> Patterns(AttributeData attribute) => attribute.ConstructorArguments.Skip(1).SelectMany(Texts);

    static IEnumerable<string> Texts(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Array, IsNull: false } => constant.Values.SelectMany(Texts),
        { Kind: TypedConstantKind.Primitive, Value: string text } => [text],
        _ => [],
    };
}
