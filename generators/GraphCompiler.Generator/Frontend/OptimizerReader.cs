using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>What reading an optimizer gives.</summary>
/// <param name="Class">The class, its namespace and the types around it.</param>
/// <param name="Model">The optimizer; null where it cannot be compiled.</param>
/// <param name="Diagnostics">What the user is told, in the order of the source.</param>
/// <param name="Location">Where the class is, for faults of later stages.</param>
/// <param name="CanBeExtended">Whether the compiler can write a part of the class.</param>
internal sealed record OptimizerReading(
    OptimizerClass Class, OptimizerModel? Model, EquatableArray<DiagnosticInfo> Diagnostics, LocationInfo Location, bool CanBeExtended) : IReading;

/// <summary>
/// Reads a class marked [Optimizer]. Its update is interpreted once for each set of answers to the conditions on hyper-parameters that it
/// asks for: first all are answered with yes, then the last yes becomes a no, until none is left. What a way gives is a
/// formula: a graph over one flat dimension, and the numbers that it needs, as the C# that computes them. Never throws but for cancellation.
/// </summary>
internal sealed class OptimizerReader
{
    const string BaseClass = "Optimizer";
    const string Update = "Update";

    /// <summary>Each condition doubles the formulas at most.</summary>
    const int MostFormulas = 64;

    readonly INamedTypeSymbol type;
    readonly CancellationToken cancellation;
    readonly ModuleLibraries libraries;
    readonly Interpreter interpreter;
    readonly SilentStops silentStops;
    readonly TypeDeclarationSyntax declaration;
    readonly List<DiagnosticInfo> diagnostics = [];
    bool isIncomplete, canBeExtended = true;

    OptimizerReader(Compilation compilation, INamedTypeSymbol type, TypeDeclarationSyntax declaration, CancellationToken cancellation)
    {
        this.type = type;
        this.declaration = declaration;
        this.cancellation = cancellation;
        libraries = ModuleLibraries.Of(compilation);
        interpreter = new Interpreter(compilation, libraries, cancellation) { Stopped = Stop };
        silentStops = new SilentStops(compilation, libraries, type, cancellation);
    }

    /// <summary>Reads a class.</summary>
    /// <param name="compilation">The project that it is in, or that references its assembly.</param>
    /// <param name="type">The class, as its sources declare it.</param>
    /// <param name="cancellation">Ends the reading early, with an exception.</param>
    /// <param name="trees">Is given the files whose code the reading came from.</param>
    public static OptimizerReading Read(Compilation compilation, INamedTypeSymbol type, CancellationToken cancellation, HashSet<SyntaxTree>? trees = null)
    {
        var declaration = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>()
            .OrderByDescending(d => d.AttributeLists.Count > 0).First();
        var reader = new OptimizerReader(compilation, type, declaration, cancellation);
        OptimizerModel? model = null;
        try
        {
            model = reader.Read();
        }
        catch (InsufficientExecutionStackException)
        {
            reader.Report(Descriptors.UnsupportedSyntax, declaration.Identifier,
                "an expression here, or what it calls, is nested too deeply to be evaluated: split it into locals, and recursion into loops");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            reader.Report(Descriptors.InternalFault, declaration.Identifier, type.Name, "", $"{fault.GetType().Name}: {fault.Message}");
        }
        trees?.UnionWith(reader.interpreter.Trees);
        return reader.Result(reader.isIncomplete ? null : model);
    }

    OptimizerReading Result(OptimizerModel? model)
    {
        // A class that is not compiled would fail when it runs, so somebody must say why.
        if (model is null && diagnostics.Count == 0 && silentStops.Unexplained() is { } reason)
            Report(Descriptors.InternalFault, declaration.Identifier, type.Name, "", reason);
        return new OptimizerReading(
            Class,
            model,
            new EquatableArray<DiagnosticInfo>(diagnostics.OrderBy(d => d.Location.Path, StringComparer.Ordinal).ThenBy(d => d.Location.Span.Start)),
            LocationInfo.From(declaration.Identifier),
            canBeExtended);
    }

    void Report(DiagnosticDescriptor descriptor, SyntaxNodeOrToken where, params string[] arguments) =>
        Report(new DiagnosticInfo(descriptor, LocationInfo.From(where), new EquatableArray<string>(arguments)));

    void Report(DiagnosticInfo diagnostic)
    {
        isIncomplete = true;
        if (!diagnostics.Any(d => d.Descriptor == diagnostic.Descriptor && d.Location == diagnostic.Location))
            diagnostics.Add(diagnostic);
    }

    /// <summary>What the evaluation of a part stopped at; without a diagnostic where the C# compiler reports the error itself.</summary>
    void Stop(StopException stop, SyntaxNodeOrToken? fallback)
    {
        isIncomplete = true;
        if ((stop.Diagnostic ?? interpreter.ForeignFault()) is { } diagnostic)
        {
            Report(diagnostic.Location == LocationInfo.None ? diagnostic with { Location = LocationInfo.From(fallback ?? declaration.Identifier) } : diagnostic);
            return;
        }
        silentStops.Add(stop.Place ?? interpreter.Current);
        silentStops.Add(fallback?.AsNode());
    }

    OptimizerClass Class => ClassOf(type);

    public static OptimizerClass ClassOf(INamedTypeSymbol type) =>
        new(ModelReader.NamespaceOf(type), new EquatableArray<ContainingType>(ModelReader.ContainingTypesOf(type)), type.Name);

    OptimizerModel? Read()
    {
        CheckClass();
        if (UpdateMethod() is not { } update)
            return null;
        var states = new List<(StateValue Value, ISymbol Field)>();
        var instance = Instance(states);
        var formulas = new List<OptimizerFormula>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (List<bool>? answers = []; answers is not null && !isIncomplete;)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = new UpdatePath(answers);
            if (ReadFormula(instance, update, path, states) is { } formula)
            {
                formulas.Add(formula);
                used.UnionWith(formula.StateNames);
            }
            if (formulas.Count > MostFormulas)
                Report(Descriptors.TooManyNodes, Identifiers.Of(update.DeclaringSyntaxReferences[0].GetSyntax(cancellation)),
                    $"its conditions on hyper-parameters choose between more than {MostFormulas} formulas: compute with numbers, and choose between these with '? :'");
            answers = Next(path);
        }
        foreach (var (state, field) in states)
        {
            if (!isIncomplete && !used.Contains(state.Name!))
                Report(Descriptors.UnsetOptimizerState, PlaceOf(field), field.Name, "is a state that no formula uses: remove it, or set it in Update");
        }
        return isIncomplete ? null : new OptimizerModel(
            Class,
            new EquatableArray<OptimizerHyperparameter>(Hyperparameters()),
            new EquatableArray<OptimizerFormula>(formulas),
            new EquatableArray<string>(type.GetMembers().Select(m => m.Name).Distinct()));
    }

    /// <summary>The answers that lead another way; null after the last.</summary>
    static List<bool>? Next(UpdatePath path)
    {
        var answers = path.Conditions.Select(c => c.Holds).ToList();
        while (answers.Count > 0 && !answers[answers.Count - 1])
            answers.RemoveAt(answers.Count - 1);
        if (answers.Count == 0)
            return null;
        answers[answers.Count - 1] = false;
        return answers;
    }

    OptimizerFormula? ReadFormula(ObjectValue instance, IMethodSymbol update, UpdatePath path, List<(StateValue Value, ISymbol Field)> states)
    {
        var graph = new Graph { MaximumNodes = Interpreter.MaximumNodes };
        var block = new Shape([OptimizerFormula.Size]);
        var place = Identifiers.Of(update.DeclaringSyntaxReferences[0].GetSyntax(cancellation));
        try
        {
            var parameter = graph.State(OptimizerFormula.Parameter, block, StateOwner.Model);
            var gradient = graph.Input(OptimizerFormula.Gradient, block, ElementType.Float32);
            var result = interpreter.BuildUpdate(graph, instance, update, [new TensorValue(parameter), new TensorValue(gradient), Step(update.Parameters[2].Type)], path);
            if (interpreter.HasLeftOut)
                return null;
            var set = interpreter.StateUpdates(graph).ToDictionary(u => u.State, u => u.Version);
            graph.AddOutput(OptimizerFormula.Parameter, graph.Assign(parameter, interpreter.UpdateResult(graph, result)), Graphs.OutputKind.State);
            foreach (var (state, _) in states.Where(s => set.ContainsKey(s.Value)))
                graph.AddOutput(state.Name!, set[state], Graphs.OutputKind.State);
            foreach (var (state, field) in states)
            {
                if (!set.ContainsKey(state) && graph.LiveNodes().Any(n => n.Op == Op.State && n.Name == state.Name && Graph.OwnerOf(n) == StateOwner.Optimizer))
                    Report(Descriptors.UnsetOptimizerState, PlaceOf(field), field.Name,
                        "is a state that the update reads and does not set, so it is zero for ever: give it its next value with Set");
            }
            return new OptimizerFormula(
                new EquatableArray<FormulaCondition>(path.Conditions),
                new EquatableArray<string>(states.Where(s => set.ContainsKey(s.Value)).Select(s => s.Value.Name!)),
                new EquatableArray<FormulaCoefficient>(path.Coefficients),
                graph);
        }
        catch (StopException stop)
        {
            Stop(stop, place);
        }
        catch (ShapeException mismatch)
        {
            Report(Descriptors.NotElementwise, place, $"{Update}: {mismatch.Message}");
        }
        catch (GraphTooLargeException)
        {
            Report(Descriptors.TooManyNodes, place, "this method has more than 20,000 operations: a loop does not end, or is far longer than a graph can be");
        }
        return null;
    }

    // The class.

    void CheckClass()
    {
        if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            ReportClosed("declare it partial");
        if (!Chain().Any(t => t.Name == BaseClass && t.ContainingNamespace.ToDisplayString() == LanguageTypes.Namespace))
            ReportClosed("let it derive from Optimizer");
        for (var around = type; around is not null; around = around.ContainingType)
        {
            if (around.Arity > 0)
                ReportClosed("neither it nor a type around it can have type parameters");
            if (around.IsFileLocal)
                ReportClosed("remove 'file'");
        }
        for (var around = declaration.Parent as TypeDeclarationSyntax; around is not null; around = around.Parent as TypeDeclarationSyntax)
        {
            if (!around.Modifiers.Any(SyntaxKind.PartialKeyword))
                ReportClosed($"declare '{around.Identifier.Text}' around it partial too");
        }
        if (declaration.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 })
            ReportClosed("the project must use C# 12 or later");
        if (type.ContainingAssembly is ISourceAssemblySymbol { Compilation.Options: CSharpCompilationOptions { AllowUnsafe: false } })
            Report(Descriptors.OptimizerClass, declaration.Identifier, type.Name, "set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project file, as it works on raw memory");
    }

    void ReportClosed(string remedy)
    {
        canBeExtended = false;
        Report(Descriptors.OptimizerClass, declaration.Identifier, type.Name, remedy);
    }

    /// <summary>The class and its base classes, as their sources declare them.</summary>
    IEnumerable<INamedTypeSymbol> Chain()
    {
        for (INamedTypeSymbol? link = type; link is { SpecialType: not SpecialType.System_Object }; link = link.BaseType is { } next ? libraries.Source(next) : null)
            yield return link;
    }

    /// <summary>The update that the class has; null where it has none, which the C# compiler reports.</summary>
    IMethodSymbol? UpdateMethod()
    {
        foreach (var method in Chain().SelectMany(t => t.GetMembers(Update)).OfType<IMethodSymbol>())
        {
            if (method is { IsOverride: true, Parameters.Length: 3 } && libraries.HasSource(method))
                return method;
        }
        isIncomplete = true;
        silentStops.Add(declaration);
        return null;
    }

    SyntaxNodeOrToken PlaceOf(ISymbol member) => member.DeclaringSyntaxReferences.Length > 0 && !libraries.IsForeign(member.DeclaringSyntaxReferences[0].SyntaxTree)
        ? Identifiers.Of(member.DeclaringSyntaxReferences[0].GetSyntax(cancellation))
        : declaration.Identifier;

    // What an update can read.

    /// <summary>The optimizer as its update sees it: no constructor is run, as hyper-parameters are known when the program runs.</summary>
    ObjectValue Instance(List<(StateValue Value, ISymbol Field)> states)
    {
        var instance = new ObjectValue(type);
        foreach (var link in Chain().Reverse())
        {
            foreach (var member in Interpreter.InstanceMembers(link)
                .Concat(link.GetMembers().OfType<IPropertySymbol>().Where(p => !p.IsStatic && p.DeclaringSyntaxReferences.Length == 0)))
                instance.Members[member] = MemberValue(link, member, states);
        }
        var optimizer = Chain().FirstOrDefault(t => t.Name == BaseClass);
        foreach (string name in new[] { "LearningRate", "WeightDecay" })
        {
            foreach (var property in optimizer?.GetMembers(name).OfType<IPropertySymbol>() ?? [])
                instance.Members[property] = Unreadable($"'{name}' is what the optimizer was made with: what counts for an update is 'step.{name}'");
        }
        return instance;
    }

    Value MemberValue(INamedTypeSymbol link, ISymbol member, List<(StateValue Value, ISymbol Field)> states)
    {
        var memberType = member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;
        if (LanguageTypes.Is(memberType, "OptimizerState"))
        {
            var state = new StateValue(new Shape([OptimizerFormula.Size]), ElementType.Float32, null, StateOwner.Optimizer) { Name = NameOf(member) };
            if (states.Any(s => s.Value.Name == state.Name))
                Report(Descriptors.DuplicateParameter, PlaceOf(member), state.Name);
            states.Add((state, member));
            return state;
        }
        if (!RunTimeNumber.IsNumberOrTruth(memberType.SpecialType))
            return Unreadable($"'{member.Name}' is no number: an update computes with tensors, numbers and truth values");
        bool isVisible = SymbolEqualityComparer.Default.Equals(link, type) || member.DeclaredAccessibility != Accessibility.Private;
        return isVisible
            ? new RunTimeNumber($"optimizer.{Literals.Identifier(member.Name)}", memberType.SpecialType, Literals.Camel(member.Name.TrimStart('_', '@')))
            : Unreadable($"'{member.Name}' is private in '{link.Name}', and the code for '{type.Name}' reads it: make it protected");
    }

    static UnreadableValue Unreadable(string message)
        => new(new StopException(new DiagnosticInfo(Descriptors.UnsupportedMember, LocationInfo.None, new EquatableArray<string>([message]))));

    /// <summary>The step that an update is given.</summary>
    ObjectValue Step(ITypeSymbol stepType)
    {
        var source = libraries.Source((INamedTypeSymbol)stepType);
        var step = new ObjectValue(source);
        foreach (var property in source.GetMembers().OfType<IPropertySymbol>().Where(p => RunTimeNumber.IsNumberOrTruth(p.Type.SpecialType)))
            step.Members[property] = new RunTimeNumber(
                "step." + property.Name, property.Type.SpecialType, Literals.Camel(property.Name), usesStep: true,
                isOfGroup: property.Name is "LearningRate" or "WeightDecay");
        return step;
    }

    IEnumerable<OptimizerHyperparameter> Hyperparameters() => Chain().Where(t => t.Name != BaseClass).Reverse().SelectMany(t => t.GetMembers()).OfType<IPropertySymbol>()
        .Where(p => p is { IsStatic: false, IsOverride: false, SetMethod: not null, GetMethod: not null, DeclaredAccessibility: Accessibility.Public }
            && RunTimeNumber.IsNumberOrTruth(p.Type.SpecialType))
        .Select(p => new OptimizerHyperparameter(NameOf(p), p.Name, p.Type.SpecialType == SpecialType.System_Boolean));

    /// <summary>What checkpoints call a member: what [Name] says, or its name in small letters, with underlines between words.</summary>
    static string NameOf(ISymbol member)
    {
        if (LanguageTypes.FindAttribute(member, "Name") is { } attribute && LanguageTypes.TextOf(attribute) is { Length: > 0 } given)
            return given;
        string name = member.Name.TrimStart('_');
        var words = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && !char.IsUpper(name[i - 1]))
                words.Append('_');
            words.Append(char.ToLowerInvariant(name[i]));
        }
        return words.ToString();
    }
}
