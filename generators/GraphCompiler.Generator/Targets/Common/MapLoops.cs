using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>What the loops of an elementwise kernel run over, and where its results go.</summary>
internal static class MapLoops
{
    /// <summary>
    /// The fewest axes that must number rows so that every operand's columns are one run, and those of a written part of
    /// a state one without gaps.
    /// </summary>
    public static int RowAxes(Kernel kernel)
    {
        if (kernel.RowAxes >= 0)
            return kernel.RowAxes;
        int axes = 0;
        while (!Domains.ColumnsAreRuns(kernel, axes) || !kernel.Stores.All(s => IsGapless(PlaceOf(s, kernel), axes)))
            axes++;
        return axes;
    }

    static bool IsGapless(View place, int axes)
    {
        var runs = place.Runs(axes, place.Shape.Rank);
        return runs.Count == 0 || (runs.Count == 1 && runs[0].Stride.IsOne);
    }

    /// <summary>The position from which on a state is written, and how many elements one step of it is.</summary>
    public static (Node Position, Dim Elements) PositionOf(Node update, Kernel kernel) =>
        (kernel.OperandsOf(update)[1].Base, update.Shape.Product(update.Axis + 1, update.Shape.Rank));

    /// <summary>Where the elements of the domain go; for a part of a state, relative to the part's position.</summary>
    public static View PlaceOf(Node stored, Kernel kernel) => stored.Op == Op.WriteAt
        ? View.Contiguous(stored.Shape).Part(stored.Axis, 0, kernel.Domain[stored.Axis])
        : View.Contiguous(kernel.Domain);
}
