using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>Rows of a table by number: where a row begins is found once, its elements are read like any other's.</summary>
internal static class GatheredRows
{
    /// <summary>The number of the table's row that a row of the kernel looks up.</summary>
    public static string Index(KernelScope scope, Node gather, Access[] operands, string row)
    {
        var shape = gather.Inputs[1].Shape;
        var place = new ElementAddresses(scope, shape, shape.Rank, row).RowPlace(operands[1].View);
        return $"{scope.Indices(operands[1].Base)}[{(place.IsNone ? Expression.Zero : place)}]";
    }

    /// <summary>The variable that says where the row begins.</summary>
    public static string Name(KernelScope scope, Node gather) => scope.LocalOf(gather, "tableRow");
}
