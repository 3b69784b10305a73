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
        writer.Line($"int {GatheredRows.Name(scope, gather)} = {scope.Times(index, columns)};");
    }

    /// <summary>The variable that holds the row's elements from a column on.</summary>
    public static string Read(SourceWriter writer, KernelScope scope, Kernel kernel, Node gather, string column, int lanes, string? guard = null)
    {
        string table = scope.Pointer(kernel.OperandsOf(gather)[0].Base), place = $"{GatheredRows.Name(scope, gather)} + {column}";
        string one = $"{table}[{place}]";
        string zero = ElementLanes.Zero(gather.Type);
        string value = lanes > 1 ? $"{ElementLanes.FourOf(gather.Type)}.Load({table}, {place}{(guard is null ? "" : ", " + guard)})"
            : guard is null ? one : $"{guard} ? {one} : {zero}";
        string name = scope.Unique("gathered");
        writer.Line($"{ElementLanes.TypeOf(gather.Type, lanes)} {name} = {value};");
        return name;
    }
}
