using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// Where the elements of a view lie in the buffer behind it, as C#, for loops over rows and columns: the offset of a row's
/// first element, and how far it is from one column to the next.
/// </summary>
/// <param name="scope">The names of the method.</param>
/// <param name="domain">The index space.</param>
/// <param name="rowAxes">How many of its axes number the rows.</param>
/// <param name="row">The variable of the row, or an expression in parentheses; "" if there is only one.</param>
/// <param name="item">In a batched product, the variable that numbers the axes before the last row axis; otherwise null.</param>
internal sealed class ElementAddresses(KernelScope scope, Shape domain, int rowAxes, string row, string? item = null)
{
    /// <summary>Whether any place that was asked for depends on the item.</summary>
    public bool UsesItem { get; private set; }

    /// <summary>Whether rows differ in where they begin.</summary>
    public bool MoveWithRow(View view) => RowRuns(view).Any(run => run.Stride.Coefficient != 0);

    IReadOnlyList<(Dim Size, Dim Stride)> RowRuns(View view) => view.Runs(0, Math.Min(rowAxes, view.Shape.Rank));

    /// <summary>How far it is from one column to the next; 0 where all columns have the same element.</summary>
    public Dim ColumnStride(View view)
    {
        if (view.Shape.Rank < domain.Rank || rowAxes >= domain.Rank)
            return 0;
        var runs = view.Runs(rowAxes, view.Shape.Rank);
        return runs.Count switch
        {
            0 => 0,
            1 => runs[0].Stride,
            _ => throw new InvalidOperationException($"The columns of {view} over {domain} are not one run."),
        };
    }

    /// <summary>The offset of a row's first element; none where that is 0.</summary>
    public Expression RowPlace(View view)
    {
        var terms = view.Offset.Select(scope.SizeExpression).ToList();
        if (item is null)
        {
            terms.AddRange(RunTerms(RowRuns(view), row));
        }
        else
        {
            var ofItem = RunTerms(view.Runs(0, rowAxes - 1), item).ToList();
            UsesItem |= ofItem.Exists(term => !term.IsNone);
            terms.AddRange(ofItem);
            terms.AddRange(RunTerms(view.Runs(rowAxes - 1, rowAxes), row));
        }
        return Expression.Sum([.. terms]);
    }

    IEnumerable<Expression> RunTerms(IReadOnlyList<(Dim Size, Dim Stride)> runs, string row)
    {
        Expression number = Expression.Primary(row), inner = Expression.None;
        for (int i = runs.Count - 1; i >= 0; i--)
        {
            var index = inner.IsNone ? number : number / inner;
            if (i == 0)
            {
                yield return scope.Times(index, runs[i].Stride);
                yield break;
            }
            var size = scope.SizeExpression(runs[i].Size);
            yield return scope.Times(index % size, runs[i].Stride);
            inner = inner.IsNone ? size : inner * size;
        }
    }
}
