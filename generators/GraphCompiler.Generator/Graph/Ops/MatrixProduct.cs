using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Whether the operands of a matrix product are transposed in their last two axes.</summary>
internal record MatMulAttributes(bool TransposeLeft, bool TransposeRight) : NodeAttributes
{
    /// <param name="side">0 for the left operand, 1 for the right.</param>
    public bool Transposes(int side) => side == 0 ? TransposeLeft : TransposeRight;

    public override string ToString() => $"{(TransposeLeft ? 1 : 0)} {(TransposeRight ? 1 : 0)}";
}

internal sealed partial class Graph
{
    /// <summary>
    /// The matrix product of the last two axes; leading axes are broadcast: they are equal or 1 on one side (shorter
    /// operands are padded with 1). Operands of rank 1 are not accepted here. A transposed operand has its
    /// last two axes swapped.
    /// </summary>
    public Node MatMul(Node left, Node right, bool transposeLeft = false, bool transposeRight = false)
    {
        RequireFloat(Op.MatMul, left);
        RequireFloat(Op.MatMul, right);
        if ((ShapeRules.HasAxes(left.Shape, 2, operand: 0) ?? ShapeRules.HasAxes(right.Shape, 2, operand: 1)) is { } rankMismatch)
            throw new ShapeException($"MatMul: {left.Shape} and {right.Shape}: both operands need at least two axes", rankMismatch);
        int rank = Math.Max(left.Shape.Rank, right.Shape.Rank);
        left = Reshape(left, PadRank(left.Shape, rank));
        right = Reshape(right, PadRank(right.Shape, rank));
        Dim m = left.Shape[transposeLeft ? rank - 1 : rank - 2], n = right.Shape[transposeRight ? rank - 2 : rank - 1];
        if (ShapeRules.InnerAxes(left.Shape, transposeLeft, right.Shape, transposeRight) is { } mismatch)
        {
            throw new ShapeException($"MatMul: {left.Shape}{(transposeLeft ? "ᵀ" : "")} · {right.Shape}{(transposeRight ? "ᵀ" : "")}: "
                + $"the inner axes differ, {mismatch.Size} on the left and {mismatch.OtherSize} on the right", mismatch);
        }
        var batch = BroadcastShapes("MatMul", new Shape(left.Shape.Take(rank - 2)), new Shape(right.Shape.Take(rank - 2)));
        return Make(Op.MatMul, [left, right], new Shape(batch.Concat([m, n])), ElementType.Float32,
            new MatMulAttributes(transposeLeft, transposeRight));
    }

    static Shape PadRank(Shape shape, int rank) => new(Enumerable.Repeat((Dim)1, rank - shape.Rank).Concat(shape));

    /// <summary>The tensor as a matrix: all axes but the last are rows.</summary>
    public Node RowsOf(Node x) =>
        Reshape(x, new Shape(x.Shape.Product(0, x.Shape.Rank - 1), x.Shape.Last));
}

/// <summary>The matrix product.</summary>
internal static class MatrixProduct
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.MatMul, OpKind.MatMul, 2)
        {
            Multiplies = (_, _) => true,
            Layout = (_, _) => OperandLayout.Matrix,
            LiveRows = RowsAndColumns,
            Gradient = MatMulGradient,
        },
    ];

    /// <summary>Rows of the left factor, and columns of the right one, as they lie in the factor.</summary>
    static Node[] RowsAndColumns(Graph graph, Node y, Node isLive)
    {
        int rank = isLive.Shape.Rank;
        return [Keep(0, LiveRows.Any(graph, isLive, rank - 1)), Keep(1, LiveRows.Any(graph, isLive, rank - 2))];

        Node Keep(int side, Node live)
        {
            live = graph.SumTo(live, new Shape(y.Inputs[side].Shape.Take(rank - 2).Concat([live.Shape[rank - 2], live.Shape[rank - 1]])));
            bool isTransposed = y.Get<MatMulAttributes>().Transposes(side);
            return LiveRows.Keep(graph, y.Inputs[side], isTransposed ? graph.Permute(live, [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2]) : live);
        }
    }

    /// <summary>
    /// For C = A·B: dA = dC·Bᵀ and dB = Aᵀ·dC, with the transposes as flags, summed over broadcast leading axes. Where one
    /// matrix multiplies many (a linear layer on [batch, time, width]) the leading axes are first made rows: the weight's
    /// gradient is then one product with a long inner axis, not a sum of many products.
    /// </summary>
    static Node?[] MatMulGradient(Graph graph, Node y, Node d)
    {
        Node a = y.Inputs[0], b = y.Inputs[1];
        bool transposeA = y.TransposesLeft, transposeB = y.TransposesRight;
        Shape shapeA = a.Shape, shapeB = b.Shape;
        if (IsManyRowsTimesOneMatrix(y))
        {
            a = graph.RowsOf(a);
            b = graph.RowsOf(b);
            d = graph.RowsOf(d);
        }
        var toA = transposeA ? graph.MatMul(b, d, transposeB, true) : graph.MatMul(d, b, false, !transposeB);
        var toB = transposeB ? graph.MatMul(d, a, true, transposeA) : graph.MatMul(a, d, !transposeA, false);
        return
        [
            graph.Reshape(graph.SumTo(toA, SameRank(shapeA, toA)), shapeA),
            graph.Reshape(graph.SumTo(toB, SameRank(shapeB, toB)), shapeB),
        ];

        static Shape SameRank(Shape shape, Node x) => shape.Rank == x.Shape.Rank ? shape : x.Shape;
    }

    /// <summary>
    /// Whether the leading axes can become rows: the right operand is one matrix, and the left is not transposed (or has
    /// no leading axes but of size 1).
    /// </summary>
    public static bool IsManyRowsTimesOneMatrix(Node matMul) => matMul.Shape.Rank > 2
        && HasOneMatrix(matMul.Inputs[1])
        && (!matMul.TransposesLeft || HasOneMatrix(matMul.Inputs[0]));

    static bool HasOneMatrix(Node x) => x.Shape.Product(0, x.Shape.Rank - 2).IsOne;
}
