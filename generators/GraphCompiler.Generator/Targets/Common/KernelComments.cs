using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// What a reader of the emitted file is told about a program's kernels: the user's expressions they compute, and what
/// lies behind each pointer.
/// </summary>
internal sealed class KernelComments(ProgramPlan plan)
{
    const int MostExpressions = 3;
    const int LongestExpression = 100;
    const int LongestCall = 140;

    /// <summary>The gradients that a kernel makes, or the expressions that it computes the values of.</summary>
    public string Title(Kernel kernel)
    {
        var gradients = kernel.Stores.Select(GradientOf).OfType<string>().ToList();
        if (gradients.Count > 0 && gradients.Count == kernel.Stores.Count)
            return string.Join(" · ", gradients);
        string expressions = string.Join(" · ", Expressions(kernel).Take(MostExpressions).Select(Shorten));
        return expressions.Length > 0 ? expressions : string.Join(", ", kernel.Stores.Select(s => s.Op.ToString()).Distinct());
    }

    /// <summary>
    /// The outermost expressions, those of stored values first. What a kernel computes again on its way to a gradient
    /// is not what it is for.
    /// </summary>
    static List<string> Expressions(Kernel kernel)
    {
        var expressions = new List<string>();
        // A copy into the caller's memory has no expression of its own: the attention that writes there has.
        var stated = kernel.Kind == KernelKind.Attention ? kernel.Members : kernel.Stores;
        foreach (string origin in kernel.Stores.Concat(kernel.Members.Reverse()).Select(m => m.Origin).Where(o => o.Length > 0).Distinct())
        {
            bool isKind = stated.Any(s => s.Origin.Length > 0 && IsBackward(s.Origin) == IsBackward(origin));
            if (isKind && !expressions.Any(e => e.Contains(origin)))
                expressions.Add(origin);
        }
        return [.. expressions.Where(e => !expressions.Any(other => other.Length > e.Length && other.Contains(e)))];
    }

    static bool IsBackward(string origin) => origin.StartsWith(Differentiation.BackwardOf, StringComparison.Ordinal);

    /// <summary>The lines above a kernel's method: its expressions and shapes, then a line a pointer.</summary>
    public IReadOnlyList<string> Lines(Kernel kernel, IReadOnlyList<KernelParameter> parameters)
    {
        string shapes = string.Join(", ", kernel.Stores.Select(s => s.Shape.ToString()).Distinct());
        var lines = new List<string> { $"{Title(kernel)} → {shapes}" };
        lines.AddRange(parameters.OfType<BufferParameter>().Select(p => OnOneLine($"  {p.Name}: {Value(p.Node, p.Name, Title(kernel))} {p.Node.Shape}")));
        lines[0] = OnOneLine(lines[0]);
        return lines;
    }

    /// <summary>What is said at a kernel's call: its title, and the parameters of the model that it reads.</summary>
    public string Call(Kernel kernel, IEnumerable<KernelParameter> parameters)
    {
        string weights = string.Join(", ", parameters.OfType<BufferParameter>().Where(p => p.Node.Op == Op.Parameter).Select(p => p.Node.Name));
        return Title(kernel) + (weights.Length > 0 ? ", with " + weights : "");
    }

    /// <summary>A comment at a call, as far as it fits.</summary>
    public static string Line(string comment) => "// " + Cut(OnOneLine(comment), LongestCall);

    /// <summary>What a pointer points to, as far as its own name and the kernel's title do not say it.</summary>
    string Value(Node node, string pointer, string title)
    {
        if (GradientOf(node) is { } gradient)
            return gradient;
        if (node.Op == Op.Index)
            return node.Origin == $"'{pointer}'" ? "indices" : "indices " + Shorten(node.Origin);
        if (LayoutResolution.IsExternal(node))
            return node.Name != pointer ? node.Name : node.Op switch { Op.Parameter => "parameter", Op.State => "state", Op.ConstantArray => "constants", _ => "input" };
        if (node.Kind == OpKind.Update)
            return plan.Locations[node].Name + ", updated";
        if (plan.Locations[node].Space == MemorySpace.Result)
            return $"the caller's {plan.Locations[node].Name}";
        return node.Origin.Length > 0 && Shorten(node.Origin) != title ? $"{node.Op} in {Shorten(node.Origin)}" : node.Op.ToString();
    }

    string? GradientOf(Node node) =>
        plan.Locations.TryGetValue(node, out var location) && location.Space == MemorySpace.Gradients ? "gradient of " + location.Name : null;

    /// <summary>An expression, cut where it is very long.</summary>
    static string Shorten(string expression) => Cut(OnOneLine(expression), LongestExpression);

    /// <summary>A text without what would end a line comment.</summary>
    static string OnOneLine(string comment)
    {
        var text = new StringBuilder();
        foreach (char c in comment)
            text.Append(c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029' ? ' ' : c);
        return text.ToString();
    }

    static string Cut(string text, int longest) => text.Length <= longest ? text : text.Substring(0, longest - 1) + "…";
}
