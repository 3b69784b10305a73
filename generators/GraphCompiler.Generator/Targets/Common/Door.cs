using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>The door of a generated method: its parameters, their checks, and how they are handed to a program.</summary>
internal sealed class Door
{
    const string Guard = "global::GraphCompiler.Runtime.Guard";

    readonly ModelMethod method;
    readonly ProgramPlan plan;
    readonly IndexEmitter indices;
    readonly bool isNumber;
    readonly IReadOnlyList<(DimSymbol Symbol, ModelInput Input, Dim Others)> deduced;
    readonly IReadOnlyList<DimSymbol> passed;
    readonly NameScope locals;
    readonly ProgramNames fields;

    /// <param name="method">The user's method.</param>
    /// <param name="plan">The program that the door leads to.</param>
    /// <param name="isNumber">Whether a number is returned, and no result written to the caller's memory.</param>
    public Door(ModelMethod method, ProgramPlan plan, bool isNumber)
    {
        this.method = method;
        this.plan = plan;
        indices = new IndexEmitter(method, plan);
        this.isNumber = isNumber;
        (deduced, passed) = InputFacts.Dimensions(method);
        locals = new NameScope(method.Inputs.Select(i => i.Name).Concat(Results.Select(r => r.Name)).Concat(Dimensions.Select(s => s.Name)));
        fields = new ProgramNames(method);
    }

    /// <summary>A name for a local variable that no parameter has.</summary>
    public string Local(string wanted) => locals.Unique(wanted);

    /// <summary>The named dimensions in the order in which a program is given them.</summary>
    IEnumerable<DimSymbol> Dimensions => deduced.Select(d => d.Symbol).Concat(passed);

    IEnumerable<(string Name, Shape Shape, ElementType Type)> Results => isNumber ? []
        : method.Outputs.Select((output, i) => (method.Graph.Outputs[i].Name, output.Shape, output.Type));

    /// <summary>What the method returns: a number, or nothing.</summary>
    public string ReturnType => isNumber ? method.Outputs[0].Type.Info().FullName : "void";

    /// <summary>Tensors as spans, single numbers as numbers.</summary>
    public string Parameters => string.Join(", ", method.Inputs
        .Select(i => (IsScalar(i) ? ElementOf(i) : $"global::System.ReadOnlySpan<{ElementOf(i)}>") + " " + Literals.Identifier(i.Name))
        .Concat(passed.Select(s => "int " + Literals.Identifier(s.Name)))
        .Concat(Results.Select(r => $"global::System.Span<{r.Type.Info().FullName}> {Literals.Identifier(r.Name)}")));

    /// <summary>The arguments that a program is given: tensors, then every named dimension.</summary>
    public string Inputs => string.Join(", ", method.Inputs.Select(SpanOf)
        .Concat(Dimensions.Select(s => Literals.Identifier(s.Name))));

    /// <summary>
    /// Arrays are spans of data, and constants of graph methods: a method that takes as many of the one as the user's of the other is the one
    /// that a call with arrays means.
    /// </summary>
    public static void WritePriority(SourceWriter writer) => writer.Line("[global::System.Runtime.CompilerServices.OverloadResolutionPriority(1)]");

    /// <summary>Whether a call with arrays could mean the user's method too.</summary>
    public bool NeedsPriority => isNumber && method.Inputs.Any(i => !IsScalar(i));

    /// <summary>The caller's own arguments, to pass them on.</summary>
    public string Arguments => string.Join(", ", method.Inputs.Select(i => Literals.Identifier(i.Name))
        .Concat(passed.Select(s => Literals.Identifier(s.Name))).Concat(Results.Select(r => Literals.Identifier(r.Name))));

    /// <summary>The caller's memory for the results.</summary>
    public string ResultNames => string.Join(", ", Results.Select(r => Literals.Identifier(r.Name)));

    static string ElementOf(ModelInput input) => input.Type.Info().FullName;

    static bool IsScalar(ModelInput input) => input.Shape.Rank == 0;

    /// <summary>An input as a span.</summary>
    static string SpanOf(ModelInput input) => IsScalar(input)
        ? $"new global::System.ReadOnlySpan<{ElementOf(input)}>(in {Literals.Identifier(input.Name)})"
        : Literals.Identifier(input.Name);

    public void WriteDocumentation(SourceWriter writer, string summary, string? returns)
    {
        writer.Line($"/// <summary>{summary}</summary>");
        foreach (var input in method.Inputs)
            writer.Line($"/// <param name=\"{input.Name}\">{(IsScalar(input) ? "A number" : input.Shape.ToString())}{Range(input)}.</param>");
        foreach (var symbol in passed)
            writer.Line($"/// <param name=\"{symbol.Name}\">The size of the dimension, 1 to {symbol.Max}.</param>");
        foreach (var (name, shape, _) in Results)
            writer.Line($"/// <param name=\"{name}\">Receives {shape}.</param>");
        if (returns is not null)
            writer.Line($"/// <returns>{returns}</returns>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">An argument has the wrong length or a value out of range; nothing was changed.</exception>");
    }

    /// <summary>What an argument's integers are bounded by, where they are used as they are and where something is computed of them.</summary>
    string Range(ModelInput input) => string.Concat(plan.Indices.Buffers.Select(buffer => IndexEmitter.Describe(buffer, input.Name, plan.Graph)));

    /// <summary>Refuses arguments that do not fit, before anything changes.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="options">The expression of the model's options.</param>
    /// <param name="isTraining">Whether the method is a training step.</param>
    public void WriteChecks(SourceWriter writer, string options, bool isTraining = false)
    {
        foreach (var symbol in passed)
            writer.Line($"{Guard}.Size({Literals.Identifier(symbol.Name)}, {symbol.Max}, {Literals.String(symbol.Name)});");
        foreach (var (symbol, input, others) in deduced)
        {
            writer.Line($"int {Literals.Identifier(symbol.Name)} = {Guard}.Dimension({Literals.Identifier(input.Name)}.Length, {Literals.Size(others)}, "
                + $"{Literals.Integer(symbol.Max)}, {Literals.String(input.Name)}, {Literals.String(symbol.Name)});");
        }
        foreach (var (name, shape) in method.Inputs.Where(i => !IsScalar(i)).Select(i => (i.Name, i.Shape)).Concat(Results.Select(r => (r.Name, r.Shape))))
            writer.Line($"{Guard}.Length({Literals.Identifier(name)}.Length, {Literals.Size(shape.Size)}, {Literals.String(name)}, {Literals.String(shape.ToString())});");
        foreach (var demand in isTraining ? method.Demands : [])
            writer.Line($"{Guard}.AtLeast({Literals.Size(demand.Count)}, {Literals.Integer(demand.Least)}, {Literals.String(demand.Text)}, {Literals.String(demand.Count.ToString())});");
        WriteOverlapChecks(writer);
        var floats = method.Inputs.Where(i => i.Type.IsFloat()).ToList();
        if (floats.Count == 0)
            return;
        using (writer.Open($"if ({options}.CheckInputs)"))
        {
            foreach (var input in floats)
                writer.Line($"{Guard}.Finite({SpanOf(input)}, {(input.Type == ElementType.Float32 ? "" : $"0x{input.Type.Info().LargestBits:X}, ")}{Literals.String(input.Name)});");
        }
    }

    /// <summary>Kernels read and write in an order of their own, so no result may lie where an input or another result does.</summary>
    void WriteOverlapChecks(SourceWriter writer)
    {
        var before = method.Inputs.Where(i => !IsScalar(i)).Select(i => i.Name).ToList();
        foreach (var (result, _, _) in Results)
        {
            foreach (string name in before)
                writer.Line($"{Guard}.Apart({Literals.Identifier(name)}, {Literals.Identifier(result)}, {Literals.String(name)}, {Literals.String(result)});");
            before.Add(result);
        }
    }

    /// <summary>Gives the program what it addresses memory by, pins the other arguments, gives it their addresses, and runs the body.</summary>
    public void WriteBinding(SourceWriter writer, string program, System.Action body)
    {
        var read = method.Inputs.Where(i => plan.InputsRead.Contains(i.Name)).ToList();
        var scalars = read.Where(IsScalar).Select(i => i.Name).ToList();
        var pinned = read.Where(i => !IsScalar(i)).Select(i => (i.Name, Type: ElementOf(i), Pointer: Local(i.Name + "Pointer")))
            .Concat(Results.Select(r => (r.Name, Type: r.Type.Info().FullName, Pointer: Local(r.Name + "Pointer")))).ToList();
        foreach (string symbol in Dimensions.Select(s => s.Name))
            writer.Line($"{program}.{fields[symbol]} = {Literals.Identifier(symbol)};");
        if (indices.IsNeeded)
            writer.Line($"{program}.SetIndices({string.Join(", ", indices.Inputs.Select(SpanOf))});");
        foreach (var (name, type, pointer) in pinned)
            writer.Line($"fixed ({type}* {pointer} = {Literals.Identifier(name)})");
        using (writer.OpenBare())
        {
            foreach (string name in scalars)
                writer.Line($"{program}.{fields[name]} = &{Literals.Identifier(name)};");
            foreach (var (name, _, pointer) in pinned)
                writer.Line($"{program}.{fields[name]} = {pointer};");
            body();
        }
    }
}
