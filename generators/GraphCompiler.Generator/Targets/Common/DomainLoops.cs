using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>What the loops of a kernel run over: the leading axes of its domain are joined to rows, the others to columns.</summary>
internal readonly record struct RowsOfColumns(Dim Rows, Dim Columns)
{
    public static RowsOfColumns Of(Shape domain, int rowAxes) => new(domain.Product(0, rowAxes), domain.Product(rowAxes, domain.Rank));

    public static RowsOfColumns Of(Kernel kernel) => Of(kernel.Domain, kernel.RowAxes);
}

/// <summary>A reduction over rows, for each column: in each of some groups, so many rows become one.</summary>
/// <param name="Reduction">The operation.</param>
/// <param name="Groups">How many groups there are.</param>
/// <param name="Length">The rows of a group.</param>
/// <param name="Columns">The elements of a row.</param>
internal sealed record ColumnReduction(Node Reduction, Dim Groups, Dim Length, Dim Columns)
{
    public static ColumnReduction Of(Kernel kernel) => new(
        kernel.Members.Single(m => m.Kind == OpKind.Reduction), kernel.Domain.Product(0, kernel.FirstReducedAxis),
        kernel.Domain.Product(kernel.FirstReducedAxis, kernel.RowAxes), RowsOfColumns.Of(kernel).Columns);
}
