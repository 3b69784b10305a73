using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>What reading a class gives.</summary>
internal interface IReading
{
    EquatableArray<DiagnosticInfo> Diagnostics { get; }
}

/// <summary>What reading a graph class gives.</summary>
/// <param name="Model">The model; null where the class cannot be compiled.</param>
/// <param name="Diagnostics">What the user is told, in the order of the source.</param>
/// <param name="Locations">Where the class ("") and its methods (by name) are, for faults of later stages.</param>
/// <param name="Outline">The signatures of a class that cannot be compiled, where its declaration at least is sound.</param>
internal sealed record ModelReading(
    Model? Model, EquatableArray<DiagnosticInfo> Diagnostics, EquatableArray<NamedLocation> Locations, ModelOutline? Outline = null) : IReading;

/// <summary>A place by name.</summary>
internal sealed record NamedLocation(string Name, LocationInfo Location);

/// <summary>
/// Reads a class marked [Graph]: checks its declaration, constructs it at build time to find its parameters, and builds
/// the graph of each of its graph methods. Never throws but for cancellation.
/// </summary>
internal sealed partial class ModelReader
{
    readonly INamedTypeSymbol type;
    readonly TypeDeclarationSyntax declaration;
    readonly CancellationToken cancellation;
    readonly ModuleLibraries libraries;
    readonly Interpreter interpreter;
    readonly ShapeReader shapes;
    readonly List<DiagnosticInfo> diagnostics = [];
    readonly List<NamedLocation> locations = [];
    readonly List<OutlineMethod> outlines = [];
    readonly ClassRules rules;
    readonly SilentStops silentStops;
    bool isIncomplete;

    ModelReader(Compilation compilation, INamedTypeSymbol type, TypeDeclarationSyntax declaration, CancellationToken cancellation)
    {
        this.declaration = declaration;
        this.cancellation = cancellation;
        this.type = type;
        libraries = ModuleLibraries.Of(compilation);
        interpreter = new Interpreter(compilation, libraries, cancellation) { Stopped = Stop };
        shapes = new ShapeReader(compilation, Report, cancellation);
        rules = new ClassRules(type, declaration, Report, cancellation);
        silentStops = new SilentStops(compilation, libraries, type, cancellation);
    }

    /// <summary>Reads a class.</summary>
    /// <param name="compilation">The project that it is in.</param>
    /// <param name="type">The class.</param>
    /// <param name="cancellation">Ends the reading early, with an exception.</param>
    /// <param name="trees">Is given the files, those of other assemblies' modules too, whose code the reading came from.</param>
    public static ModelReading Read(Compilation compilation, INamedTypeSymbol type, CancellationToken cancellation, HashSet<SyntaxTree>? trees = null)
    {
        trees?.UnionWith(type.DeclaringSyntaxReferences.Select(r => r.SyntaxTree));
        if (type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>()
            .OrderByDescending(d => d.AttributeLists.Count > 0).FirstOrDefault() is not { } declaration)
            return new ModelReading(null, default, default);
        ModelReader? reader = null;
        try
        {
            reader = new ModelReader(compilation, type, declaration, cancellation);
            var model = reader.Read();
            return reader.Result(model);
        }
        catch (InsufficientExecutionStackException)
        {
            return Fault(reader, Descriptors.UnsupportedSyntax, declaration,
                ["an expression here, or what it calls, is nested too deeply to be evaluated: split it into locals, and recursion into loops"]);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            string place = reader?.interpreter.Current is { } current ? $" at '{Shorten(SourceText.OnOneLine(current))}'" : "";
            return Fault(reader, Descriptors.InternalFault, declaration, [type.Name, place, $"{fault.GetType().Name}: {fault.Message}"]);
        }
        finally
        {
            trees?.UnionWith(reader?.interpreter.Trees ?? []);
        }
    }

    static string Shorten(string text) => text.Length <= 80 ? text : text.Substring(0, 77) + "...";

    static ModelReading Fault(ModelReader? reader, DiagnosticDescriptor descriptor, TypeDeclarationSyntax declaration, string[] arguments)
    {
        var fault = new DiagnosticInfo(descriptor, LocationInfo.From(declaration.Identifier), new EquatableArray<string>(arguments));
        return new ModelReading(null, new EquatableArray<DiagnosticInfo>([.. reader?.diagnostics ?? [], fault]), default);
    }

    ModelReading Result(Model? model)
    {
        // A class that is not compiled would fail when it runs, so somebody must say why.
        if (model is null && diagnostics.Count == 0 && silentStops.Unexplained() is { } reason)
            Report(Descriptors.InternalFault, declaration.Identifier, type.Name, "", reason);
        return new(
            model,
            new EquatableArray<DiagnosticInfo>(diagnostics.OrderBy(d => d.Location.Path, StringComparer.Ordinal).ThenBy(d => d.Location.Span.Start)),
            new EquatableArray<NamedLocation>(locations),
            model is null && rules.CanBeExtended ? Outline() : null);
    }

    void Report(DiagnosticDescriptor descriptor, SyntaxNodeOrToken where, params string[] arguments) =>
        Report(new DiagnosticInfo(descriptor, LocationInfo.From(where), new EquatableArray<string>(arguments)));

    void Report(DiagnosticInfo diagnostic)
    {
        isIncomplete |= diagnostic.Descriptor != Descriptors.UnusedParameter;
        if (!diagnostics.Any(d => d.Descriptor == diagnostic.Descriptor && d.Location == diagnostic.Location))
            diagnostics.Add(diagnostic);
    }

    /// <summary>Runs a part of the reading; false where it stopped, with its diagnostic reported.</summary>
    bool Try(SyntaxNodeOrToken fallback, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (StopException stop)
        {
            Stop(stop, fallback);
            return false;
        }
        catch (GraphTooLargeException)
        {
            Report(Descriptors.TooManyNodes, fallback, "this method has more than 20,000 operations: a loop does not end, or is far longer than a graph can be");
            return false;
        }
        catch (InsufficientExecutionStackException)
        {
            Report(Descriptors.UnsupportedSyntax, fallback,
                "an expression here, or what it calls, is nested too deeply to be evaluated: split it into locals, and recursion into loops");
            return false;
        }
    }

    /// <summary>What the evaluation of a part stopped at; without a diagnostic where the C# compiler reports the error itself.</summary>
    void Stop(StopException stop, SyntaxNodeOrToken? fallback)
    {
        isIncomplete = true;
        if ((stop.Diagnostic ?? interpreter.ForeignFault()) is { } diagnostic)
            Report(diagnostic.Location == LocationInfo.None ? diagnostic with { Location = LocationInfo.From(fallback ?? declaration.Identifier) } : diagnostic);
        else
        {
            silentStops.Add(stop.Place ?? interpreter.Current);
            // What was evaluated last may lie in a method that was called, and the error in the statement that calls it.
            silentStops.Add(fallback?.AsNode());
        }
    }

    /// <summary>
    /// Reads all that can be read, whatever is wrong elsewhere, so that the user sees every mistake at once. What depends on
    /// something that could not be read is left out and says nothing.
    /// </summary>
    Model? Read()
    {
        locations.Add(new NamedLocation("", LocationInfo.From(declaration.Identifier)));
        rules.Check();
        shapes.ReadDims(type);
        foreach (var dim in shapes.Declared)
            interpreter.NamedDims[dim.Name] = Dim.Named(dim.Name, dim.Max);
        ObjectValue? instance = null;
        Try(declaration.Identifier, () => instance = interpreter.Construct(type));
        var names = new ParameterNames(libraries, cancellation);
        var packing = new WeightFormats(type, Report, cancellation);
        if (instance is not null)
        {
            names.Walk(instance, declaration.Identifier);
            Try(declaration.Identifier, () => new LoraReader(type, instance, names, interpreter, Report, cancellation).Add(declaration.Identifier));
        }
        foreach (var (name, place) in names.Duplicates)
            Report(Descriptors.DuplicateParameter, place, name);
        if (instance is not null)
        {
            new FrozenParameters(type, names, Report, cancellation).Mark();
            packing.Mark(names);
            FreezeWhatIsNotTrained(names);
        }
        var methods = ReadMethods(instance);
        shapes.ReportUnused(type.Name);
        if (methods.Any(m => m.IsObjective) || !MethodRules.GraphMethods(type).Any(m => LanguageTypes.HasAttribute(m, "Objective")))
            ReportNeverUpdated(names, methods);
        if (isIncomplete)
            return null;
        ReportUnusedParameters(names, methods);
        ReportObjectiveWithoutParameters(names, methods);
        if (isIncomplete)
            return null;
        var model = new Model(
            NamespaceOf(type),
            new EquatableArray<ContainingType>(ContainingTypesOf(type)),
            type.Name,
            AccessibilityOf(type.DeclaredAccessibility),
            new EquatableArray<ModelDim>(shapes.Declared),
            new EquatableArray<ModelParameter>(names.Found.Select(f => f.Tensor).OfType<ParameterValue>().Select(ParameterOf)),
            new EquatableArray<ModelMethod>(methods),
            new EquatableArray<ModelState>(StatesOf(names, methods)))
        {
            Precision = LanguageTypes.FindAttribute(type, "Graph") is { } attribute ? ClassRules.PrecisionOf(attribute) : default,
            Weights = packing.OfClass,
            PlansEveryPrecision = LanguageTypes.HasAttribute(type, "PlanEveryPrecision"),
        };
        packing.Check(model);
        return isIncomplete ? null : model;
    }

    /// <summary>Parameters of types that optimizers do not update stay as they are; numbers that could learn must not be thought to.</summary>
    void FreezeWhatIsNotTrained(ParameterNames names)
    {
        bool isTrained = MethodRules.GraphMethods(type).Any(m => LanguageTypes.HasAttribute(m, "Objective"));
        foreach (var (tensor, place) in names.Found)
        {
            if (tensor is not ParameterValue { IsFrozen: false } parameter || parameter.Type.OrderInTraining() >= 0)
                continue;
            if (isTrained && parameter.Type.IsFloat())
                Report(Descriptors.UntrainableType, place, parameter.Name!, parameter.Type.Info().ShortName);
            parameter.IsFrozen = true;
        }
    }

    static ModelParameter ParameterOf(ParameterValue parameter) => new(
        parameter.Name!, new EquatableArray<int>(parameter.Shape.Select(d => d.Value)), Interpreter.InitializationOf(parameter))
    {
        Type = parameter.Type,
        IsFrozen = parameter.IsFrozen,
        Lora = parameter.Lora,
        Weights = parameter.Weights,
    };

    /// <summary>The model's states, and those of sessions that a method uses: modules may declare some for methods that no model calls.</summary>
    static IEnumerable<ModelState> StatesOf(ParameterNames names, List<ModelMethod> methods)
    {
        var used = new HashSet<string>(methods.SelectMany(m => m.Graph.LiveNodes()).Where(n => n.Op == Op.State).Select(n => n.Name), StringComparer.Ordinal);
        return names.Found.Select(f => f.Tensor).OfType<StateValue>()
            .Where(state => state.Owner == StateOwner.Model || used.Contains(state.Name!))
            .Select(state => new ModelState(
                state.Name!, new EquatableArray<int>(state.Shape.Select(d => d.Value)), Interpreter.InitializationOf(state), state.Owner, state.Type));
    }

    /// <summary>The namespace of a class, or an empty string.</summary>
    public static string NamespaceOf(INamedTypeSymbol type) => type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();

    ModelOutline Outline() => new(
        NamespaceOf(type), new EquatableArray<ContainingType>(ContainingTypesOf(type)), type.Name, new EquatableArray<OutlineMethod>(outlines),
        type.GetMembers().Any(m => LanguageTypes.HasAttribute(m, "Objective")), new EquatableArray<string>(rules.Taken));

    /// <summary>An objective that is private by mistake has the counterpart that it would have otherwise.</summary>
    static OutlineMethod OutlineOf(IMethodSymbol method, bool isObjective) => new(
        method.Name, method.DeclaredAccessibility == Accessibility.Private ? "public" : AccessibilityOf(method.DeclaredAccessibility), isObjective,
        new EquatableArray<OutlineInput>(method.Parameters.Select(p => new OutlineInput(p.Name, ElementOf(p.Type), IsScalar(p)))),
        new EquatableArray<OutlineResult>(method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple
            ? tuple.TupleElements.Select((element, i) => new OutlineResult(element.IsExplicitlyNamedTupleElement ? element.Name : $"item{i + 1}", ElementOf(element.Type)))
            : [new OutlineResult("result", ElementOf(method.ReturnType))]));

    static ElementType ElementOf(ITypeSymbol tensor) => LanguageTypes.ElementTypeOf(tensor) ?? ElementType.Float32;

    static bool IsScalar(IParameterSymbol parameter) =>
        LanguageTypes.FindAttribute(parameter, "Shape") is { } attribute && !ShapeReader.Dimensions(attribute).Any();

    /// <summary>The types around a class, outermost first.</summary>
    public static Stack<ContainingType> ContainingTypesOf(INamedTypeSymbol type)
    {
        var containers = new Stack<ContainingType>();
        for (var container = type.ContainingType; container is not null; container = container.ContainingType)
        {
            string keyword = (container.IsRecord, container.TypeKind) switch
            {
                (true, TypeKind.Struct) => "record struct",
                (true, _) => "record",
                (_, TypeKind.Struct) => "struct",
                (_, TypeKind.Interface) => "interface",
                _ => "class",
            };
            containers.Push(new ContainingType(keyword, container.Name));
        }
        return containers;
    }

    public static string AccessibilityOf(Accessibility accessibility) => accessibility switch
    {
        Accessibility.Public => "public",
        Accessibility.Internal => "internal",
        Accessibility.Protected => "protected",
        Accessibility.ProtectedOrInternal => "protected internal",
        Accessibility.ProtectedAndInternal => "private protected",
        _ => "private",
    };

    void ReportUnusedParameters(ParameterNames names, List<ModelMethod> methods)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in methods)
            used.UnionWith(method.Graph.ReachableParameters());
        foreach (var (tensor, place) in names.Found)
        {
            if (tensor is ParameterValue && !used.Contains(tensor.Name!))
                Report(Descriptors.UnusedParameter, place, tensor.Name!, tensor.Shape.ToString());
        }
    }

    /// <summary>An objective that no parameter changes.</summary>
    void ReportObjectiveWithoutParameters(ParameterNames names, List<ModelMethod> methods)
    {
        var trainable = new HashSet<string>(names.Found.Where(f => f.Tensor is ParameterValue { IsFrozen: false }).Select(f => f.Tensor.Name!), StringComparer.Ordinal);
        if (methods.FirstOrDefault(m => m.IsObjective) is { } objective && !objective.Graph.ReachableParameters().Any(trainable.Contains))
            Report(new DiagnosticInfo(Descriptors.NothingToTrain, locations.First(l => l.Name == objective.Name).Location, new EquatableArray<string>([objective.Name])));
    }

    /// <summary>A state of the model that a method sets but no training step ever will.</summary>
    void ReportNeverUpdated(ParameterNames names, List<ModelMethod> methods)
    {
        var updated = methods.SelectMany(m => m.Graph.Outputs.Where(o => o.Kind == Graphs.OutputKind.State).Select(o => (o.Name, Method: m)))
            .ToLookup(u => u.Name, u => u.Method, StringComparer.Ordinal);
        foreach (var (state, place) in names.Found.Where(f => f.Tensor is StateValue { Owner: StateOwner.Model }))
        {
            if (updated[state.Name!].FirstOrDefault() is { } method && !updated[state.Name!].Any(m => m.IsObjective))
                Report(Descriptors.StateOwner, place, $"'{method.Name}' updates '{state.Name}', but a State is updated by training steps alone, and no objective updates it: declare it as SessionState, which every call may update");
        }
    }
}

file static class GraphWalks
{
    /// <summary>The names of the parameters that an output depends on.</summary>
    public static IEnumerable<string> ReachableParameters(this Graph graph)
    {
        bool[] isReached = new bool[graph.Nodes.Count];
        foreach (var output in graph.Outputs)
            isReached[output.Node.Id] = true;
        for (int id = isReached.Length - 1; id >= 0; id--)
        {
            if (!isReached[id])
                continue;
            var node = graph.Nodes[id];
            foreach (var input in node.Inputs)
                isReached[input.Id] = true;
            if (node.Op == Op.Parameter)
                yield return node.Name;
        }
    }
}
