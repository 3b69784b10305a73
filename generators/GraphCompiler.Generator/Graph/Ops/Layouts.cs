using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>A permutation: axis i of the result is axis <paramref name="Order"/>[i] of the operand.</summary>
internal sealed record PermuteAttributes(EquatableArray<int> Order) : NodeAttributes
{
    public override string ToString() => string.Join(" ", Order);
}

/// <summary>Which positions of which axis a slice reads, or a pad fills.</summary>
internal sealed record PartAttributes(AxisPart Part) : NodeAttributes
{
    public override IEnumerable<Dim> Dims => [Part.Offset];

    public override string ToString() => Part.ToString();
}

/// <summary>The axis that an operation works along.</summary>
internal sealed record AxisAttributes(int Axis) : NodeAttributes
{
    public override string ToString() => Text(Axis);
}

// Operations that move elements.
internal sealed partial class Graph
{
    /// <summary>The same elements in the same order under another shape.</summary>
    public Node Reshape(Node x, Shape shape)
    {
        if (x.Shape.Equals(shape))
            return x;
        if (!ShapeRules.HaveSameSize(x.Shape, shape))
            throw new ShapeException($"Reshape: {x.Shape} has {x.Shape.Size} elements and {shape} has {shape.Size}");
        return Make(Op.Reshape, [x], shape, x.Type);
    }

    /// <summary>Repeats axes of size 1 to reach a shape of the same rank; lower ranks are first padded with 1.</summary>
    public Node BroadcastTo(Node x, Shape shape)
    {
        if (x.Shape.Equals(shape))
            return x;
        if (x.Shape.Rank > shape.Rank)
            throw new ShapeException($"Broadcast: {x.Shape} has more axes than {shape}", ShapeRules.HasRank(x.Shape, shape.Rank, operand: 0));
        if (x.Op == Op.Constant)
            return Constant(x.Value, shape, x.Type);
        if (ShapeRules.Stretch(x.Shape, shape) is { } mismatch)
            throw new ShapeException($"Broadcast: {x.Shape} does not stretch to {shape}", mismatch);
        var padded = new Shape(Enumerable.Repeat((Dim)1, shape.Rank - x.Shape.Rank).Concat(x.Shape));
        x = Reshape(x, padded);
        return padded.Equals(shape) ? x : Make(Op.Broadcast, [x], shape, x.Type);
    }

    /// <summary>Axis i of the result is axis <paramref name="permutation"/>[i] of the operand.</summary>
    public Node Permute(Node x, IReadOnlyList<int> permutation)
    {
        int[] normal = [.. permutation.Select(a => NormalizeAxis(a, x.Shape.Rank))];
        if (!ShapeRules.IsPermutation(normal, x.Shape.Rank))
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
        if (step < 1 || !ShapeRules.BeginsWithin(part))
            throw new ShapeException($"Slice: the start {PlaceText(start, offset)} must not be negative, and the step {step} at least 1");
        if (length.Coefficient < 0 || !ShapeRules.IsWithin(part, length, size))
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

    /// <summary>The positions of one axis in the opposite order.</summary>
    public Node Flip(Node x, int axis)
    {
        axis = NormalizeAxis(axis, x.Shape.Rank);
        return x.Shape[axis].IsOne ? x : Make(Op.Flip, [RequireFloat(Op.Flip, x)], x.Shape, x.Type, new AxisAttributes(axis));
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
        for (int i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            if (part.Type != first.Type)
                throw new ShapeException($"Concat: the parts have element types {first.Type} and {part.Type}");
            if (ShapeRules.Same(first.Shape, part.Shape, except: axis, (0, i)) is { } mismatch)
                throw new ShapeException($"Concat: {first.Shape} and {part.Shape} differ in an axis other than {axis}", mismatch);
            if (!total.TryAdd(part.Shape[axis], out total))
                throw new ShapeException($"Concat: axis {axis} would be a sum of different named dimensions");
        }
        return parts.Count == 1 ? first : Make(Op.Concat, [.. parts], first.Shape.With(axis, total), first.Type, new AxisAttributes(axis));
    }
}

/// <summary>What moves elements and computes nothing.</summary>
internal static class Layouts
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.Reshape, OpKind.Layout, 1) { Layout = (_, _) => OperandLayout.Reshapeable, Gradient = (graph, y, d) => [graph.Reshape(d, y.Inputs[0].Shape)] },
        new(Op.Broadcast, OpKind.Layout, 1) { Gradient = (graph, y, d) => [graph.SumTo(d, y.Inputs[0].Shape)] },
        new(Op.Permute, OpKind.Layout, 1) { Gradient = (graph, y, d) => [graph.Permute(d, Inverse(y.Order))] },
        new(Op.Slice, OpKind.Layout, 1) { Choice = ChoiceRule.Elements, Gradient = (graph, y, d) => [graph.Pad(d, y.Part, y.Inputs[0].Shape[y.Part.Axis])] },
        new(Op.Flip, OpKind.Layout, 1) { Gradient = (graph, y, d) => [graph.Flip(d, y.Axis)] },
        new(Op.Pad, OpKind.Layout, 1)
        {
            Numbers = (_, _, x) => x[0] with { Sign = NumberFact.AtMost(Sign.NotNegative, x[0].Sign) },
            Gradient = (graph, y, d) => [graph.Slice(d, y.Part, y.Inputs[0].Shape[y.Part.Axis])],
        },
        new(Op.Concat, OpKind.Layout, -1) { Gradient = ConcatGradient },
    ];

    /// <summary>The permutation that undoes another.</summary>
    public static int[] Inverse(IReadOnlyList<int> permutation)
    {
        int[] inverse = new int[permutation.Count];
        for (int i = 0; i < permutation.Count; i++)
            inverse[permutation[i]] = i;
        return inverse;
    }

    /// <summary>
    /// A slice for each part. A joined axis of named size, k·n from parts k₁·n, k₂·n, …, is split into [k, n] first: then
    /// the parts are slices of a constant axis.
    /// </summary>
    static Node?[] ConcatGradient(Graph graph, Node y, Node d)
    {
        int axis = y.Axis;
        Dim total = y.Shape[axis];
        bool named = !total.IsConstant;
        if (named)
        {
            total.TryDivide(total.Coefficient, out var unit);
            d = graph.Reshape(d, new Shape([.. y.Shape.Take(axis), total.Coefficient, unit, .. y.Shape.Skip(axis + 1)]));
        }
        var parts = new Node?[y.Inputs.Count];
        long start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            long length = y.Inputs[i].Shape[axis].Coefficient;
            parts[i] = graph.Reshape(graph.Slice(d, axis, checked((int)start), length), y.Inputs[i].Shape);
            start += length;
        }
        return parts;
    }

    /// <summary>Moves an axis to the end, computes there, and moves it back.</summary>
    public static Node AlongLastAxis(Graph graph, Node x, int axis, Func<Graph, Node, Node> compute)
    {
        int last = x.Shape.Rank - 1;
        int[] toEnd = [.. Enumerable.Range(0, x.Shape.Rank).Where(a => a != axis), axis];
        int[] back = [.. Enumerable.Range(0, x.Shape.Rank).Select(a => a < axis ? a : a == axis ? last : a - 1)];
        return graph.Permute(compute(graph, graph.Permute(x, toEnd)), back);
    }
}
