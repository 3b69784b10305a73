using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Rows of a table by number: the row's place is found once, its elements are read like any other's.</summary>
internal static class DeviceGather
{
    /// <param name="guard">The condition under which there is such a row; null where there always is.</param>
    public static void WriteRow(SourceWriter writer, KernelScope scope, Kernel kernel, Node gather, Dim columns, string row, string? guard = null)
    {
        var index = Expression.Primary(GatheredRows.Index(scope, gather, kernel.OperandsOf(gather), row));
        if (guard is not null)
            index = Expression.Choice(Expression.Primary(guard), index, Expression.Zero);
        // The row of a packed table has no place of its own: its neighbours lie between its numbers.
        var place = gather.Op == Op.QuantizedGather ? index : scope.Times(index, columns);
        writer.Line($"int {GatheredRows.Name(scope, gather)} = {place};");
    }

    /// <summary>The variable that holds the row's elements from a column on.</summary>
    public static string Read(SourceWriter writer, KernelScope scope, Kernel kernel, Node gather, string column, int lanes, string? guard = null)
    {
        string table = scope.Pointer(kernel.OperandsOf(gather)[0].Base), row = GatheredRows.Name(scope, gather);
        string value = gather.Op == Op.QuantizedGather ? Unpacked(gather.Get<QuantizedGatherAttributes>().Table, table, row, column, lanes, guard)
            : lanes > 1 ? $"{ElementLanes.FourOf(gather.Type)}.Load({table}, {row} + {column}{(guard is null ? "" : ", " + guard)})"
            : Guarded($"{table}[{row} + {column}]", guard, ElementLanes.Zero(gather.Type));
        string name = scope.Unique("gathered");
        writer.Line($"{ElementLanes.TypeOf(gather.Type, lanes)} {name} = {value};");
        return name;
    }

    /// <summary>The numbers of a row that is unpacked where it is read.</summary>
    static string Unpacked(PackedWeights packed, string table, string row, string column, int lanes, string? guard) => Guarded(
        $"PackedRows.{(lanes > 1 ? "LoadFour" : "Load")}<{DeviceProduct.FormatOf(packed)}>({table}, {Literals.Integer(packed.Inputs)}, {row}, {column})",
        guard, lanes > 1 ? "default" : "0f");

    static string Guarded(string value, string? guard, string otherwise) => guard is null ? value : $"{guard} ? {value} : {otherwise}";
}
