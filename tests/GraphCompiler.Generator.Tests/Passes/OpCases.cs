using System.Runtime.CompilerServices;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>
/// Small graphs around every operation, differentiable in at least one parameter and away from kinks. The axis n is a
/// constant or a named dimension.
/// </summary>
internal static partial class OpCases
{
    public delegate Node Build(GraphSketch sketch, Dim n);

    /// <param name="Op">The operation.</param>
    /// <param name="Build">Builds a graph around it.</param>
    /// <param name="Text">The C# that builds it.</param>
    public sealed record Case(Op Op, Build Build, [CallerArgumentExpression(nameof(Build))] string Text = "")
    {
        /// <summary>Where its values come from: what the case says, not where it stands, so that a case may be added anywhere.</summary>
        public int Seed { get; } = 10 * (int)(Hash($"{Op} {Text}") % 10_000_000);
    }

    /// <summary>FNV-1a of all but white space, the same on every machine and in every process.</summary>
    static uint Hash(string text) => text.Where(c => !char.IsWhiteSpace(c)).Aggregate(2166136261u, (hash, c) => unchecked((hash ^ c) * 16777619));

    static readonly Func<Dim, (Shape Left, Shape Right)>[] BroadcastPairs =
    [
        n => (Of(n, 3), Of(n, 3)),
        n => (Of(n, 1), Of(4)),
        n => (Of(3), Of(2, n, 3)),
        n => (Of(n, 3), Shape.Scalar),
        n => (Of(1, 2, 1), Of(n, 1, 3)),
    ];

    public static IReadOnlyList<Case> All { get; } =
    [
        .. Leaves(), .. States(), .. ElementwiseOfOne(), .. NarrowCasts(), .. ElementwiseOfTwo(), .. Conditions(), .. Reductions(), .. Layouts(),
        .. Slices(), .. MatMuls(), .. Indexing(), .. Attentions(), .. Activations(), .. RowComposites(), .. Losses(), .. LinearCrossEntropies(),
        .. LogSumExps(), .. Flips(), .. Places(), .. StoppedGradients(), .. CumulativeSums(),
    ];

    static Shape Of(params Dim[] dims) => new(dims);

    static IEnumerable<Case> Leaves()
    {
        yield return new(Op.Parameter, (s, n) => s.Parameter(Of(n, 3)));
        yield return new(Op.Parameter, (s, n) =>
        {
            s.Parameter(Of(n));
            return s.Parameter(Shape.Scalar);
        });
        yield return new(Op.Input, (s, n) => s.Graph.Multiply(s.Input(Of(n, 3)), s.Parameter(Of(3))));
        yield return new(Op.Constant, (s, n) => s.Graph.Add(s.Parameter(Of(n, 3)), s.Graph.Constant(0.7)));
        yield return new(Op.ConstantArray, (s, n) => s.Graph.Subtract(s.Parameter(Of(n, 3)), s.Array(Of(3))));
        yield return new(Op.ConstantArray, (s, n) => s.Graph.MatMul(s.Parameter(Of(n, 5)), s.Graph.Subtract(s.Array(Of(5, 3)), s.Array(Of(3)))));
        yield return new(Op.Size, (s, n) =>
            s.Graph.Divide(s.Parameter(Of(n, 3)), s.Graph.Size(s.Named("other", 3) * n, Of(n, 3))));
        yield return new(Op.Iota, (s, n) => s.Graph.Multiply(
            s.Graph.Cast(s.Graph.Iota(Of(2, n, 3), 1), ElementType.Float32), s.Parameter(Of(2, n, 3))));
        yield return new(Op.Random, (s, n) => s.Graph.Multiply(s.Graph.Random(4, Of(n, 3)), s.Parameter(Of(n, 3))));
    }

    /// <summary>State is a constant; what is written to it is read again, and passes gradients on.</summary>
    static IEnumerable<Case> States()
    {
        yield return new(Op.State, (s, n) => s.Graph.Multiply(s.State(Of(n, 3)), s.Parameter(Of(n, 3))));
        foreach (int axis in new[] { 0, 1, 2 })
        {
            yield return new(Op.WriteAt, (s, n) =>
            {
                Dim[] part = [n, 2, 3];
                var whole = new Shape(part).With(axis, part[axis].IsConstant ? 7 : 8);
                return s.Graph.WriteAt(s.State(whole), s.Parameter(Of(part)), s.Labels(Shape.Scalar, 3), axis);
            });
        }
        yield return new(Op.WriteAt, (s, n) =>
        {
            var part = s.Graph.Unary(Op.Tanh, s.Graph.Permute(s.Parameter(Of(2, n)), [1, 0]));
            return s.Graph.WriteAt(s.State(Of(n, 5)), part, s.Graph.Constant(3, Shape.Scalar, ElementType.Int32), 1);
        });
        yield return new(Op.Assign, (s, n) =>
        {
            var state = s.State(Of(n, 3));
            return s.Graph.Assign(state, s.Graph.Multiply(s.Parameter(Of(n, 3)), s.Input(Of(3))));
        });
        yield return new(Op.WhenTraining, (s, n) => s.Graph.WhenTraining(s.Parameter(Of(n, 3)), s.Parameter(Of(3))));
    }

    static IEnumerable<Case> ElementwiseOfOne()
    {
        foreach (var op in new[] { Op.Negate, Op.Exp, Op.Sin, Op.Cos, Op.Tanh, Op.Sigmoid, Op.Erf, Op.Softplus })
            yield return new(op, (s, n) => s.Graph.Unary(op, s.Parameter(Of(n, 3), -2, 2)));
        foreach (var op in new[] { Op.Log, Op.Sqrt, Op.ReciprocalSqrt })
            yield return new(op, (s, n) => s.Graph.Unary(op, s.Parameter(Of(n, 3), 0.5, 2)));
        foreach (var op in new[] { Op.Abs, Op.Relu })
            yield return new(op, (s, n) => s.Graph.Unary(op, s.ParameterAwayFromZero(Of(n, 3))));
        foreach (var op in new[] { Op.Sign, Op.Floor })
        {
            yield return new(op, (s, n) =>
            {
                var x = s.ParameterAwayFromZero(Of(n, 3));
                return s.Graph.Multiply(s.Graph.Unary(op, x), x);
            });
        }
        yield return new(Op.Copy, (s, n) => s.Graph.Copy(s.Parameter(Of(n, 3)), "copy"));
        yield return new(Op.Cast, (s, n) => s.Graph.Multiply(
            s.Graph.Cast(s.Labels(Of(n, 3), 5), ElementType.Float32), s.Parameter(Of(n, 3))));
        yield return new(Op.Cast, (s, n) => s.Graph.Select(
            s.Graph.Cast(s.ParameterAwayFromZero(Of(n, 3)), ElementType.Bool), s.Parameter(Of(n, 3)), s.Graph.Constant(0)));
    }

    /// <summary>Values in 16 and 8 bits. What is rounded are inputs alone: a rounding has steps, which differences would see, and its gradient is 1.</summary>
    static IEnumerable<Case> NarrowCasts()
    {
        foreach (var format in new[] { ElementType.BFloat16, ElementType.Float16, ElementType.Float8E4M3, ElementType.Float8E5M2 })
        {
            yield return new(Op.Cast, (s, n) => s.Graph.Multiply(Widened(s, s.Graph.Cast(s.Input(Of(n, 3)), format)), s.Parameter(Of(n, 3))));
            yield return new(Op.Cast, (s, n) => s.Graph.MatMul(s.Graph.Cast(s.Input(Of(n, 5)), format), s.Parameter(Of(5, 2))));
            yield return new(Op.Cast, (s, n) =>
            {
                var x = s.Graph.Cast(s.Input(Of(n, 8)), format);
                return s.Graph.Multiply(s.Graph.MatMul(x, s.Parameter(Of(8, 4))), s.Graph.MatMul(x, s.Parameter(Of(4, 8)), false, true));
            });
            yield return new(Op.Cast, (s, n) =>
            {
                var x = s.Graph.Cast(s.Input(Of(2, n, 5)), format);
                var product = s.Graph.MatMul(x, s.Parameter(Of(2, 5, 3)));
                return s.Graph.MatMul(s.Graph.Permute(x, [0, 2, 1]), s.Graph.Multiply(product, product));
            });
            yield return new(Op.Cast, (s, n) =>
            {
                Node x = s.Graph.Cast(s.Input(Of(4, n, 6)), format), maximum = s.Graph.Cast(s.Graph.Reduce(Op.ReduceMax, Widened(s, x), [2]), format);
                return s.Graph.Multiply(Widened(s, s.Graph.Concat([x, s.Graph.Slice(x, 2, 1, 3), maximum], 2)), s.Parameter(Of(4, n, 10)));
            });
            yield return new(Op.Cast, (s, n) =>
            {
                var table = s.Graph.Cast(s.Input(Of(5, 3)), format);
                var rows = s.Graph.Multiply(Widened(s, s.Graph.Gather(table, s.Labels(Of(n, 2), 5))), s.Parameter(Of(n, 2, 3)));
                return s.Graph.Add(s.Graph.Reduce(Op.ReduceSum, rows, [0, 1]), Widened(s, s.Graph.Pad(table, 0, 1, 7, 1)));
            });
        }
    }

    static Node Widened(GraphSketch sketch, Node x) => sketch.Graph.Cast(x, ElementType.Float32);

    static IEnumerable<Case> ElementwiseOfTwo()
    {
        foreach (var shapes in BroadcastPairs)
        {
            foreach (var op in new[] { Op.Add, Op.Subtract, Op.Multiply })
                yield return new(op, (s, n) => s.Graph.Binary(op, s.Parameter(shapes(n).Left), s.Parameter(shapes(n).Right)));
            foreach (var op in new[] { Op.Divide, Op.Power })
                yield return new(op, (s, n) => s.Graph.Binary(op, s.Parameter(shapes(n).Left, 0.5, 2), s.Parameter(shapes(n).Right, 0.5, 2)));
            foreach (var op in new[] { Op.Maximum, Op.Minimum })
                yield return new(op, (s, n) => s.Graph.Binary(op, s.ParameterAwayFromZero(shapes(n).Left), s.Parameter(shapes(n).Right, -0.1, 0.1)));
        }
        foreach (double exponent in new[] { -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 2.5 })
            yield return new(Op.Power, (s, n) => s.Graph.Binary(Op.Power, s.Parameter(Of(n, 3), 0.5, 2), s.Graph.Constant(exponent)));
        yield return new(Op.Power, (s, n) => s.Graph.Binary(Op.Power, s.Parameter(Of(n, 3), -2, -0.5), s.Graph.Constant(3)));
        yield return new(Op.Power, (s, n) => s.Graph.Binary(Op.Power, s.Graph.Constant(1.7), s.Parameter(Of(n, 3))));
    }

    static IEnumerable<Case> Conditions()
    {
        foreach (var op in new[] { Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual, Op.Equal, Op.NotEqual })
        {
            yield return new(op, (s, n) =>
            {
                var x = s.ParameterAwayFromZero(Of(n, 3));
                return s.Graph.Select(s.Graph.Binary(op, x, s.Graph.Constant(0.05)), s.Graph.Multiply(x, x), s.Parameter(Of(3)));
            });
        }
        foreach (var op in new[] { Op.And, Op.Or })
        {
            yield return new(op, (s, n) =>
            {
                Node x = s.ParameterAwayFromZero(Of(n, 3)), y = s.ParameterAwayFromZero(Of(3)), zero = s.Graph.Constant(0);
                var condition = s.Graph.Binary(op, s.Graph.Binary(Op.Greater, x, zero), s.Graph.Binary(Op.Less, y, zero));
                return s.Graph.Select(condition, x, y);
            });
        }
        yield return new(Op.Not, (s, n) =>
        {
            var x = s.ParameterAwayFromZero(Of(n, 3));
            var negative = s.Graph.Unary(Op.Not, s.Graph.Binary(Op.Greater, x, s.Graph.Constant(0)));
            return s.Graph.Multiply(x, s.Graph.Cast(negative, ElementType.Float32));
        });
        yield return new(Op.Select, (s, n) => s.Graph.Select(
            s.Graph.Binary(Op.Equal, s.Labels(Of(n, 1), 2), s.Graph.Iota(Of(1, 3), 1)), s.Parameter(Of(n, 3)), s.Parameter(Of(1, 3))));
    }

    static IEnumerable<Case> Reductions()
    {
        foreach (var op in new[] { Op.ReduceSum, Op.ReduceMax, Op.ReduceMin, Op.ReduceMean })
        {
            foreach (int[] axes in new int[][] { [0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2] })
                yield return new(op, (s, n) => s.Graph.Reduce(op, Spread(s, Of(2, n, 3)), axes));
            yield return new(op, (s, n) => s.Graph.Reduce(op, Spread(s, Of(2, n, 1, 3)), [0, 2, 3], keepDimensions: false));
            yield return new(op, (s, n) => s.Graph.Reduce(op, s.Graph.Reduce(op, Spread(s, Of(2, n, 3)), [2]), [1]));
            yield return new(op, (s, n) => s.Graph.Reduce(op, s.Graph.BroadcastTo(Spread(s, Of(2, 1, 3)), Of(2, n, 3)), [1, 2]));
        }
        foreach (int[] axes in new int[][] { [2], [1, 2], [0, 1, 2], [0], [1], [0, 2] })
        {
            yield return new(Op.Centre, (s, n) => s.Graph.Centre(s.Parameter(Of(2, n, 3)), axes));
            yield return new(Op.Variance, (s, n) => s.Graph.Variance(s.Parameter(Of(2, n, 3)), axes));
            yield return new(Op.Variance, (s, n) =>
            {
                var x = s.Parameter(Of(2, n, 3));
                return s.Graph.Add(s.Graph.Multiply(s.Graph.Centre(x, axes), s.Graph.Mean(x, axes, keepDimensions: true)), s.Graph.Variance(x, axes));
            });
        }
        yield return new(Op.ReduceMean, (s, n) => s.Graph.Mean(s.Parameter(Of(2, n, 3)), [0, 1], keepDimensions: false));
    }

    /// <summary>A parameter without two elements that are nearly equal.</summary>
    static Node Spread(GraphSketch s, Shape shape)
    {
        var parameter = s.Parameter(shape);
        double[] values = s.Bindings.Parameters[parameter.Name];
        for (int i = 0; i < values.Length; i++)
            values[i] = (i * 37 % 101 / 50.0) - 1 + (0.001 * values[i]);
        return parameter;
    }

    static IEnumerable<Case> Layouts()
    {
        yield return new(Op.Reshape, (s, n) => s.Graph.Reshape(s.Parameter(Of(n, 2, 3)), Of(n * 2, 3)));
        yield return new(Op.Reshape, (s, n) => s.Graph.Reshape(s.Graph.BroadcastTo(s.Parameter(Of(n, 1, 3)), Of(n, 2, 3)), Of(1, n, 2, 1, 3)));
        yield return new(Op.Broadcast, (s, n) => s.Graph.BroadcastTo(s.Parameter(Of(2, 1, 3)), Of(2, n, 3)));
        yield return new(Op.Broadcast, (s, n) => s.Graph.BroadcastTo(s.Parameter(Of(1, 3)), Of(n, 2, 3)));
        yield return new(Op.Permute, (s, n) => s.Graph.Permute(s.Parameter(Of(2, n, 3)), [2, 0, 1]));
        yield return new(Op.Permute, (s, n) => s.Graph.Permute(s.Parameter(Of(n, 1, 3)), [1, 0, 2]));
        yield return new(Op.Permute, (s, n) => s.Graph.Permute(s.Graph.BroadcastTo(s.Parameter(Of(1, 3)), Of(n, 3)), [1, 0]));
    }

    static IEnumerable<Case> Slices()
    {
        yield return new(Op.Slice, (s, n) => s.Graph.Slice(s.Parameter(Of(n, 7)), 1, 1, 3, 2));
        yield return new(Op.Softmax, (s, n) =>
        {
            // The first row is masked altogether, the others see as many keys as their number.
            var shape = Of(n, 9);
            var seen = s.Graph.Binary(Op.Less, s.Graph.Iota(shape, 1), s.Graph.Iota(shape, 0));
            return s.Graph.Softmax(s.Graph.Select(seen, s.Parameter(shape), s.Graph.Constant(double.NegativeInfinity)), -1);
        });
        yield return new(Op.Slice, (s, n) =>
        {
            var x = s.Parameter(Of(n, 6));
            return s.Graph.Multiply(s.Graph.Slice(x, 1, 0, 3), s.Graph.Unary(Op.Exp, s.Graph.Slice(x, 1, 3, 3)));
        });
        yield return new(Op.Slice, (s, n) => s.Graph.Slice(s.Parameter(Of(9, 3)), 0, 1, s.Named("other", 3)));
        yield return new(Op.Slice, (s, n) => s.Graph.Slice(s.Parameter(Of(2, n, 3)), new AxisPart(1, -1, Offset: n), 1));
        yield return new(Op.Slice, (s, n) =>
            s.Graph.Slice(s.Graph.Slice(s.Parameter(Of(n, 48)), new AxisPart(1, 1, Offset: n), s.Named("other", 3) * 4), new AxisPart(1, 0, Offset: s.Named("other", 3)), 2));
        yield return new(Op.Pad, (s, n) => s.Graph.Pad(s.Parameter(Of(s.Named("other", 3), 3)), 0, 1, 9));
        yield return new(Op.Pad, (s, n) => s.Graph.Pad(s.Parameter(Of(2, 1, 3)), new AxisPart(1, -1, Offset: n), n * 2));
        yield return new(Op.Pad, (s, n) => s.Graph.Pad(s.Parameter(Of(n, 3)), 1, 1, 9, 3));
        yield return new(Op.Pad, (s, n) => s.Graph.Slice(s.Graph.Pad(s.Parameter(Of(n, 3)), 1, 1, 6), 1, 1, 2));
        yield return new(Op.Concat, (s, n) => s.Graph.Concat([s.Parameter(Of(n, 2)), s.Parameter(Of(n, 1)), s.Input(Of(n, 3))], 1));
        yield return new(Op.Concat, (s, n) => s.Graph.Concat([s.Parameter(Of(2, n, 3)), s.Parameter(Of(2, n, 3)), s.Parameter(Of(2, 4 * n, 3))], 1));
        yield return new(Op.Concat, (s, n) =>
        {
            var x = s.Parameter(Of(n, 5));
            return s.Graph.Concat([s.Graph.Slice(x, 1, 3, 2), s.Graph.Slice(x, 1, 0, 2), s.Graph.Slice(x, 1, 2, 1)], 1);
        });
    }

    static IEnumerable<Case> MatMuls()
    {
        foreach (var (left, right) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            Shape Flip(bool transposed, params Dim[] dims) =>
                new(transposed ? [.. dims[..^2], dims[^1], dims[^2]] : dims);
            Case Of(Func<Dim, Dim[]> a, Func<Dim, Dim[]> b) => new(Op.MatMul, (s, n) => s.Graph.MatMul(
                s.Parameter(Flip(left, a(n))), s.Parameter(Flip(right, b(n))), left, right));
            yield return Of(n => [n, 3], n => [3, 2]);
            yield return Of(n => [2, n], n => [n, 3]);
            yield return Of(n => [2, n, 3], n => [3, 2]);
            yield return Of(n => [2, 3], n => [n, 3, 2]);
            yield return Of(n => [n, 2, 3], n => [n, 3, 4]);
            yield return Of(n => [n, 1, 2, 3], n => [1, 2, 3, 2]);
            yield return Of(n => [1, 1, n, 3], n => [3, 2]);
        }
        yield return new(Op.MatMul, (s, n) => s.Graph.MatMul(
            s.Graph.Permute(s.Parameter(Of(3, n)), [1, 0]), s.Graph.Permute(s.Parameter(Of(2, 3)), [1, 0])));
        yield return new(Op.MatMul, (s, n) => s.Graph.Permute(s.Graph.MatMul(s.Parameter(Of(2, n, 3)), s.Parameter(Of(2, 3, 2))), [0, 2, 1]));
        yield return new(Op.MatMul, (s, n) => s.Graph.MatMul(
            s.Parameter(Of(n, 2, 3)), s.Graph.BroadcastTo(s.Parameter(Of(1, 3, 2)), Of(n, 3, 2))));
    }

    static IEnumerable<Case> Indexing()
    {
        yield return new(Op.Gather, (s, n) => s.Graph.Gather(s.Parameter(Of(5, 3)), s.Labels(Of(n, 2), 5)));
        yield return new(Op.Gather, (s, n) => s.Graph.Gather(s.Parameter(Of((Dim)5)), s.Labels(Of(n), 5)));
        yield return new(Op.Index, (s, n) =>
        {
            var number = s.Graph.Add(s.Graph.Multiply(s.Labels(Of(n, 2), 3), s.Graph.Constant(3, Shape.Scalar, ElementType.Int32)), s.Labels(Of((Dim)2), 3));
            return s.Graph.Gather(s.Parameter(Of(9, 3)), s.Graph.RowIndex(number, 9));
        });
        yield return new(Op.Index, (s, n) => s.Graph.Gather(s.Parameter(Of(8, 2)), s.Graph.RowIndex(s.Graph.BroadcastTo(s.Graph.Iota(Of(n, 1), 0), Of(n, 3)), 8)));
        yield return new(Op.ScatterAdd, (s, n) => s.Graph.ScatterAdd(s.Labels(Of(2, n), 5), s.Parameter(Of(2, n, 3)), 5));
        yield return new(Op.ScatterAdd, (s, n) => s.Graph.ScatterAdd(s.Labels(Of(2, n), 5), s.Parameter(Of(2, n, 3)), 5, s.Parameter(Of(5, 3))));
        yield return new(Op.ScatterAdd, (s, n) =>
        {
            var table = s.Graph.Unary(Op.Exp, s.Parameter(Of(5, 3)));
            return s.Graph.Add(table, s.Graph.ScatterAdd(s.Labels(Of(n), 5), s.Parameter(Of(n, 3)), 5, s.Graph.Multiply(table, table)));
        });
        yield return new(Op.ScatterAdd, (s, n) => s.Graph.ScatterAdd(s.Labels(Of(n), 4), s.Parameter(Of(n)), 4));
    }

    static IEnumerable<Case> Activations()
    {
        yield return new(Op.Gelu, (s, n) => s.Graph.Unary(Op.Gelu, s.Parameter(Of(n, 3), -3, 3)));
        yield return new(Op.GeluTanh, (s, n) => s.Graph.Unary(Op.GeluTanh, s.Parameter(Of(n, 3), -3, 3)));
        yield return new(Op.Silu, (s, n) => s.Graph.Unary(Op.Silu, s.Parameter(Of(n, 3), -3, 3)));
        foreach (var slope in new[] { Op.GeluSlope, Op.GeluTanhSlope, Op.SiluSlope })
            yield return new(slope, (s, n) => s.Graph.Multiply(s.Graph.Unary(slope, s.Input(Of(n, 17), -6, 6)), s.Parameter(Of(n, 17))));
        yield return new(Op.Dropout, (s, n) => s.Graph.Dropout(s.Parameter(Of(n, 7)), 0.3, 2));
        yield return new(Op.Dropout, (s, n) => s.Graph.Dropout(s.Parameter(Of(n, 3)), 0, 2));
        yield return new(Op.Dropout, (s, n) => s.Graph.Dropout(s.Parameter(Of(n, 3)), 1, 2));
    }

    static IEnumerable<Case> RowComposites()
    {
        for (int axis = 0; axis < 3; axis++)
        {
            int along = axis;
            yield return new(Op.Softmax, (s, n) => s.Graph.Softmax(s.Parameter(Of(2, n, 3)), along));
            yield return new(Op.LogSoftmax, (s, n) => s.Graph.LogSoftmax(s.Parameter(Of(2, n, 3)), along));
        }
        yield return new(Op.Softmax, (s, n) => s.Graph.Softmax(s.Parameter(Of(n)), 0));
        yield return new(Op.LayerNorm, (s, n) => s.Graph.LayerNorm(s.Parameter(Of(2, n, 5)), s.Parameter(Of((Dim)5)), s.Parameter(Of((Dim)5)), 0.01));
        yield return new(Op.LayerNorm, (s, n) => s.Graph.LayerNorm(s.Parameter(Of(3, n)), s.Parameter(Of(n)), s.Parameter(Of(n)), 0.1));
        yield return new(Op.LayerNorm, (s, n) => s.Graph.LayerNorm(s.Parameter(Of(n)), s.Parameter(Of(n)), s.Parameter(Of(n)), 0.1));
        yield return new(Op.RmsNorm, (s, n) => s.Graph.RmsNorm(s.Parameter(Of(2, n, 5)), s.Parameter(Of((Dim)5)), 0.01));
        yield return new(Op.RmsNorm, (s, n) => s.Graph.RmsNorm(s.Parameter(Of(n)), s.Parameter(Of(n)), 0.1));
    }

    static IEnumerable<Case> Losses()
    {
        yield return new(Op.CrossEntropy, (s, n) => s.Graph.CrossEntropy(s.Parameter(Of(n, 4), -3, 3), s.Labels(Of(n), 4)));
        yield return new(Op.CrossEntropy, (s, n) => s.Graph.CrossEntropy(s.Parameter(Of(2, n, 4)), s.Labels(Of(2, n), 4)));
        yield return new(Op.CrossEntropy, (s, n) => s.Graph.CrossEntropy(s.Parameter(Of((Dim)4)), s.Labels(Shape.Scalar, 4)));
        yield return new(Op.SmoothedCrossEntropy, (s, n) =>
            s.Graph.SmoothedCrossEntropy(s.Parameter(Of(n, 4), -3, 3), s.Labels(Of(n), 4), s.Parameter(Of((Dim)4), 0.5, 2), 0.1));
        yield return new(Op.SmoothedCrossEntropy, (s, n) => s.Graph.SmoothedCrossEntropy(s.Parameter(Of(2, 3, n)), s.Labels(Of(2, 3), 1), s.Input(Of(n), 0, 1), 1));
        yield return new(Op.BinaryCrossEntropy, (s, n) => s.Graph.BinaryCrossEntropy(s.ParameterAwayFromZero(Of(n, 3)), s.Parameter(Of(n, 3), 0, 1)));
        yield return new(Op.Huber, (s, n) => s.Graph.Huber(s.ParameterAwayFromZero(Of(n, 3)), s.Parameter(Of(n, 3), -0.05, 0.05), 0.1));
        yield return new(Op.Huber, (s, n) => s.Graph.Huber(s.ParameterAwayFromZero(Of(n, 3)), s.Parameter(Of(n, 3), -0.05, 0.05), 2));
    }

    static IEnumerable<Case> LinearCrossEntropies()
    {
        yield return new(Op.LinearCrossEntropy, (s, n) => s.Graph.LinearCrossEntropy(
            s.Parameter(Of(n, 5)), s.Parameter(Of(7, 5)), s.Labels(Of(n), 7), s.Parameter(Of((Dim)7))));
        yield return new(Op.LinearCrossEntropy, (s, n) => s.Graph.LinearCrossEntropy(
            s.Parameter(Of(9, n)), s.Graph.Permute(s.Parameter(Of(n, 40)), [1, 0]), s.Labels(Of((Dim)9), 40), null));
        yield return new(Op.LinearCrossEntropy, (s, n) =>
        {
            var losses = s.Graph.LinearCrossEntropy(s.Parameter(Of(5, 4)), s.Parameter(Of(n, 4)), s.Labels(Of((Dim)5), 1), s.Parameter(Of(n)));
            return s.Graph.Multiply(losses, losses);
        });
        yield return new(Op.LinearCrossEntropy, (s, n) => s.Graph.LinearCrossEntropy(
            s.Parameter(Of(n, 5)), s.Parameter(Of(7, 5)), s.Labels(Of(n), 7), s.Parameter(Of((Dim)7)), s.Input(Of((Dim)7), 0, 1), 0.3));
        yield return new(Op.LinearCrossEntropy, (s, n) => s.Graph.LinearCrossEntropy(
            s.Parameter(Of(9, 4)), s.Parameter(Of(n, 4)), s.Labels(Of((Dim)9), 1), null, s.Input(Of(n), 0, 1), 0.2));
        foreach (var operand in Enum.GetValues<LinearCrossEntropyOperand>())
        {
            yield return new(Op.LinearCrossEntropyGradient, (s, n) =>
            {
                var gradient = s.Graph.LinearCrossEntropyGradient(
                    [s.Input(Of(6, n)), s.Input(Of(8, n)), s.Labels(Of((Dim)6), 8), s.Input(Of((Dim)8))], s.Input(Of((Dim)6)), operand);
                return s.Graph.Multiply(gradient, s.Parameter(gradient.Shape));
            });
        }
    }
}
