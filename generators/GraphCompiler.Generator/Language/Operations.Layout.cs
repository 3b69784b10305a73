using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

// Operations that move elements, and the matrix product.
internal static partial class Operations
{
    static CallResult Filled(LanguageCall call, double value) => call.Graph.Constant(value, TargetShape(call, call.Dims("shape")));

    static Shape TargetShape(LanguageCall call, IReadOnlyList<Dim> dims)
    {
        foreach (var dim in dims)
        {
            if (dim.Coefficient < 1)
                throw call.Fail(Fault.InvalidArgument, $"{call.Name}: {new Shape(dims)} is not a shape: dimensions are positive");
        }
        return new Shape(dims);
    }

    static CallResult Reshape(LanguageCall call)
    {
        var x = call.Tensor("x");
        var dims = call.Dims("shape");
        int unknown = Array.IndexOf(dims, (Dim)(-1));
        if (unknown >= 0)
        {
            Dim known = 1;
            for (int axis = 0; axis < dims.Length; axis++)
            {
                if (axis != unknown)
                    known *= dims[axis];
            }
            if (known.Coefficient < 1)
                throw call.Fail(Fault.InvalidArgument, $"Reshape: {new Shape(dims)} is not a shape: dimensions are positive, and one may be -1");
            if (!x.Shape.Size.TryDivide(known, out dims[unknown]))
                throw call.Fail(Fault.ShapeMismatch, $"Reshape: {x.Shape} has {x.Shape.Size} elements, which {known} does not divide; -1 cannot be worked out");
        }
        var shape = TargetShape(call, dims);
        if (!ShapeRules.HaveSameSize(x.Shape, shape))
            throw call.Fail(Fault.ShapeMismatch, $"Reshape: {LanguageCall.NameOf(x, "'x'")} of shape {x.Shape} has {x.Shape.Size} elements and {shape} has {shape.Size}");
        return call.Graph.Reshape(x, shape);
    }

    static CallResult Flatten(LanguageCall call)
    {
        var x = call.Tensor("x");
        int start = call.Axis("startAxis", x.Shape.Rank);
        return call.Graph.Reshape(x, new Shape(x.Shape.Take(start).Concat([x.Shape.Product(start, x.Shape.Rank)])));
    }

    static CallResult Squeeze(LanguageCall call)
    {
        var x = call.Tensor("x");
        int axis = call.Axis("axis", x.Shape.Rank);
        if (!x.Shape[axis].IsOne)
            throw call.Fail(Fault.ShapeMismatch, $"Squeeze: axis {axis} of {x.Shape} is {x.Shape[axis]}, and only an axis of size 1 can be dropped");
        return call.Graph.Reshape(x, Without(x.Shape, axis));
    }

    static Shape Without(Shape shape, int axis) => new(shape.Where((_, i) => i != axis));

    static CallResult Unsqueeze(LanguageCall call)
    {
        var x = call.Tensor("x");
        return call.Graph.Reshape(x, With(x.Shape, call.Axis("axis", x.Shape.Rank + 1)));
    }

    static Shape With(Shape shape, int axis) => new(shape.Take(axis).Concat([(Dim)1]).Concat(shape.Skip(axis)));

    static CallResult Transpose(LanguageCall call)
    {
        var x = call.Tensor("x");
        if (!call.Has("first"))
            call.RequireRank(x, 2, "'x'");
        int rank = x.Shape.Rank;
        int first = call.Has("first") ? call.Axis("first", rank) : rank - 2, second = call.Has("first") ? call.Axis("second", rank) : rank - 1;
        int[] order = [.. Enumerable.Range(0, rank)];
        (order[first], order[second]) = (order[second], order[first]);
        return call.Graph.Permute(x, order);
    }

    static CallResult Permute(LanguageCall call)
    {
        var x = call.Tensor("x");
        int rank = x.Shape.Rank;
        int[] order = [.. call.Constants("axes").Select(axis => call.Axis(axis ?? throw call.Fail(Fault.NotConstant, "Permute: the axes must be constants"), rank))];
        if (!ShapeRules.IsPermutation(order, rank))
            throw call.Fail(Fault.WrongRank, $"Permute: [{string.Join(", ", order)}] does not name each axis of {x.Shape} once");
        return call.Graph.Permute(x, order);
    }

    static CallResult BroadcastTo(LanguageCall call)
    {
        var x = call.Tensor("x");
        var shape = TargetShape(call, call.Dims("shape"));
        if (x.Shape.Rank > shape.Rank)
            throw call.Fail(Fault.WrongRank, $"BroadcastTo: {x.Shape} has more axes than {shape}");
        if (ShapeRules.Stretch(x.Shape, shape) is { } mismatch)
            throw call.Fail(Fault.ShapeMismatch, $"BroadcastTo: {x.Shape} does not stretch to {shape}: axis {mismatch.Axis} of {LanguageCall.NameOf(x, "'x'")} is {mismatch.Size} and would have to become {mismatch.OtherSize}");
        return call.Graph.BroadcastTo(x, shape);
    }

    static CallResult Slice(LanguageCall call)
    {
        var x = call.Tensor("x");
        int axis = call.Axis("axis", x.Shape.Rank);
        Dim start = call.Size("start"), length = call.Size("length");
        int step = call.Integer("step");
        var part = new AxisPart(axis, 0, step, start);
        if (length.Coefficient < 1 || !ShapeRules.IsWithin(part, length, x.Shape[axis]))
        {
            throw call.Fail(Fault.InvalidArgument,
                FormattableString.Invariant($"{call.Name}: {length} positions from {start} in steps of {step} are not all in axis {axis} of {x.Shape}")
                + Graph.Bounds(start, length));
        }
        return call.Graph.Slice(x, part, length);
    }

    /// <summary>x[1..3, ^1]: ranges keep their axis, indices drop it. Both may be named dimensions, of axes of named size too.</summary>
    static CallResult Index(LanguageCall call)
    {
        var x = call.Tensor("x");
        var selectors = call.Selectors("selectors");
        if (selectors.Count > x.Shape.Rank)
            throw call.Fail(Fault.WrongRank, $"x[...]: {selectors.Count} selectors are more than the axes of {x.Shape}");
        var dropped = new List<int>();
        for (int axis = 0; axis < selectors.Count; axis++)
        {
            if (selectors[axis] is RangeSelector { IsAll: true })
                continue;
            x = selectors[axis] switch
            {
                RangeSelector range => Part(call, x, axis, range),
                PositionSelector position => Position(call, x, axis, position.Place),
                _ => throw call.Fail(Fault.NotConstant, "x[...]: the selectors must be constants or named dimensions"),
            };
            if (selectors[axis] is PositionSelector)
                dropped.Add(axis);
        }
        return call.Graph.Reshape(x, new Shape(x.Shape.Where((_, axis) => !dropped.Contains(axis))));
    }

    static Node Part(LanguageCall call, Node x, int axis, RangeSelector range)
    {
        Dim size = x.Shape[axis];
        var start = Resolve(call, range.Start, size);
        var end = Resolve(call, range.End, size);
        Dim constant = end.Constant - start.Constant;
        if (!end.Named.TryAdd(start.Named * -1, out var named) || !named.TryAdd(constant, out var length))
            throw call.Fail(Fault.NotConstant, $"x[...]: this part of axis {axis} of {x.Shape} would have {Text((end.Constant - start.Constant, named))} positions: a size is a constant or a multiple of named dimensions");
        var part = new AxisPart(axis, start.Constant, Offset: start.Named);
        if (length.Coefficient < 1 || !ShapeRules.IsWithin(part, length, size))
            throw call.Fail(Fault.InvalidArgument, $"x[...]: {Text(start)}..{Text(end)} is not a part of axis {axis} of {x.Shape}{Graph.Bounds(start.Named, end.Named)}");
        return call.Graph.Slice(x, part, length);
    }

    static Node Position(LanguageCall call, Node x, int axis, AxisPlace index)
    {
        var place = Resolve(call, index, x.Shape[axis]);
        var part = new AxisPart(axis, place.Constant, Offset: place.Named);
        if (!ShapeRules.IsWithin(part, 1, x.Shape[axis]))
            throw call.Fail(Fault.InvalidArgument, $"x[...]: axis {axis} of {x.Shape} has no position {Text(place)}{Graph.Bounds(place.Named, x.Shape[axis])}");
        return call.Graph.Slice(x, part, 1);
    }

    static (int Constant, Dim Named) Resolve(LanguageCall call, AxisPlace index, Dim size) => index.TryResolve(size, out var place)
        ? place
        : throw call.Fail(Fault.NotConstant, $"x[...]: ^{index.Offset} of an axis of {size} positions is neither a constant nor a named dimension");

    static string Text((int Constant, Dim Named) place) => place.Named.Coefficient == 0
        ? place.Constant.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : place.Constant == 0 ? place.Named.ToString() : FormattableString.Invariant($"{place.Named} {(place.Constant < 0 ? "−" : "+")} {Math.Abs((long)place.Constant)}");

    /// <summary>So many positions of one value on either side of an axis, or of the last axes, in PyTorch's order: two numbers an axis, the last axis first.</summary>
    static CallResult Pad(LanguageCall call)
    {
        var x = call.Tensor("x");
        float value = (float)call.Number("value");
        if (!call.Has("padding"))
            return Pad(call, x, call.Axis("axis", x.Shape.Rank), call.Integer("before"), call.Integer("after"), value);
        int[] padding = call.Integers("padding");
        if (padding.Length % 2 != 0 || padding.Length > 2 * x.Shape.Rank)
        {
            throw call.Fail(Fault.InvalidArgument,
                FormattableString.Invariant($"Pad: the padding has {padding.Length} numbers; {x.Shape} takes two for each of its last axes, at most {2 * x.Shape.Rank}"));
        }
        for (int i = 0; i < padding.Length; i += 2)
            x = Pad(call, x, x.Shape.Rank - 1 - (i / 2), padding[i], padding[i + 1], value);
        return x;
    }

    static Node Pad(LanguageCall call, Node x, int axis, int before, int after, double value)
    {
        if (before < 0 || after < 0)
        {
            throw call.Fail(Fault.InvalidArgument,
                FormattableString.Invariant($"Pad: {before} positions before and {after} after must be at least 0; Slice leaves positions out"));
        }
        if (!((Dim)((long)before + after)).TryAdd(x.Shape[axis], out var size))
        {
            throw call.Fail(Fault.NotConstant,
                $"Pad: axis {axis} of {x.Shape} would have {x.Shape[axis]} + {(long)before + after} positions: a size is a constant or a multiple of named dimensions");
        }
        if (value == 0)
            return call.Graph.Pad(x, axis, before, size);
        Node[] parts = [Filling(before), x, Filling(after)];
        return call.Graph.Concat([.. parts.Where(part => part.Shape[axis].Coefficient > 0)], axis);

        Node Filling(int positions) => call.Graph.Constant(value, x.Shape.With(axis, positions));
    }

    static CallResult Split(LanguageCall call)
    {
        var x = call.Tensor("x");
        int axis = call.Axis("axis", x.Shape.Rank), parts = call.Integer("parts");
        if (!x.Shape[axis].IsConstant || parts < 1 || x.Shape[axis].Value % parts != 0)
            throw call.Fail(Fault.InvalidArgument, $"Split: axis {axis} of {x.Shape} is {x.Shape[axis]}, which has no {call.Written("parts")} equal parts");
        int length = x.Shape[axis].Value / parts;
        return CallResult.List([.. Enumerable.Range(0, parts).Select(i => call.Graph.Slice(x, axis, i * length, length))]);
    }

    static Node[] Tensors(LanguageCall call)
    {
        var tensors = call.Tensors("tensors");
        return tensors.Length > 0 ? tensors : throw call.Fail(Fault.InvalidArgument, $"{call.Name}: it takes at least one tensor");
    }

    static CallResult Concat(LanguageCall call)
    {
        var tensors = Tensors(call);
        int axis = call.Axis("axis", tensors[0].Shape.Rank);
        for (int i = 1; i < tensors.Length; i++)
            RequireEqualBut(call, tensors[0], tensors[i], i, axis);
        return call.Graph.Concat(tensors, axis);
    }

    static void RequireEqualBut(LanguageCall call, Node first, Node other, int position, int except)
    {
        string both = $"{call.Name}: {first.Shape} and {other.Shape}";
        string firstName = LanguageCall.NameOf(first, "tensor 0"), otherName = LanguageCall.NameOf(other, $"tensor {position}");
        if (first.Shape.Rank != other.Shape.Rank)
            throw call.Fail(Fault.WrongRank, $"{both}: {firstName} has {first.Shape.Rank} axes and {otherName} has {other.Shape.Rank}");
        if (ShapeRules.Equal(first.Shape, other.Shape, except) is { } mismatch)
            throw call.Fail(Fault.ShapeMismatch, $"{both}: {LanguageCall.AxesOf(mismatch, first, "tensor 0", other, $"tensor {position}")}");
    }

    static CallResult Stack(LanguageCall call)
    {
        var tensors = Tensors(call);
        int axis = call.Axis("axis", tensors[0].Shape.Rank + 1);
        for (int i = 1; i < tensors.Length; i++)
            RequireEqualBut(call, tensors[0], tensors[i], i, except: -1);
        var shape = With(tensors[0].Shape, axis);
        return call.Graph.Concat([.. tensors.Select(t => call.Graph.Reshape(t, shape))], axis);
    }

    static CallResult Gather(LanguageCall call)
    {
        Node table = call.Tensor("table"), indices = call.Tensor("indices");
        call.RequireRank(table, 1, "'table'");
        call.RequireIndices(indices, "'indices'");
        return call.Graph.Gather(table, indices);
    }

    /// <summary>1 at the place that each number says, on a new last axis.</summary>
    static CallResult OneHot(LanguageCall call)
    {
        var indices = call.Tensor("indices");
        call.RequireIndices(indices, "'indices'");
        Dim classes = call.Size("classes");
        if (classes.Coefficient < 1)
            throw call.Fail(Fault.InvalidArgument, $"OneHot: the number of classes, {classes}, must be at least 1");
        var graph = call.Graph;
        var places = graph.Cast(graph.Iota(new Shape(indices.Shape.Append(classes)), -1), indices.Type);
        return graph.Cast(graph.Binary(Op.Equal, places, graph.Reshape(indices, With(indices.Shape, indices.Shape.Rank))), ElementType.Float32);
    }

    /// <summary>The integers from 0 to count − 1.</summary>
    static CallResult Arange(LanguageCall call)
    {
        Dim count = call.Size("count");
        if (count.Coefficient < 1)
            throw call.Fail(Fault.InvalidArgument, $"Arange: the count {count} must be at least 1");
        return call.Graph.Iota(new Shape(count), 0);
    }

    // The matrix product.

    /// <summary>
    /// Vectors become matrices, transposed operands become flags, and a matrix on the right of a batch multiplies the
    /// batch as one tall matrix.
    /// </summary>
    static CallResult MatMul(LanguageCall call)
    {
        Node a = call.Tensor("a"), b = call.Tensor("b");
        call.RequireRank(a, 1, "'a'");
        call.RequireRank(b, 1, "'b'");
        var graph = call.Graph;
        bool rowVector = a.Shape.Rank == 1, columnVector = b.Shape.Rank == 1;
        bool transposeLeft = TakeTransposed(ref a), transposeRight = TakeTransposed(ref b);
        CheckInnerAxes(call, a, b, transposeLeft, transposeRight);
        if (rowVector)
            a = graph.Reshape(a, With(a.Shape, 0));
        if (columnVector)
            b = graph.Reshape(b, With(b.Shape, 1));
        bool isTall = a.Shape.Rank > 2 && b.Shape.Rank == 2 && !transposeLeft;
        var leading = a.Shape.Take(a.Shape.Rank - 1).ToArray();
        if (isTall)
            a = graph.Reshape(a, new Shape(a.Shape.Product(0, a.Shape.Rank - 1), a.Shape.Last));
        else
            CheckBatch(call, a, b);
        var product = graph.MatMul(a, b, transposeLeft, transposeRight);
        if (isTall)
            product = graph.Reshape(product, new Shape(leading.Concat([product.Shape.Last])));
        if (rowVector)
            product = graph.Reshape(product, Without(product.Shape, product.Shape.Rank - 2));
        if (columnVector)
            product = graph.Reshape(product, Without(product.Shape, product.Shape.Rank - 1));
        return product;
    }

    static bool TakeTransposed(ref Node x)
    {
        if (x.Op != Op.Permute)
            return false;
        var order = x.Order;
        int rank = order.Count;
        if (order[rank - 1] != rank - 2 || order[rank - 2] != rank - 1 || Enumerable.Range(0, rank - 2).Any(i => order[i] != i))
            return false;
        x = x.Inputs[0];
        return true;
    }

    static void CheckInnerAxes(LanguageCall call, Node a, Node b, bool transposeLeft, bool transposeRight)
    {
        if (ShapeRules.InnerAxes(a.Shape, transposeLeft, b.Shape, transposeRight) is { } mismatch)
        {
            throw call.Fail(Fault.ShapeMismatch, $"MatMul: {a.Shape}{(transposeLeft ? "ᵀ" : "")} · {b.Shape}{(transposeRight ? "ᵀ" : "")}: the inner axes differ: "
                + $"{mismatch.Size} (axis {mismatch.Axis} of {LanguageCall.NameOf(a, "'a'")}) and {mismatch.OtherSize} (axis {mismatch.OtherAxis} of {LanguageCall.NameOf(b, "'b'")})");
        }
    }

    static void CheckBatch(LanguageCall call, Node a, Node b)
    {
        if (ShapeRules.Batches(a.Shape, b.Shape) is { } mismatch)
            throw call.Fail(Fault.ShapeMismatch, $"MatMul: {a.Shape} · {b.Shape}: the batches do not broadcast: {mismatch.Size} (axis {mismatch.Axis} of {LanguageCall.NameOf(a, "'a'")}) and {mismatch.OtherSize} (axis {mismatch.OtherAxis} of {LanguageCall.NameOf(b, "'b'")})");
    }
}
