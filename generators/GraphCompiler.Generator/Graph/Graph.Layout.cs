using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

// Operations that move or index elements, and the matrix product.
internal sealed partial class Graph
{
    /// <summary>The same elements in the same order under another shape.</summary>
    public Node Reshape(Node x, Shape shape)
    {
        if (x.Shape.Equals(shape))
            return x;
        if (x.Shape.Size != shape.Size)
            throw new ShapeException($"Reshape: {x.Shape} has {x.Shape.Size} elements and {shape} has {shape.Size}");
        return Make(Op.Reshape, [x], shape, x.Type);
    }

    /// <summary>Repeats axes of size 1 to reach a shape of the same rank; lower ranks are first padded with 1.</summary>
    public Node BroadcastTo(Node x, Shape shape)
    {
        if (x.Shape.Equals(shape))
            return x;
        if (x.Shape.Rank > shape.Rank)
            throw new ShapeException($"Broadcast: {x.Shape} has more axes than {shape}");
        if (x.Op == Op.Constant)
            return Constant(x.Value, shape, x.Type);
        var padded = new Shape(Enumerable.Repeat((Dim)1, shape.Rank - x.Shape.Rank).Concat(x.Shape));
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (padded[axis] != shape[axis] && !padded[axis].IsOne)
                throw new ShapeException($"Broadcast: {x.Shape} does not stretch to {shape}");
        }
        x = Reshape(x, padded);
        return padded.Equals(shape) ? x : Make(Op.Broadcast, [x], shape, x.Type);
    }

    /// <summary>Axis i of the result is axis <paramref name="permutation"/>[i] of the operand.</summary>
    public Node Permute(Node x, IReadOnlyList<int> permutation)
    {
        int[] normal = [.. permutation.Select(a => NormalizeAxis(a, x.Shape.Rank))];
        if (normal.Length != x.Shape.Rank || normal.Distinct().Count() != normal.Length)
            throw new ShapeException($"Permute: [{string.Join(", ", permutation)}] does not name each axis of {x.Shape} once");
        if (normal.SequenceEqual(Enumerable.Range(0, normal.Length)))
            return x;
        return Make(Op.Permute, [x], new Shape(normal.Select(a => x.Shape[a])), x.Type, new PermuteAttributes(new(normal)));
    }

    /// <summary>
    /// Every <paramref name="step"/>-th element along one axis from <paramref name="start"/> on, <paramref name="length"/>
    /// of them.
    /// </summary>
    public Node Slice(Node x, int axis, int start, Dim length, int step = 1) => Slice(x, new AxisPart(axis, start, step), length);

    /// <summary>
    /// <paramref name="length"/> of the elements along one axis. Start and length may be named: they must fit whatever the
    /// dimensions are.
    /// </summary>
    public Node Slice(Node x, AxisPart part, Dim length)
    {
        part = part.Normal with { Axis = NormalizeAxis(part.Axis, x.Shape.Rank) };
        var (axis, start, step, offset) = part;
        Dim size = x.Shape[axis];
        if (part.IsFromStart && length == size)
            return x;
        if (step < 1 || Dim.UpperBound(-start, offset * -1) > 0)
            throw new ShapeException($"Slice: the start {PlaceText(start, offset)} must not be negative, and the step {step} at least 1");
        Dim skipped = length.Coefficient == 0 ? 0 : 1 - step;
        if (length.Coefficient < 0 || Dim.UpperBound(start, offset, length * step, skipped, size * -1) > 0)
            throw new ShapeException($"Slice: {length} elements from {PlaceText(start, offset)} in steps of {step} can exceed axis {axis} of {x.Shape}{Bounds(length, offset)}");
        return Make(Op.Slice, [x], x.Shape.With(axis, length), x.Type, new PartAttributes(part));
    }

    static string PlaceText(int start, Dim offset) => offset.Coefficient == 0 ? start.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : start == 0 ? offset.ToString()
        : FormattableString.Invariant($"{offset} {(start < 0 ? "−" : "+")} {Math.Abs((long)start)}");

    /// <summary>", where time can be up to 64": the bounds of the names in some dimensions.</summary>
    public static string Bounds(params Dim[] dims)
    {
        var symbols = dims.SelectMany(d => d.Symbols.ToArray()).Distinct().ToList();
        return symbols.Count == 0 ? "" : ", where " + string.Join(" and ", symbols.Select(s => FormattableString.Invariant($"{s.Name} can be up to {s.Max}")));
    }

    /// <summary>The reverse of a slice: places the operand along one axis of a zero tensor of the given size.</summary>
    public Node Pad(Node x, int axis, int start, Dim size, int step = 1) => Pad(x, new AxisPart(axis, start, step), size);

    /// <inheritdoc cref="Pad(Node, int, int, Dim, int)"/>
    public Node Pad(Node x, AxisPart part, Dim size)
    {
        part = part.Normal with { Axis = NormalizeAxis(part.Axis, x.Shape.Rank) };
        if (part.IsFromStart && size == x.Shape[part.Axis])
            return x;
        return Make(Op.Pad, [RequireFloat(Op.Pad, x)], x.Shape.With(part.Axis, size), x.Type, new PartAttributes(part));
    }

    /// <summary>Joins tensors along one axis.</summary>
    public Node Concat(IReadOnlyList<Node> parts, int axis)
    {
        if (parts.Count == 0)
            throw new ShapeException("Concat takes at least one tensor");
        var first = parts[0];
        axis = NormalizeAxis(axis, first.Shape.Rank);
        Dim total = 0;
        foreach (var part in parts)
        {
            if (part.Type != first.Type)
                throw new ShapeException($"Concat: the parts have element types {first.Type} and {part.Type}");
            if (part.Shape.Rank != first.Shape.Rank || !part.Shape.With(axis, 1).Equals(first.Shape.With(axis, 1)))
                throw new ShapeException($"Concat: {first.Shape} and {part.Shape} differ in an axis other than {axis}");
            if (!total.TryAdd(part.Shape[axis], out total))
                throw new ShapeException($"Concat: axis {axis} would be a sum of different named dimensions");
        }
        return parts.Count == 1 ? first : Make(Op.Concat, [.. parts], first.Shape.With(axis, total), first.Type, new AxisAttributes(axis));
    }

    /// <summary>
    /// The matrix product of the last two axes; leading axes are broadcast: they are equal or 1 on one side (shorter
    /// operands are padded with 1). Operands of rank 1 are not accepted here. A transposed operand has its
    /// last two axes swapped.
    /// </summary>
    public Node MatMul(Node left, Node right, bool transposeLeft = false, bool transposeRight = false)
    {
        RequireFloat(Op.MatMul, left);
        RequireFloat(Op.MatMul, right);
        if (left.Shape.Rank < 2 || right.Shape.Rank < 2)
            throw new ShapeException($"MatMul: {left.Shape} and {right.Shape}: both operands need at least two axes");
        int rank = Math.Max(left.Shape.Rank, right.Shape.Rank);
        left = Reshape(left, PadRank(left.Shape, rank));
        right = Reshape(right, PadRank(right.Shape, rank));
        Dim m = left.Shape[transposeLeft ? rank - 1 : rank - 2], inner = left.Shape[transposeLeft ? rank - 2 : rank - 1];
        Dim n = right.Shape[transposeRight ? rank - 2 : rank - 1], otherInner = right.Shape[transposeRight ? rank - 1 : rank - 2];
        if (inner != otherInner)
        {
            throw new ShapeException($"MatMul: {left.Shape}{(transposeLeft ? "ᵀ" : "")} · {right.Shape}{(transposeRight ? "ᵀ" : "")}: "
                + $"the inner axes differ, {inner} on the left and {otherInner} on the right");
        }
        var batch = BroadcastShapes("MatMul", new Shape(left.Shape.Take(rank - 2)), new Shape(right.Shape.Take(rank - 2)));
        return Make(Op.MatMul, [left, right], new Shape(batch.Concat([m, n])), ElementType.Float32,
            new MatMulAttributes(transposeLeft, transposeRight));
    }

    static Shape PadRank(Shape shape, int rank) => new(Enumerable.Repeat((Dim)1, rank - shape.Rank).Concat(shape));

    /// <summary>Rows of a table [rows, …] by their numbers: indices.Shape followed by the table's other axes.</summary>
    public Node Gather(Node table, Node indices)
    {
        Require(Op.Gather, indices, ElementType.Int32);
        if (table.Shape.Rank < 1)
            throw new ShapeException("Gather: the table needs at least one axis");
        return Make(Op.Gather, [table, indices], new Shape(indices.Shape.Concat(table.Shape.Skip(1))), table.Type);
    }

    /// <summary>
    /// The reverse of <see cref="Gather"/>: a table of <paramref name="rows"/> rows, of zeros or with the values of
    /// another, to which row i of the updates is added at row indices[i], in the order of i. Operands: indices, updates
    /// (indices.Shape followed by the row's axes), then the other table if there is one.
    /// </summary>
    public Node ScatterAdd(Node indices, Node updates, Dim rows, Node? table = null)
    {
        Require(Op.ScatterAdd, indices, ElementType.Int32);
        Require(Op.ScatterAdd, updates, ElementType.Float32);
        var shape = new Shape(new[] { rows }.Concat(updates.Shape.Skip(indices.Shape.Rank)));
        if (table is not null && !Require(Op.ScatterAdd, table, ElementType.Float32).Shape.Equals(shape))
            throw new ShapeException($"ScatterAdd: the table is {table.Shape}, not {shape}");
        return Make(Op.ScatterAdd, table is null ? [indices, updates] : [indices, updates, table], shape, ElementType.Float32);
    }
}
