using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;

namespace GraphCompiler.Generator.Tests.Passes;

// What works along an axis and is made of other operations, and what gives an axis another order.
internal static partial class OpCases
{
    static IEnumerable<Case> LogSumExps()
    {
        foreach (int[] axes in new int[][] { [2], [1], [0, 2], [0, 1, 2] })
            yield return new(Op.LogSumExp, (s, n) => s.Graph.LogSumExp(s.Parameter(Of(2, n, 3), -3, 3), axes));
        yield return new(Op.LogSumExp, (s, n) =>
        {
            // Rows see as many scores as their number, the first one none: all of it is −∞, which a weight of 0 does not see.
            var shape = Of(n, 9);
            var seen = s.Graph.Binary(Op.Less, s.Graph.Iota(shape, 1), s.Graph.Iota(shape, 0));
            var sums = s.Graph.LogSumExp(s.Graph.Select(seen, s.Parameter(shape), s.Graph.Constant(double.NegativeInfinity)), [1]);
            var isFirst = s.Graph.Binary(Op.Equal, s.Graph.Iota(sums.Shape, 0), s.Graph.Constant(0, Shape.Scalar, ElementType.Int32));
            return s.Graph.Select(isFirst, s.Graph.Constant(0), sums);
        });
    }

    static IEnumerable<Case> Flips()
    {
        for (int axis = 0; axis < 3; axis++)
        {
            int flipped = axis;
            yield return new(Op.Flip, (s, n) => s.Graph.Flip(s.Parameter(Of(2, n, 11)), flipped));
        }
        yield return new(Op.Flip, (s, n) =>
        {
            // Read backwards by an elementwise operation, a reduction, a product and a reshape, and forwards too.
            var x = s.Graph.Unary(Op.Tanh, s.Parameter(Of(n, 6)));
            var flipped = s.Graph.Flip(x, 1);
            var product = s.Graph.MatMul(flipped, s.Graph.Flip(s.Parameter(Of(6, 6)), 0));
            return s.Graph.Add(s.Graph.Multiply(s.Graph.Reshape(flipped, Of(n * 3, 2)), s.Graph.Reshape(x, Of(n * 3, 2))),
                s.Graph.Reshape(s.Graph.Add(product, s.Graph.Reduce(Op.ReduceMax, s.Graph.Flip(s.Graph.Flip(x, 0), 1), [1])), Of(n * 3, 2)));
        });
        yield return new(Op.Flip, (s, n) => s.Graph.Flip(s.Graph.Slice(s.Graph.Permute(s.Parameter(Of(9, n)), [1, 0]), 1, 1, 4, 2), 1));
        yield return new(Op.Flip, (s, n) => s.Graph.Slice(s.Graph.Flip(s.Parameter(Of(n, 9)), 1), 1, 2, 3, 2));
    }

    static IEnumerable<Case> Places()
    {
        foreach (var op in new[] { Op.ArgMax, Op.ArgMin })
        {
            for (int axis = 0; axis < 3; axis++)
            {
                int along = axis;
                yield return new(op, (s, n) =>
                {
                    var x = Spread(s, Of(2, n, 19));
                    return s.Graph.Multiply(s.Graph.Cast(s.Graph.PlaceOfExtremum(op, x, along), ElementType.Float32), x);
                });
            }
            yield return new(op, (s, n) =>
            {
                // Few different values: the first of many equal ones counts.
                var x = s.Graph.Cast(s.Labels(Of(n, 40), 3), ElementType.Float32);
                var isPlace = s.Graph.Binary(Op.Equal, s.Graph.Iota(x.Shape, 1), s.Graph.BroadcastTo(s.Graph.PlaceOfExtremum(op, x, 1), x.Shape));
                return s.Graph.Select(isPlace, s.Parameter(x.Shape), s.Graph.Constant(0));
            });
        }
    }

    static IEnumerable<Case> CumulativeSums()
    {
        foreach (var (isExclusive, isReversed) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            foreach (int length in new[] { 3, 16, 37 })
                yield return new(Op.CumulativeSum, (s, n) => s.Graph.CumulativeSum(s.Parameter(Of(n, length)), new(1, isExclusive, isReversed)));
            yield return new(Op.CumulativeSum, (s, n) => s.Graph.CumulativeSum(s.Parameter(Of(2, n * 5, 3)), new(1, isExclusive, isReversed)));
        }
        // More than sixteen blocks of sixteen, whose sums are summed in blocks again; few parameters, each with its own factors in all of a block.
        yield return new(Op.CumulativeSum, (s, n) =>
        {
            var blocks = s.Graph.BroadcastTo(s.Parameter(Of(17, 1, n)), Of(17, 16, n));
            return s.Graph.CumulativeSum(s.Graph.Multiply(s.Graph.Reshape(blocks, Of(272, n)), s.Input(Of(272, n))), new(0, false, false));
        });
    }

    /// <summary>What passes no gradient is an input here: differences would see a parameter.</summary>
    static IEnumerable<Case> StoppedGradients()
    {
        yield return new(Op.StopGradient, (s, n) => s.Graph.Multiply(s.Graph.StopGradient(s.Graph.Unary(Op.Exp, s.Input(Of(n, 3)))), s.Parameter(Of(n, 3))));
    }
}
