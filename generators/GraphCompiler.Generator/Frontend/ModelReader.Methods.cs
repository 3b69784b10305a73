using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

// Methods: their inputs, their graphs, what they return.
internal sealed partial class ModelReader
{
    /// <param name="instance">The model; null where it could not be constructed, and only signatures are checked.</param>
    List<ModelMethod> ReadMethods(ObjectValue? instance)
    {
        var methods = new List<ModelMethod>();
        string? objective = null;
        var candidates = MethodRules.GraphMethods(type);
        var methodRules = new MethodRules(type, rules.Taken, Report, cancellation);
        var otherObjectives = methodRules.CheckOtherObjectives(candidates);
        if (candidates.Count == 0 && otherObjectives.Count == 0 && !type.IsStatic)
            Report(Descriptors.NoMethod, declaration.Identifier, type.Name);
        // What trains the class should not be an error too.
        if (otherObjectives.FirstOrDefault(m => m.IsStatic && m.Parameters.All(p => LanguageTypes.IsTensor(p.Type))) is { } meant
            && !candidates.Any(m => LanguageTypes.HasAttribute(m, "Objective")))
            outlines.Add(OutlineOf(meant, isObjective: true));
        foreach (var method in candidates)
        {
            var place = Identifiers.Of(method.DeclaringSyntaxReferences[0].GetSyntax(cancellation));
            locations.Add(new NamedLocation(method.Name, LocationInfo.From(place)));
            bool isObjective = LanguageTypes.HasAttribute(method, "Objective");
            if (isObjective && objective is not null)
                Report(Descriptors.SecondObjective, place, method.Name, type.Name, objective);
            if (isObjective)
                objective ??= method.Name;
            bool isSound = methodRules.Check(method, place);
            if ((isSound || method.DeclaredAccessibility == Accessibility.Private) && !methodRules.HasOverloads(method))
                outlines.Add(OutlineOf(method, isObjective && objective == method.Name));
            var inputs = ReadInputs(method);
            if (isSound && inputs is not null && instance is not null && ReadMethod(instance, method, place, inputs, isObjective) is { } read)
            {
                methodRules.CheckCounterpart(method, inputs, read.Graph);
                methods.Add(read);
            }
        }
        return methods;
    }

    List<ModelInput>? ReadInputs(IMethodSymbol method)
    {
        var inputs = new List<ModelInput>();
        bool isComplete = true;
        foreach (var parameter in method.Parameters)
        {
            if (LanguageTypes.FindAttribute(parameter, "Shape") is not { } attribute)
            {
                isComplete = false;
                if (LanguageTypes.IsTensor(parameter.Type))
                    Report(Descriptors.MissingShape, Identifiers.Of(parameter.DeclaringSyntaxReferences[0].GetSyntax(cancellation)), parameter.Name, method.Name);
                continue;
            }
            var shape = shapes.Read(attribute, type.Name);
            isComplete &= shape is not null;
            inputs.Add(new ModelInput(parameter.Name, shape ?? Shape.Scalar, LanguageTypes.ElementTypeOf(parameter.Type) ?? ElementType.Float32));
        }
        return isComplete ? inputs : null;
    }

    ModelMethod? ReadMethod(ObjectValue instance, IMethodSymbol method, SyntaxNodeOrToken place, List<ModelInput> inputs, bool isObjective)
    {
        var graph = new Graph { MaximumNodes = Interpreter.MaximumNodes };
        var outputs = new List<ModelOutput>();
        bool isRead = Try(place, () =>
        {
            Value[] arguments = [.. inputs.Select(i => new TensorValue(graph.Input(i.Name, i.Shape, i.Type)))];
            var result = interpreter.BuildGraph(graph, instance, method, arguments);
            if (interpreter.HasLeftOut)
                return;
            AddOutputs(graph, result, method, place, inputs, outputs, isObjective);
            foreach (var (state, version) in interpreter.StateUpdates(graph))
                graph.AddOutput(state.Name!, version, Graphs.OutputKind.State);
            if (interpreter.OversizedIn(graph, isObjective, cancellation) is { } tooLarge)
                throw tooLarge;
            if (isObjective && interpreter.UnmeetableDemand is { } failure)
                throw new StopException(failure);
        });
        if (!isRead || interpreter.HasLeftOut)
            return null;
        if (isObjective && (outputs.Count != 1 || outputs[0].Shape.Rank != 0 || method.ReturnType is INamedTypeSymbol { IsTupleType: true }))
        {
            string what = outputs.Count == 1 ? $"a tensor of shape {outputs[0].Shape}" : $"{outputs.Count} tensors";
            Report(Descriptors.ObjectiveNotScalar, place, method.Name, what);
            return null;
        }
        if (isObjective && graph.LiveNodes().FirstOrDefault(n => n.Op == Op.State && Graph.OwnerOf(n) == StateOwner.Session) is { } session)
        {
            Report(Descriptors.StateOwner, place, $"the objective '{method.Name}' uses '{session.Name}', which is state of a session, and training has no session: declare it as State, or compute the objective without it");
            return null;
        }
        return new ModelMethod(
            method.Name, AccessibilityOf(method.DeclaredAccessibility), new EquatableArray<ModelInput>(inputs),
            new EquatableArray<ModelOutput>(outputs), isObjective, graph)
        {
            Demands = new EquatableArray<TrainingDemand>(isObjective ? interpreter.Demands : []),
        };
    }

    void AddOutputs(
        Graph graph, Value result, IMethodSymbol method, SyntaxNodeOrToken place, List<ModelInput> inputs, List<ModelOutput> outputs, bool isObjective)
    {
        var items = result is TupleValue tuple ? tuple.Items : [result];
        var names = method.ReturnType is INamedTypeSymbol { IsTupleType: true } returned ? returned.TupleElements : default;
        // What is returned does not convert to the method's type: the C# compiler says so.
        if (!result.IsNull && (names.IsDefault ? result is TupleValue : names.Length != items.Length))
            throw new StopException(null, place.AsNode() ?? place.Parent);
        // Inputs and dimensions are parameters of the counterpart as results are, and a result without a name is called as is free.
        string[] given = names.IsDefault ? [] : [.. names.Where(n => n.IsExplicitlyNamedTupleElement).Select(n => n.Name)];
        var free = new NameScope([.. given, .. inputs.Select(i => i.Name), .. shapes.Declared.Select(d => d.Name)]);
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].IsNull)
                throw new StopException(new DiagnosticInfo(Descriptors.NullValue, LocationInfo.From(place),
                    new EquatableArray<string>([$"'{method.Name}' returns null instead of a tensor"])));
            var node = interpreter.OutputOf(graph, items[i]);
            if (isObjective && node.Type != ElementType.Float32)
            {
                throw new StopException(new DiagnosticInfo(
                    Descriptors.WrongElementType, LocationInfo.From(place),
                    new EquatableArray<string>([$"'{method.Name}' returns a tensor of {node.Type.Info().ShortName}: an objective is a float, so convert it: To<float>()"])));
            }
            string? name = names.IsDefault || !names[i].IsExplicitlyNamedTupleElement ? null : names[i].Name;
            outputs.Add(new ModelOutput(name, node.Shape, node.Type));
            graph.AddOutput(name ?? free.Unique(items.Length == 1 ? "result" : $"item{i + 1}"), node);
        }
    }
}
