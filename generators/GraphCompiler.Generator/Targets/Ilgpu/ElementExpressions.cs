using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Writes the elementwise members of a kernel as local variables, operands first.</summary>
internal sealed class ElementExpressions(KernelScope scope, Func<Node, Access[]> operandsOf, int lanes = 1)
{
    /// <summary>Writes the node, and what it needs inside the kernel, unless that is in <paramref name="locals"/> already.</summary>
    /// <param name="read">The expression of an operand that the kernel does not compute here.</param>
    /// <param name="isInside">Whether an operand is computed here.</param>
    public string Write(SourceWriter writer, Node node, Dictionary<Node, string> locals, Func<Access, string> read, Func<Node, bool> isInside)
    {
        if (locals.TryGetValue(node, out string? known))
            return known;
        string Operand(Access access) => locals.TryGetValue(access.Base, out string? local) ? local
            : isInside(access.Base) ? Write(writer, access.Base, locals, read, isInside)
            : read(access);

        // What a state becomes is its new value; where it goes, the store says.
        if (node.Kind == OpKind.Update)
            return locals[node] = Operand(operandsOf(node)[0]);
        string expression = IlgpuDialect.Expression(node, [.. operandsOf(node).Select(Operand)], lanes);
        string name = scope.Unique(Literals.Camel(node.Op.ToString()));
        writer.Line($"{ElementLanes.TypeOf(node.Type, lanes)} {name} = {expression};");
        locals[node] = name;
        return name;
    }
}

/// <summary>Rows of a table by number: the row's place is found once, its elements are read like any other's.</summary>
internal static class DeviceGather
{
    /// <param name="guard">The condition under which there is such a row; null where there always is.</param>
    public static void WriteRow(SourceWriter writer, KernelScope scope, Kernel kernel, Node gather, Dim columns, string row, string? guard = null)
    {
        var operands = kernel.OperandsOf(gather);
        var indices = operands[1];
        string place = new ElementReader(scope, gather.Inputs[1].Shape, gather.Inputs[1].Shape.Rank, row).Place(indices.View, "0");
        string index = $"{scope.Indices(indices.Base)}[{place}]";
        if (guard is not null)
            index = $"({guard} ? {index} : 0)";
        writer.Line($"int {RowName(scope, gather)} = {scope.Times(index, columns)};");
    }

    /// <summary>The variable that holds the row's elements from a column on.</summary>
    public static string Read(SourceWriter writer, KernelScope scope, Kernel kernel, Node gather, string column, int lanes, string? guard = null)
    {
        string table = scope.Pointer(kernel.OperandsOf(gather)[0].Base), place = $"{RowName(scope, gather)} + {column}";
        string one = $"{table}[{place}]";
        string zero = gather.Type == ElementType.Int32 ? "0" : "0f";
        string value = lanes > 1 ? $"{ElementLanes.FourOf(gather.Type)}.Load({table}, {place}{(guard is null ? "" : ", " + guard)})"
            : guard is null ? one : $"{guard} ? {one} : {zero}";
        string name = scope.Unique("gathered");
        writer.Line($"{ElementLanes.TypeOf(gather.Type, lanes)} {name} = {value};");
        return name;
    }

    static string RowName(KernelScope scope, Node gather) => scope.LocalOf(gather, "tableRow");
}
