using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Graphs;

// How each operation is made from what is there; null where it does not fit this time.
internal sealed partial class RandomGraphBuilder
{
    delegate Node? Maker(RandomGraphBuilder builder);

    static readonly IReadOnlyList<Maker> Makers =
    [
        .. Smooth(), .. Kinked(), .. Pairs(), .. Conditions(), .. Reductions(), .. Layouts(), .. Contractions(),
        .. Composites(), .. Leaves(), .. Templates(),
    ];

    static readonly ElementType[] NarrowFloats = [.. Enum.GetValues<ElementType>().Where(type => type.IsFloat() && type.IsNarrow())];

    static IEnumerable<Maker> Leaves()
    {
        yield return b => b.Sketch.Parameter(b.RandomShape());
        yield return b => b.Sketch.Input(b.RandomShape());
        yield return b => b.Graph.Cast(b.Graph.Cast(b.Sketch.Input(b.RandomShape()), NarrowFloats[b.random.Next(NarrowFloats.Length)]), ElementType.Float32);
        yield return b => b.PickFloat() is { Shape: var shape } x && shape.All(d => d.IsConstant) ? b.Graph.Multiply(x, b.Sketch.Array(shape)) : null;
        yield return b => b.Graph.Multiply(b.PickFloat(), b.Graph.Constant(b.random.Next(-3, 4) / 2.0));
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x
            ? b.Graph.Divide(x, b.Graph.Size(x.Shape[b.PickAxis(x)], Shape.Scalar))
            : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x
            ? b.Graph.Multiply(x, b.Graph.Scale(b.Graph.Cast(b.Graph.Iota(x.Shape, b.PickAxis(x)), ElementType.Float32), 0.25))
            : null;
        yield return b => b.PickFloat() is var x ? b.Graph.Multiply(x, b.Graph.Random(100 + b.streams++, x.Shape)) : null;
    }

    static IEnumerable<Maker> Smooth()
    {
        foreach (var op in new[] { Op.Negate, Op.Exp, Op.Sin, Op.Cos, Op.Tanh, Op.Sigmoid, Op.Erf, Op.Softplus })
            yield return b => b.Graph.Unary(op, b.PickFloat());
        foreach (var op in new[] { Op.Log, Op.Sqrt, Op.ReciprocalSqrt })
            yield return b => b.Graph.Unary(op, b.Positive(b.PickFloat()));
    }

    static IEnumerable<Maker> Kinked()
    {
        foreach (var op in new[] { Op.Abs, Op.Relu, Op.Sign })
            yield return b => b.PickFloat() is var x && b.IsAwayFromKinks(x) ? b.Graph.Unary(op, x) : null;
        yield return b => b.PickFloat() is var x && b.ValuesOf(x).All(v => Math.Abs(v - Math.Round(v)) > KinkDistance)
            ? b.Graph.Unary(Op.Floor, x)
            : null;
        foreach (var op in new[] { Op.Maximum, Op.Minimum })
        {
            yield return b => b.PickFloat() is var x && b.Partner(x) is var y && b.AreApart(x, y) ? b.Graph.Binary(op, x, y) : null;
            yield return b => b.PickFloat() is var x && b.IsAwayFromKinks(x, 0.25) ? b.Graph.Binary(op, x, b.Graph.Constant(0.25)) : null;
        }
    }

    static IEnumerable<Maker> Pairs()
    {
        foreach (var op in new[] { Op.Add, Op.Subtract, Op.Multiply })
        {
            yield return b => b.PickFloat() is var x ? b.Graph.Binary(op, x, b.Partner(x)) : null;
            yield return b => b.PickFloat() is var x ? b.Graph.Binary(op, b.Partner(x), x) : null;
        }
        yield return b => b.PickFloat() is var x ? b.Graph.Divide(x, b.Positive(b.Partner(x))) : null;
        yield return b => b.PickFloat() is var x ? b.Graph.Binary(Op.Power, b.Positive(x), b.Partner(x)) : null;
        yield return b => b.Graph.Binary(Op.Power, b.Positive(b.PickFloat()), b.Graph.Constant(b.random.Next(-4, 6) / 2.0));
    }

    static IEnumerable<Maker> Conditions()
    {
        foreach (var op in new[] { Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual, Op.Equal, Op.NotEqual })
            yield return b => b.PickFloat() is var x && b.Partner(x) is var y && b.AreApart(x, y) ? b.Graph.Binary(op, x, y) : null;
        yield return b => b.PickFloat() is var x && b.IsAwayFromKinks(x) ? b.Graph.Cast(x, ElementType.Bool) : null;
        foreach (var op in new[] { Op.And, Op.Or })
        {
            yield return b => b.conditions.Count > 0 && b.Pick(b.conditions) is var x && b.Pick(b.conditions) is var y && b.Broadcasts(x.Shape, y.Shape)
                ? b.Graph.Binary(op, x, y)
                : null;
        }
        yield return b => b.conditions.Count > 0 ? b.Graph.Unary(Op.Not, b.Pick(b.conditions)) : null;
        for (int weight = 0; weight < 3; weight++)
        {
            yield return b => b.conditions.Count > 0 && b.Pick(b.conditions) is var c && b.Sketch.Parameter(b.Narrower(c.Shape)) is var x
                ? b.Graph.Select(c, x, b.Pick([.. b.floats.Where(y => b.Broadcasts(c.Shape, y.Shape))]))
                : null;
        }
        yield return b => b.conditions.Count > 0 && b.Pick(b.conditions) is var c
            ? b.Graph.Multiply(b.Graph.Cast(c, ElementType.Float32), b.Sketch.Parameter(b.Narrower(c.Shape)))
            : null;
    }

    static IEnumerable<Maker> Reductions()
    {
        for (int weight = 0; weight < 2; weight++)
        {
            yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.Reduce(Op.ReduceSum, x, b.PickAxes(x), b.random.Next(2) == 0) : null;
            yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.Mean(x, b.PickAxes(x), b.random.Next(2) == 0) : null;
        }
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.Centre(x, b.PickAxes(x)) : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.Variance(x, b.PickAxes(x)) : null;
        foreach (var op in new[] { Op.ReduceMax, Op.ReduceMin })
            yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Extremum(op, x, b.PickAxes(x)) : null;
        foreach (var op in new[] { Op.ArgMax, Op.ArgMin })
            yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.PlaceOfExtremum(op, x) : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.LogSumExp(x, b.PickAxes(x)) : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x
            ? b.Graph.CumulativeSum(x, new CumulativeSumAttributes(b.PickAxis(x), b.random.Next(2) == 0, b.random.Next(2) == 0))
            : null;
    }

    /// <summary>The largest or smallest elements, where they are so by a margin; repeated values are one.</summary>
    Node? Extremum(Op op, Node x, int[] axes)
    {
        var y = Graph.Reduce(op, x, axes);
        return ValuesOf(Graph.Subtract(x, y)).All(v => v == 0 || Math.Abs(v) > KinkDistance) ? y : null;
    }

    /// <summary>Where they are, as a factor of something that learns.</summary>
    Node? PlaceOfExtremum(Op op, Node x)
    {
        int axis = PickAxis(x);
        if (Extremum(op == Op.ArgMax ? Op.ReduceMax : Op.ReduceMin, x, [axis]) is not { } y)
            return null;
        return Graph.Multiply(Sketch.Parameter(Narrower(y.Shape)), Graph.Scale(Graph.Cast(Graph.PlaceOfExtremum(op, x, axis), ElementType.Float32), 0.25));
    }

    static IEnumerable<Maker> Layouts()
    {
        for (int weight = 0; weight < 2; weight++)
        {
            yield return b => b.PickFloat() is { Shape.Rank: > 1 } x ? b.Graph.Permute(x, b.PickPermutation(x.Shape.Rank)) : null;
            yield return b => b.PickFloat() is var x ? b.Graph.Reshape(x, b.Regrouped(x.Shape)) : null;
        }
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.Flip(x, b.PickAxis(x)) : null;
        yield return b => b.RandomShape() is var shape ? b.Graph.BroadcastTo(b.Sketch.Parameter(b.Narrower(shape)), shape) : null;
        yield return b => b.ConstantAxis() is var (x, axis) ? b.SliceAlong(x, axis) : null;
        yield return b => b.ConstantAxis() is var (x, axis) && b.random.Next(3) is var start && b.random.Next(1, 3) is var step
            ? b.Graph.Pad(x, axis, start, start + ((x.Shape[axis].Value - 1) * step) + 1 + b.random.Next(3), step)
            : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.Concat([x, b.Sketch.Parameter(x.Shape), x], b.PickAxis(x)) : null;
        yield return b => b.ConstantAxis() is var (x, axis)
            ? b.Graph.Concat([b.Sketch.Input(x.Shape.With(axis, 2)), x, b.Sketch.Parameter(x.Shape.With(axis, 1))], axis)
            : null;
    }

    (Node X, int Axis)? ConstantAxis()
    {
        var x = PickFloat();
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => x.Shape[axis].IsConstant)];
        return axes.Length == 0 ? null : (x, Pick(axes));
    }

    Node SliceAlong(Node x, int axis)
    {
        int size = x.Shape[axis].Value, start = random.Next(size), step = random.Next(1, 4);
        return Graph.Slice(x, axis, start, random.Next(1, 2 + ((size - 1 - start) / step)), step);
    }

    /// <summary>Neighbouring axes merged at random, and axes of size 1 put between.</summary>
    Shape Regrouped(Shape shape)
    {
        var dims = new List<Dim>();
        foreach (var size in shape)
        {
            if (dims.Count > 0 && random.Next(2) == 0)
                dims[^1] *= size;
            else
                dims.Add(size);
            if (random.Next(4) == 0 && dims.Count < 4)
                dims.Add(1);
        }
        return new Shape(dims);
    }

    static IEnumerable<Maker> Contractions()
    {
        for (int weight = 0; weight < 4; weight++)
            yield return b => b.PickFloat() is { Shape.Rank: > 1 } x ? b.MatMulWithNew(x) : null;
        for (int weight = 0; weight < 2; weight++)
        {
            yield return b => b.PickFloat() is { Shape.Rank: > 0 } x && x.Shape[0].IsConstant
                ? b.Graph.Gather(x, b.Graph.RowIndex(b.Sketch.Labels(b.SmallShape(2), x.Shape[0].Value), x.Shape[0]))
                : null;
            yield return b => b.PickFloat() is { Shape.Rank: > 0 } x
                ? b.Graph.ScatterAdd(b.Sketch.Labels(new Shape(x.Shape.Take(b.random.Next(1, x.Shape.Rank + 1))), 5), x, 5)
                : null;
        }
    }

    Shape SmallShape(int maxRank) => new(Enumerable.Range(0, random.Next(maxRank + 1)).Select(_ => Pick(sizes)));

    /// <summary>x times a parameter, on either side, with random transposes and leading axes that broadcast.</summary>
    Node MatMulWithNew(Node x)
    {
        bool transposeX = random.Next(2) == 0, transposeNew = random.Next(2) == 0, left = random.Next(2) == 0;
        int rank = x.Shape.Rank;
        Dim inner = x.Shape[left != transposeX ? rank - 1 : rank - 2], outer = Pick(sizes);
        var batch = Narrower(new Shape(x.Shape.Take(rank - 2)));
        bool innerFirst = left != transposeNew;
        var other = Sketch.Parameter(new Shape(batch.Concat(innerFirst ? [inner, outer] : new[] { outer, inner })));
        return left ? Graph.MatMul(x, other, transposeX, transposeNew) : Graph.MatMul(other, x, transposeNew, transposeX);
    }

    static IEnumerable<Maker> Composites()
    {
        yield return b => b.Graph.Unary(Op.Gelu, b.PickFloat());
        yield return b => b.Graph.Unary(Op.GeluTanh, b.PickFloat());
        yield return b => b.Graph.Unary(Op.Silu, b.PickFloat());
        yield return b => b.Graph.Dropout(b.PickFloat(), b.random.Next(4) / 4.0, b.streams++);
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.Softmax(x, b.PickAxis(x)) : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.LogSoftmax(x, b.PickAxis(x)) : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x
            ? b.Graph.LayerNorm(x, b.Sketch.Parameter(new Shape(x.Shape.Last)), b.Sketch.Parameter(new Shape(x.Shape.Last)), 0.125)
            : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.Graph.RmsNorm(x, b.Sketch.Parameter(new Shape(x.Shape.Last)), 0.125) : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x && x.Shape.Last.IsConstant ? b.CrossEntropyOf(x) : null;
        yield return b => b.PickFloat() is var x && b.IsAwayFromKinks(x) ? b.Graph.BinaryCrossEntropy(x, b.Sketch.Input(x.Shape, 0, 1)) : null;
        yield return b => b.PickFloat() is var x && b.Sketch.Input(x.Shape) is var target && b.IsAwayFromKinks(b.Graph.Unary(Op.Abs, b.Graph.Subtract(x, target)), 0.5)
            ? b.Graph.Huber(x, target, 0.5)
            : null;
    }

    /// <summary>Labels are smoothed where there is an odd number of classes.</summary>
    Node CrossEntropyOf(Node x)
    {
        var labels = Sketch.Labels(new Shape(x.Shape.Take(x.Shape.Rank - 1)), x.Shape.Last.Value);
        return x.Shape.Last.Value % 2 == 0 ? Graph.CrossEntropy(x, labels) : Graph.SmoothedCrossEntropy(x, labels, Sketch.Input(new Shape(x.Shape.Last), 0.5, 2), 0.25);
    }
}
