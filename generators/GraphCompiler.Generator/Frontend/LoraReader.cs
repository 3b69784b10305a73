using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// Reads [Lora] on a class: freezes what the model has, and calls <c>AddLora</c> of the layers that the patterns choose. What these add comes behind
/// everything else, so that the first values of the rest are what they are without adapters.
/// </summary>
internal sealed class LoraReader(
    INamedTypeSymbol type, ObjectValue model, ParameterNames names, Interpreter interpreter, Action<DiagnosticDescriptor, SyntaxNodeOrToken, string[]> report,
    CancellationToken cancellation)
{
    const string Target = "ILoraTarget", Method = "AddLora", Adapter = "LoraAdapter";

    readonly List<(ObjectValue Layer, float Scale)> adapted = [];

    public void Add(SyntaxNodeOrToken place)
    {
        var attributes = type.GetAttributes().Where(a => LanguageTypes.IsAttribute(a, "Lora")).ToList();
        if (attributes.Count == 0)
            return;
        var layers = names.Modules.Where(IsTarget).ToList();
        var parameters = names.Found.Select(f => f.Tensor).OfType<ParameterValue>().ToList();
        foreach (var attribute in attributes)
        {
            if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is { } syntax)
                Add(attribute, syntax, layers, parameters);
        }
        foreach (var parameter in parameters)
            parameter.IsFrozen = true;
        names.Walk(model, place);
        foreach (var added in names.Found.Select(f => f.Tensor).OfType<ParameterValue>().Except(parameters))
            added.IsFrozen = false;
        foreach (var (layer, scale) in adapted)
            Describe(layer, scale);
    }

    void Add(AttributeData attribute, SyntaxNode syntax, List<ObjectValue> layers, List<ParameterValue> parameters)
    {
        T Argument<T>(string name, T otherwise) => attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value is T value ? value : otherwise;
        int rank = Argument("Rank", 8);
        double alpha = Argument("Alpha", 8.0), dropout = Argument("Dropout", 0.0);
        string pattern = Argument("Targets", "*");
        if (rank < 1 || !(dropout >= 0 && dropout < 1) || double.IsNaN(alpha) || double.IsInfinity(alpha))
        {
            report(Descriptors.InvalidArgument, syntax, ["Lora: the rank is at least 1, alpha finite, and the dropout from 0 to less than 1"]);
            return;
        }
        var expression = NamePattern.OfNames(pattern);
        var chosen = layers.Where(l => expression.IsMatch(l.Path!)).ToList();
        if (chosen.Count == 0)
            report(Descriptors.UnmatchedPattern, syntax, [pattern, "linear layer", type.Name, FrozenParameters.Some(layers.Select(l => l.Path!))]);
        foreach (var layer in chosen.Where(l => !adapted.Any(a => a.Layer == l)))
        {
            if (parameters.Find(p => p.Name == layer.Path + ".weight") is not { } weight || names.Shared.Contains(weight))
            {
                report(Descriptors.InvalidArgument, syntax, [$"Lora: '{layer.Path}' shares its weight with another module, so an adapter could not be merged: leave it out of the targets"]);
                continue;
            }
            float scale = (float)(alpha / rank);
            interpreter.Call(layer, Method, [Value.Of(rank), Value.Of(scale), Value.Of((float)dropout)]);
            adapted.Add((layer, scale));
        }
    }

    static bool IsTarget(ObjectValue module)
        => module.Type.AllInterfaces.Any(i => i.Name == Target && i.ContainingNamespace.ToDisplayString() == LanguageTypes.Namespace);

    /// <summary>Says of the parameters of a layer's adapter what they are.</summary>
    void Describe(ObjectValue layer, float scale)
    {
        var adapter = layer.Members.Values.OfType<ObjectValue>().FirstOrDefault(m => m.Type.Name == Adapter);
        bool isTransposed = adapter?.Members.FirstOrDefault(m => m.Key.Name == "layout").Value is ConstantValue { Content: 1 };
        foreach (var parameter in names.Found.Select(f => f.Tensor).OfType<ParameterValue>())
        {
            if (parameter.Name == layer.Path + ".lora_A.weight" || parameter.Name == layer.Path + ".lora_B.weight")
                parameter.Lora = new ModelLora(scale, isTransposed);
        }
    }
}
