using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// Decides whether a node can be computed inside a kernel's loops: once for each element of the domain, or once a row.
/// What the kernel computes itself must be read at the very element, or row, where it is computed; what lies in memory
/// may be read through any view whose columns are a single run.
/// </summary>
internal static class Domains
{
    public static (Level Level, Access[] Operands)? TryFit(Node node, IReadOnlyList<Access> accesses, Kernel kernel)
    {
        if (kernel.Kind is KernelKind.Column or KernelKind.Scatter or KernelKind.Assemble or KernelKind.LinearCrossEntropy
            or KernelKind.Attention or KernelKind.AttentionGradient)
            return null;
        if (node.Shape.Size == kernel.Domain.Size && Fit(accesses, kernel, Level.Element, kernel.LevelInside) is { } elements)
            return (Level.Element, elements);
        if (kernel.Kind == KernelKind.Row && node.Shape.Size == kernel.Domain.Product(0, kernel.RowAxes)
            && Fit(accesses, kernel, Level.Row, kernel.LevelInside) is { } rows)
        {
            return (Level.Row, rows);
        }
        return null;
    }

    /// <summary>
    /// The operands viewed over the level's shape, or null where one does not fit. <paramref name="levelInside"/> gives
    /// the level of what the kernel computes itself, null for what it reads from memory.
    /// </summary>
    public static Access[]? Fit(IReadOnlyList<Access> accesses, Kernel kernel, Level level, Func<Node, Level?> levelInside)
    {
        var shape = kernel.ShapeOf(level);
        var fitted = new Access[accesses.Count];
        for (int i = 0; i < fitted.Length; i++)
        {
            if (accesses[i].View.TryReshape(shape) is not { } view)
                return null;
            bool fits = levelInside(accesses[i].Base) is { } computed
                ? IsAligned(view, kernel, level, computed)
                : level == Level.Row || kernel.RowAxes < 0 || view.Runs(kernel.RowAxes, shape.Rank).Count <= 1;
            if (!fits)
                return null;
            fitted[i] = new Access(accesses[i].Base, view);
        }
        return fitted;
    }

    /// <summary>Whether a value is read at the element, or the row, where the kernel computes it.</summary>
    public static bool IsAligned(View view, Kernel kernel, Level reader, Level computed) => (reader, computed) switch
    {
        (Level.Element, Level.Row) => view.TryDropTrailing(kernel.RowAxes) is { IsContiguous: true },
        (Level.Row, Level.Element) => false,
        _ => view.IsContiguous,
    };

    /// <summary>Whether the columns could begin at an axis: everything read has its columns in one run there.</summary>
    public static bool ColumnsAreRuns(Kernel kernel, int rowAxes) => kernel.Members
        .SelectMany(kernel.OperandsOf)
        .All(a => a.View.Runs(rowAxes, kernel.Domain.Rank).Count <= 1);

    /// <summary>
    /// The members of one kernel as members of another, or null where a value would then be read elsewhere than where
    /// it is computed, or a view cannot follow.
    /// </summary>
    public static IReadOnlyList<(Node Node, Level Level, Access[] Operands)>? TryMergeDomains(Kernel from, Kernel into)
    {
        if (from.Domain.Size != into.Domain.Size)
            return null;
        if (from.RowAxes >= 0 && into.RowAxes < 0)
            return null;
        if (from.RowAxes >= 0 && from.Domain.Product(0, from.RowAxes) != into.Domain.Product(0, into.RowAxes))
            return null;
        if (from.RowAxes >= 0 && into.Kind == KernelKind.MatMul)
            return null;
        var refitted = new List<(Node, Level, Access[])>();
        foreach (var member in from.Members)
        {
            var level = from.LevelOf(member);
            if (Refit(from.OperandsOf(member), from, into, OperandLevel(member, level)) is not { } operands)
                return null;
            refitted.Add((member, level, operands));
        }
        foreach (var member in into.Members)
        {
            var reader = OperandLevel(member, into.LevelOf(member));
            foreach (var operand in into.OperandsOf(member).Where(o => from.Contains(o.Base)))
            {
                if (member.Kind == OpKind.MatMul || QuantizedProducts.IsLookup(member) || !IsAligned(operand.View, into, reader, from.LevelOf(operand.Base)))
                    return null;
            }
        }
        return refitted;
    }

    /// <summary>A row reduction is a value of the row, but reads its operand at every element.</summary>
    public static Level OperandLevel(Node member, Level level) => member.Kind == OpKind.Reduction ? Level.Element : level;

    static Access[]? Refit(Access[] operands, Kernel from, Kernel into, Level level)
    {
        var shape = into.ShapeOf(level);
        var fitted = new Access[operands.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i].View.TryReshape(shape) is not { } view)
                return null;
            var source = operands[i].Base;
            bool fits = from.Contains(source)
                || (into.Contains(source) ? IsAligned(view, into, level, into.LevelOf(source))
                : level == Level.Row || into.RowAxes < 0 || view.Runs(into.RowAxes, shape.Rank).Count <= 1);
            if (!fits)
                return null;
            fitted[i] = new Access(source, view);
        }
        return fitted;
    }
}
