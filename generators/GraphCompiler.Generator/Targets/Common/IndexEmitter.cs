using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// Writes the method of a program that computes, from the caller's arguments, the integers by which its kernels address
/// memory, and refuses the call if one is out of the range of a use. What is checked is what is kept, so that an
/// argument may change while the program runs. All targets call this method and none reads the arguments again.
/// </summary>
internal sealed class IndexEmitter
{
    /// <summary>The method's name.</summary>
    public const string Method = "PrepareIndices";

    const string Guard = "global::GraphCompiler.Runtime.Guard";

    readonly ProgramPlan plan;
    readonly List<ModelInput> inputs;
    readonly List<string> dimensions;
    readonly List<(IndexBuffer Buffer, string Name)> buffers = [];
    readonly ProgramNames names;

    /// <summary>The variable of the loops that holds an element.</summary>
    readonly string number;

    public IndexEmitter(ModelMethod method, ProgramPlan plan)
    {
        this.plan = plan;
        var nodes = plan.Indices.Buffers.SelectMany(b => Operands(b.Expression).Concat(b.Uses)).ToList();
        var read = new HashSet<string>(nodes.Where(n => n.Op == Op.Input).Select(n => n.Name));
        inputs = [.. method.Inputs.Where(i => read.Contains(i.Name))];
        dimensions = [.. nodes.SelectMany(n => n.Shape.Concat(n.Attributes.Dims)).SelectMany(d => d.Symbols.ToArray())
            .Select(s => s.Name).Distinct().OrderBy(d => d, StringComparer.Ordinal)];
        names = new ProgramNames(method);
        number = names.Unique("index");
        foreach (var buffer in plan.Indices.Buffers)
            buffers.Add((buffer, names.Unique(ArgumentOf(buffer) is { } argument ? names[argument].TrimStart('@') + "Indices" : "indices")));
    }

    /// <summary>Whether anything is addressed by integers.</summary>
    public bool IsNeeded => buffers.Count > 0;

    /// <summary>The caller's tensors that are read.</summary>
    public IReadOnlyList<ModelInput> Inputs => inputs;

    /// <summary>The tensors as parameters.</summary>
    public string InputParameters => string.Join(", ", inputs.Select(i => $"ReadOnlySpan<{i.Type.Info().FullName}> {names[i.Name]}"));

    /// <summary>The arguments of a call.</summary>
    /// <param name="input">The expression of a tensor as a span, by its name.</param>
    /// <param name="dimension">The expression of a named dimension, by its name.</param>
    /// <param name="place">The expression of the span that takes some integers, from an offset in the block of indices on.</param>
    public string Arguments(Func<string, string> input, Func<string, string> dimension, Func<long, string, string> place) => string.Join(", ",
        inputs.Select(i => input(i.Name)).Concat(dimensions.Select(dimension))
            .Concat(buffers.Select(b => place(b.Buffer.Offset, Literals.Size(b.Buffer.Expression.Shape.Size, dimension)))));

    public void Write(SourceWriter writer)
    {
        string parameters = string.Join(", ", new[] { InputParameters }.Where(p => p.Length > 0)
            .Concat(dimensions.Select(d => "int " + names[d])).Concat(buffers.Select(b => "Span<int> " + b.Name)));
        writer.Line("/// <summary>Computes the integers by which kernels address memory; refuses those that are out of range.</summary>");
        using (writer.Open($"internal static void {Method}({parameters})"))
        {
            // An argument that is out of range by itself is named before what is computed of it.
            foreach (var (buffer, name) in buffers.OrderBy(b => b.Buffer.Expression.Op == Op.Input ? 0 : 1))
                Write(writer, buffer, name);
        }
    }

    void Write(SourceWriter writer, IndexBuffer buffer, string name)
    {
        var bounds = IndexBounds.Of(buffer, plan.Graph);
        if (buffer.Expression.Op == Op.Input && bounds.Writes.Count == 0)
        {
            string input = buffer.Expression.Name;
            writer.Line($"{Guard}.Indices({names[input]}, {bounds.Limit(names.Size)}, {name}, {Literals.String(input)});");
            return;
        }
        if (IndexExpression.FitsInLong(buffer.Expression))
        {
            WriteElements(writer, buffer, name, bounds);
            return;
        }
        using (writer.Open("try"))
        using (writer.Open("checked"))
            WriteElements(writer, buffer, name, bounds);
        using (writer.Open("catch (OverflowException)"))
            writer.Line($"throw {Guard}.IndexOverflow({Texts(buffer)});");
    }

    void WriteElements(SourceWriter writer, IndexBuffer buffer, string name, IndexBounds bounds)
    {
        bool isOne = buffer.Expression.Shape.Size.IsOne;
        string i = isOne ? "0" : "i", index = isOne ? names.Unique("index") : number;
        using (isOne ? default(SourceWriter.Block?) : writer.Open($"for (int {i} = 0; {i} < {name}.Length; {i}++)"))
        {
            var expression = new IndexExpression(writer, names, array => ConstantEmitter.Array(plan.Locations[array].Name));
            string value = expression.Write(buffer.Expression, ElementPlace.At(buffer.Expression.Shape, Expression.Primary(i), names));
            writer.Line($"long {index} = {value};");
            if (bounds.Limit(names.Size) is { } limit)
                writer.Line($"{Guard}.Index({index}, {limit}, {(isOne ? "-1" : i)}, {Texts(buffer)});");
            foreach (var (length, size, state) in bounds.Writes)
                writer.Line($"{Guard}.Position({index}, {names.Size(length)}, {Literals.Integer(size)}, {Literals.String(state)}, {Texts(buffer)});");
            writer.Line($"{name}[{i}] = (int){index};");
        }
    }

    /// <summary>
    /// What documentation says of an argument that indices are computed from: where they are the argument itself, its range,
    /// else that of the expression; "" where it is another's.
    /// </summary>
    public static string Describe(IndexBuffer buffer, string argument, Graph graph)
    {
        if (!Operands(buffer.Expression).Any(n => n.Op == Op.Input && n.Name == argument))
            return "";
        var bounds = IndexBounds.Of(buffer, graph);
        string text = buffer.Expression.Op == Op.Input ? "" : "; " + Escaped(buffer.Uses[0].Origin);
        if (bounds.LimitText.Length > 0)
            text += (text.Length > 0 ? " is" : ",") + $" from 0 to {bounds.LimitText} (exclusive)";
        foreach (var (length, size, _) in bounds.Writes)
            text += $"; from {(buffer.Expression.Op == Op.Input ? "it" : Escaped(buffer.Uses[0].Origin))} on {length} of {Literals.Integer(size)} places are written";
        return text;
    }

    static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;");

    /// <summary>What messages call a buffer's values, and the argument of the caller that they come from.</summary>
    static string Texts(IndexBuffer buffer) =>
        $"{Literals.String(buffer.Uses[0].Origin)}, {(ArgumentOf(buffer) is { } argument ? Literals.String(argument) : "null")}";

    /// <summary>The first argument that an expression reads; null where it reads none.</summary>
    static string? ArgumentOf(IndexBuffer buffer) => Operands(buffer.Expression).FirstOrDefault(n => n.Op == Op.Input)?.Name;

    /// <summary>The nodes of an expression, in the order of the graph.</summary>
    static IReadOnlyList<Node> Operands(Node expression)
    {
        var found = new SortedDictionary<int, Node>();
        var pending = new Stack<Node>([expression]);
        while (pending.Count > 0)
        {
            var node = pending.Pop();
            if (found.ContainsKey(node.Id))
                continue;
            found.Add(node.Id, node);
            foreach (var input in node.Inputs)
                pending.Push(input);
        }
        return [.. found.Values];
    }
}
