using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// One rule an operation: graph, node y, its gradient d → the gradients of the operands. Where a rule can choose, it
// uses the result instead of an operand, so that fewer values outlive the forward pass.
//
// Conventions at kinks and ties: relu'(0) = |0|' = sign' = floor' = 0; max and min over axes spread evenly over the
// tied elements (torch.amax); Maximum and Minimum of two tensors give half to each (torch.maximum). A clamp that passes
// its bounds, as torch.clamp does, is made of selections.
internal static partial class Differentiation
{
    static readonly Dictionary<Op, GradientRule> Rules = CreateRules();

    static Dictionary<Op, GradientRule> CreateRules()
    {
        var rules = new Dictionary<Op, GradientRule>
        {
            [Op.Copy] = (_, _, d) => [d],
            [Op.Cast] = (_, y, d) => [y.Type.IsFloat() && y.Inputs[0].Type.IsFloat() ? d : null],
            [Op.Negate] = (graph, _, d) => [graph.Unary(Op.Negate, d)],
            [Op.Abs] = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.Sign, y.Inputs[0]))],
            [Op.Exp] = (graph, y, d) => [graph.Multiply(d, y)],
            [Op.Log] = (graph, y, d) => [graph.Divide(d, y.Inputs[0])],
            [Op.Sqrt] = (graph, y, d) => [graph.Divide(graph.Scale(d, 0.5), y)],
            [Op.ReciprocalSqrt] = (graph, y, d) => [graph.Multiply(graph.Scale(d, -0.5), graph.Multiply(graph.Multiply(y, y), y))],
            [Op.Sin] = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.Cos, y.Inputs[0]))],
            [Op.Cos] = (graph, y, d) => [graph.Unary(Op.Negate, graph.Multiply(d, graph.Unary(Op.Sin, y.Inputs[0])))],
            [Op.Tanh] = (graph, y, d) => [graph.Multiply(d, OneMinus(graph, graph.Multiply(y, y)))],
            [Op.Sigmoid] = (graph, y, d) => [graph.Multiply(d, graph.Multiply(y, OneMinus(graph, y)))],
            [Op.Erf] = Erf,
            [Op.Softplus] = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.Sigmoid, y.Inputs[0]))],
            [Op.Gelu] = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.GeluSlope, y.Inputs[0]))],
            [Op.GeluTanh] = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.GeluTanhSlope, y.Inputs[0]))],
            [Op.Silu] = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.SiluSlope, y.Inputs[0]))],
            [Op.Relu] = (graph, y, d) => [graph.Select(graph.Binary(Op.Greater, y, graph.Constant(0)), d, graph.Constant(0))],

            [Op.Add] = (_, _, d) => [d, d],
            [Op.Subtract] = (graph, _, d) => [d, graph.Unary(Op.Negate, d)],
            [Op.Multiply] = (graph, y, d) => [graph.Multiply(d, y.Inputs[1]), graph.Multiply(d, y.Inputs[0])],
            [Op.Divide] = Divide,
            [Op.Power] = Power,
            [Op.Maximum] = (graph, y, d) => Extremum(graph, y, d, Op.Greater),
            [Op.Minimum] = (graph, y, d) => Extremum(graph, y, d, Op.Less),
            [Op.Select] = (graph, y, d) =>
                [null, graph.Select(y.Inputs[0], d, graph.Constant(0)), graph.Select(y.Inputs[0], graph.Constant(0), d)],

            [Op.ReduceSum] = (graph, y, d) => [graph.BroadcastTo(d, y.Inputs[0].Shape)],
            [Op.ReduceMax] = ReducedExtremum,
            [Op.ReduceMin] = ReducedExtremum,
            [Op.ReduceMean] = (graph, y, d) =>
                [graph.BroadcastTo(graph.DivideByCount(d, Graph.CountAlong(y.Inputs[0].Shape, y.Axes)), y.Inputs[0].Shape)],

            [Op.Reshape] = (graph, y, d) => [graph.Reshape(d, y.Inputs[0].Shape)],
            [Op.Broadcast] = (graph, y, d) => [SumTo(graph, d, y.Inputs[0].Shape)],
            [Op.Permute] = (graph, y, d) => [graph.Permute(d, Inverse(y.Order))],
            [Op.Slice] = (graph, y, d) => [graph.Pad(d, y.Part, y.Inputs[0].Shape[y.Part.Axis])],
            [Op.Pad] = (graph, y, d) => [graph.Slice(d, y.Part, y.Inputs[0].Shape[y.Part.Axis])],
            [Op.Concat] = Concat,

            [Op.MatMul] = MatMul,
            [Op.Gather] = (graph, y, d) => [graph.ScatterAdd(y.Inputs[1], d, y.Inputs[0].Shape[0]), null],
            [Op.ScatterAdd] = (graph, y, d) => y.Inputs.Count == 2 ? [null, graph.Gather(d, y.Inputs[0])] : [null, graph.Gather(d, y.Inputs[0]), d],
            [Op.WriteAt] = WriteAt,
            [Op.Assign] = (_, _, d) => [null, d],
            [Op.WhenTraining] = (_, _, d) => [d, null],
        };
        rules[Op.Attention] = Attention;
        AddComposites(rules);
        return rules;
    }

    static Node OneMinus(Graph graph, Node x) => graph.Subtract(graph.Constant(1), x);

    /// <summary>erf'(x) = 2/√π·exp(−x²).</summary>
    static Node?[] Erf(Graph graph, Node y, Node d)
    {
        var x = y.Inputs[0];
        var density = graph.Unary(Op.Exp, graph.Unary(Op.Negate, graph.Multiply(x, x)));
        return [graph.Multiply(d, graph.Scale(density, 2 / Math.Sqrt(Math.PI)))];
    }

    /// <summary>For a/b: d/b and −(d/b)·(a/b).</summary>
    static Node?[] Divide(Graph graph, Node y, Node d)
    {
        var left = graph.Divide(d, y.Inputs[1]);
        return [left, graph.Unary(Op.Negate, graph.Multiply(left, y))];
    }

    /// <summary>
    /// For a^b: b·a^(b−1), 0 where b is 0; and a^b·log a, 0 where a is 0 and b is not negative (PyTorch's choices: no
    /// NaN comes out of 0^0 or of a zero base).
    /// </summary>
    static Node?[] Power(Graph graph, Node y, Node d)
    {
        Node a = y.Inputs[0], b = y.Inputs[1], zero = graph.Constant(0);
        var toBase = graph.Multiply(b, graph.Binary(Op.Power, a, graph.Subtract(b, graph.Constant(1))));
        var atZero = graph.Binary(
            Op.And, graph.Binary(Op.Equal, a, zero), graph.Binary(Op.GreaterOrEqual, b, zero));
        return
        [
            graph.Select(graph.Binary(Op.Equal, b, zero), zero, graph.Multiply(d, toBase)),
            graph.Select(atZero, zero, graph.Multiply(d, graph.Multiply(y, graph.Unary(Op.Log, a)))),
        ];
    }

    static Node?[] Extremum(Graph graph, Node y, Node d, Op wins)
    {
        Node a = y.Inputs[0], b = y.Inputs[1];
        var half = graph.Select(graph.Binary(Op.Equal, a, b), graph.Scale(d, 0.5), graph.Constant(0));
        return
        [
            graph.Select(graph.Binary(wins, a, b), d, half),
            graph.Select(graph.Binary(wins, b, a), d, half),
        ];
    }

    static Node?[] ReducedExtremum(Graph graph, Node y, Node d)
    {
        var x = y.Inputs[0];
        var attained = graph.Binary(Op.Equal, x, y);
        var count = graph.Reduce(Op.ReduceSum, graph.Cast(attained, ElementType.Float32), y.Axes);
        return [graph.Select(attained, graph.Divide(d, count), graph.Constant(0))];
    }

    /// <summary>Sums over the axes of size 1 in <paramref name="shape"/>, of the same rank, that are larger in x.</summary>
    static Node SumTo(Graph graph, Node x, Shape shape) =>
        graph.Reduce(Op.ReduceSum, x, Enumerable.Range(0, shape.Rank).Where(axis => shape[axis].IsOne && !x.Shape[axis].IsOne));

    static int[] Inverse(IReadOnlyList<int> permutation)
    {
        int[] inverse = new int[permutation.Count];
        for (int i = 0; i < permutation.Count; i++)
            inverse[permutation[i]] = i;
        return inverse;
    }

    /// <summary>What was written gets the rows at its place, what was there before the others.</summary>
    static Node?[] WriteAt(Graph graph, Node y, Node d)
    {
        Node value = y.Inputs[1], position = y.Inputs[2];
        int axis = y.Axis, rank = d.Shape.Rank;
        var places = graph.Iota(d.Shape, axis);
        var first = graph.BroadcastTo(graph.Cast(position, ElementType.Float32), d.Shape);
        var fromFirst = graph.Subtract(graph.Cast(places, ElementType.Float32), first);
        var isWritten = graph.Binary(
            Op.And,
            graph.Binary(Op.GreaterOrEqual, fromFirst, graph.Constant(0)),
            graph.Binary(Op.Less, fromFirst, graph.Size(value.Shape[axis], Shape.Scalar)));
        // The written rows, as rows of a table: the axis in front, looked up by number.
        int[] toFront = [axis, .. Enumerable.Range(0, rank).Where(a => a != axis)];
        var numbers = graph.Add(graph.Iota(new Shape(value.Shape[axis]), 0), position);
        var rows = graph.Gather(graph.Permute(d, toFront), graph.RowIndex(numbers, d.Shape[axis]));
        return [graph.Select(isWritten, graph.Constant(0), d), graph.Permute(rows, Inverse(toFront)), null];
    }

    /// <summary>
    /// A slice for each part. A joined axis of named size, k·n from parts k₁·n, k₂·n, …, is split into [k, n] first: then
    /// the parts are slices of a constant axis.
    /// </summary>
    static Node?[] Concat(Graph graph, Node y, Node d)
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

    /// <summary>
    /// The weights are computed again from the operands and the logarithms of their sums, which the forward pass keeps; the
    /// three gradients come out of one kernel.
    /// </summary>
    static Node?[] Attention(Graph graph, Node y, Node d)
    {
        var form = y.Get<AttentionAttributes>().Form;
        var operands = form.Operands(y.Inputs);
        string backward = graph.Origin;
        graph.Origin = y.Origin;
        var sums = graph.AttentionLogSumExp(
            operands.Query, operands.Key, operands.Value, form,
            operands.TryGetKeyMask(out var mask) ? mask : null, operands.TryGetKeyCount(out var count) ? count : null);
        graph.Origin = backward;
        var gradients = new Node?[y.Inputs.Count];
        foreach (var which in new[] { AttentionOperand.Query, AttentionOperand.Key, AttentionOperand.Value })
            gradients[(int)which] = graph.AttentionGradient(which, y, sums, d);
        return gradients;
    }

    /// <summary>
    /// For C = A·B: dA = dC·Bᵀ and dB = Aᵀ·dC, with the transposes as flags, summed over broadcast leading axes. Where one
    /// matrix multiplies many (a linear layer on [batch, time, width]) the leading axes are first made rows: the weight's
    /// gradient is then one product with a long inner axis, not a sum of many products.
    /// </summary>
    static Node?[] MatMul(Graph graph, Node y, Node d)
    {
        Node a = y.Inputs[0], b = y.Inputs[1];
        bool transposeA = y.TransposesLeft, transposeB = y.TransposesRight;
        Shape shapeA = a.Shape, shapeB = b.Shape;
        if (Simplification.IsManyRowsTimesOneMatrix(y))
        {
            a = Simplification.RowsOf(graph, a);
            b = Simplification.RowsOf(graph, b);
            d = Simplification.RowsOf(graph, d);
        }
        var toA = transposeA ? graph.MatMul(b, d, transposeB, true) : graph.MatMul(d, b, false, !transposeB);
        var toB = transposeB ? graph.MatMul(d, a, true, transposeA) : graph.MatMul(a, d, !transposeA, false);
        return
        [
            graph.Reshape(SumTo(graph, toA, SameRank(shapeA, toA)), shapeA),
            graph.Reshape(SumTo(graph, toB, SameRank(shapeB, toB)), shapeB),
        ];

        static Shape SameRank(Shape shape, Node x) => shape.Rank == x.Shape.Rank ? shape : x.Shape;
    }
}
