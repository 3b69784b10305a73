using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What does not fit where operands do not.</summary>
internal abstract record ShapeMismatch;

/// <summary>An operand has too many axes, or too few.</summary>
/// <param name="Operand">Which operand of the operation it is.</param>
/// <param name="Rank">How many it has.</param>
/// <param name="Expected">How many it must have.</param>
internal sealed record RankMismatch(int Operand, int Rank, int Expected) : ShapeMismatch;

/// <summary>Two axes that must fit each other and do not.</summary>
/// <param name="Axis">The axis of the first shape.</param>
/// <param name="Size">Its size.</param>
/// <param name="OtherAxis">The axis of the second shape.</param>
/// <param name="OtherSize">Its size.</param>
internal sealed record AxisMismatch(int Axis, Dim Size, int OtherAxis, Dim OtherSize) : ShapeMismatch
{
    /// <summary>Which operands of the operation the two shapes are of, or follow from.</summary>
    public (int First, int Second) Operands { get; init; } = (0, 1);
}

/// <summary>Raised while a graph is built, when operands do not fit; the text is for the user.</summary>
internal sealed class ShapeException(string message, ShapeMismatch? mismatch = null) : System.Exception(message)
{
    /// <summary>Which axes of which operands do not fit; null where it is not about axes.</summary>
    public ShapeMismatch? Mismatch { get; } = mismatch;
}

/// <summary>
/// What shapes must be to each other. Each rule gives the first place where they are not, null where they are: building throws
/// there, and the language says so beforehand, in the names of the user's tensors.
/// </summary>
internal static class ShapeRules
{
    /// <summary>NumPy's rule: aligned at the last axis, equal or 1.</summary>
    public static AxisMismatch? Broadcast(Shape left, Shape right)
    {
        for (int fromEnd = 1; fromEnd <= left.Rank && fromEnd <= right.Rank; fromEnd++)
        {
            if (At(left, left.Rank - fromEnd, right, right.Rank - fromEnd) is { Size.IsOne: false, OtherSize.IsOne: false } mismatch)
                return mismatch;
        }
        return null;
    }

    /// <summary>A shape stretches to another of no fewer axes: aligned at the last axis, equal or 1 in the first.</summary>
    public static AxisMismatch? Stretch(Shape from, Shape to)
    {
        for (int fromEnd = 1; fromEnd <= from.Rank; fromEnd++)
        {
            if (At(from, from.Rank - fromEnd, to, to.Rank - fromEnd) is { Size.IsOne: false } mismatch)
                return mismatch;
        }
        return null;
    }

    /// <summary>An axis of a whole has room for that of a part, whatever the dimensions are.</summary>
    public static AxisMismatch? Room(Shape whole, Shape part, int axis) =>
        whole[axis].IsConstant && part[axis].Max <= whole[axis].Max ? null : At(whole, axis, part, axis);

    /// <summary>Two shapes of one rank are equal in all axes, but for one where that is said.</summary>
    public static AxisMismatch? Equal(Shape left, Shape right, int except = -1) =>
        Enumerable.Range(0, left.Rank).Where(axis => axis != except).Select(axis => At(left, axis, right, axis)).FirstOrDefault(m => m is not null);

    /// <summary>Two shapes are the same, but for an axis where that is said.</summary>
    public static ShapeMismatch? Same(Shape left, Shape right, int except = -1, (int First, int Second)? operands = null) =>
        HasRank(right, left.Rank, operands?.Second ?? 1) ?? Of(Equal(left, right, except), operands?.First ?? 0, operands?.Second ?? 1);

    /// <summary>An operand has so many axes.</summary>
    public static ShapeMismatch? HasRank(Shape shape, int rank, int operand) => shape.Rank == rank ? null : new RankMismatch(operand, shape.Rank, rank);

    /// <summary>An operand has so many axes, or more.</summary>
    public static ShapeMismatch? HasAxes(Shape shape, int least, int operand) => shape.Rank >= least ? null : new RankMismatch(operand, shape.Rank, least);

    /// <summary>The last axis of a shape is the only one of a vector.</summary>
    public static AxisMismatch? LastAxis(Shape shape, Shape vector, int operand = 1) => Of(At(shape, shape.Rank - 1, vector, 0), 0, operand);

    /// <summary>A shape is the leading axes of another.</summary>
    public static AxisMismatch? Leading(Shape all, Shape leading) =>
        Enumerable.Range(0, leading.Rank).Select(axis => At(all, axis, leading, axis)).FirstOrDefault(m => m is not null);

    /// <summary>The axes that a product sums over; of a vector it is the only one.</summary>
    public static AxisMismatch? InnerAxes(Shape left, bool transposeLeft, Shape right, bool transposeRight) =>
        At(left, left.Rank - (transposeLeft ? 2 : 1), right, right.Rank == 1 ? 0 : right.Rank - (transposeRight ? 1 : 2));

    /// <summary>The axes before the matrices of a product broadcast.</summary>
    public static AxisMismatch? Batches(Shape left, Shape right) => Broadcast(LeadingOf(left), LeadingOf(right));

    /// <summary>Whether a tensor of one shape can be read as of another.</summary>
    public static bool HaveSameSize(Shape from, Shape to) => from.Size == to.Size;

    /// <summary>
    /// Query, key and value of attention, of one rank: key and value have one shape, which is the query's but for the axes of heads and
    /// positions.
    /// </summary>
    public static AxisMismatch? Attention(Shape query, Shape key, Shape value, int heads, int length)
    {
        for (int axis = 0; axis < query.Rank; axis++)
        {
            if (axis != heads && axis != length && At(query, axis, key, axis) is { } ofKey)
                return ofKey;
            if (At(key, axis, value, axis) is { } ofValue)
                return ofValue with { Operands = (1, 2) };
        }
        return null;
    }

    /// <summary>Each head of the keys serves equally many of the queries'.</summary>
    public static AxisMismatch? SharedHeads(Shape query, Shape key, int heads) =>
        query[heads].TryDivide(key[heads], out _) ? null : new AxisMismatch(heads, query[heads], heads, key[heads]);

    /// <summary>A mask has a truth value a key: the axes before those of heads and positions, then the positions.</summary>
    public static Shape KeyMask(Shape key, int length) => new(key.Take(key.Rank - 3).Append(key[length]));

    /// <summary>Weights of the classes of logits [..., classes], the third operand.</summary>
    public static ShapeMismatch? ClassWeights(Shape logits, Shape weights) =>
        HasRank(weights, 1, operand: 2) ?? Of(At(logits, logits.Rank - 1, weights, 0), 0, 2);

    /// <summary>
    /// A linear map's x, weight and labels, [rows, width], [classes, width] and [rows], and its bias, [classes], if there is one.
    /// </summary>
    public static ShapeMismatch? LinearCrossEntropy(Shape x, Shape weight, Shape labels, Shape? bias) =>
        HasRank(x, 2, operand: 0) ?? HasRank(weight, 2, operand: 1) ?? HasRank(labels, 1, operand: 2) ?? (bias is null ? null : HasRank(bias, 1, operand: 3))
        ?? At(x, 1, weight, 1) ?? Of(At(x, 0, labels, 0), 0, 2) ?? (bias is null ? null : Of(At(weight, 0, bias, 0), 1, 3));

    /// <summary>
    /// A table to which rows are added: so many rows, each with the axes of an update that come after those of the indices. Operands: indices,
    /// updates, the table.
    /// </summary>
    public static ShapeMismatch? ScatteredTable(Dim rows, Shape updates, int axesOfIndices, Shape table)
    {
        if (HasRank(table, updates.Rank - axesOfIndices + 1, operand: 2) is { } ofRank)
            return ofRank;
        for (int axis = 1; axis < table.Rank; axis++)
        {
            if (At(updates, axesOfIndices + axis - 1, table, axis) is { } mismatch)
                return mismatch with { Operands = (1, 2) };
        }
        return table[0] == rows ? null : new AxisMismatch(0, rows, 0, table[0]) { Operands = (0, 2) };
    }

    static AxisMismatch? Of(AxisMismatch? mismatch, int first, int second) => mismatch is null ? null : mismatch with { Operands = (first, second) };

    /// <summary>Whether axes are all of a rank, each once.</summary>
    public static bool IsPermutation(IReadOnlyList<int> axes, int rank) => axes.Count == rank && axes.Distinct().Count() == rank;

    /// <summary>Whether so many positions of a part lie in an axis, whatever the dimensions are.</summary>
    public static bool IsWithin(AxisPart part, Dim length, Dim size) => part.Step >= 1 && BeginsWithin(part)
        && Dim.UpperBound(part.Start, part.Offset, length * part.Step, length.Coefficient == 0 ? 0 : 1 - part.Step, size * -1) <= 0;

    /// <summary>Whether a part begins at no negative position.</summary>
    public static bool BeginsWithin(AxisPart part) => Dim.UpperBound(-part.Start, part.Offset * -1) <= 0;

    static Shape LeadingOf(Shape shape) => new(shape.Take(System.Math.Max(shape.Rank - 2, 0)));

    static AxisMismatch? At(Shape left, int axis, Shape right, int otherAxis) =>
        left[axis] == right[otherAxis] ? null : new AxisMismatch(axis, left[axis], otherAxis, right[otherAxis]);
}
