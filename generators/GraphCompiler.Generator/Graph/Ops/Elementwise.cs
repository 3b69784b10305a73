using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

// Elementwise operations with NumPy broadcasting. What each computes is in the files of the families.
internal sealed partial class Graph
{
    /// <summary>An elementwise operation of one operand.</summary>
    public Node Unary(Op op, Node x)
    {
        var type = TypeOf(op, x);
        return Make(op, [x], x.Shape, type);
    }

    /// <summary>An elementwise operation of two operands, broadcast against each other.</summary>
    public Node Binary(Op op, Node left, Node right)
    {
        if (left.Type != right.Type)
            throw new ShapeException($"{op} takes two tensors of one element type, not {left.Type} and {right.Type}");
        var type = TypeOf(op, left);
        var shape = BroadcastShapes(op.ToString(), left.Shape, right.Shape);
        return Make(op, [BroadcastTo(left, shape), BroadcastTo(right, shape)], shape, type);
    }

    /// <summary>The type of the result, where that of the operands is one that the operation takes.</summary>
    static ElementType TypeOf(Op op, Node operand)
    {
        switch (op.Info().Types)
        {
            case ElementRule.Comparison:
                return ElementType.Bool;
            case ElementRule.TruthValues:
                return Require(op, operand, ElementType.Bool).Type;
            case ElementRule.Numbers when operand.Type.IsComputedInteger() || operand.Type.IsWideFloat():
            case ElementRule.Reals when operand.Type.IsWideFloat():
                return operand.Type;
            default:
                return Require(op, operand, ElementType.Float32).Type;
        }
    }

    /// <summary>The common shape of two operands by NumPy's rule: aligned at the last axis, 1 stretches.</summary>
    public static Shape BroadcastShapes(string what, Shape left, Shape right)
    {
        if (ShapeRules.Broadcast(left, right) is { } mismatch)
            throw new ShapeException($"{what}: {left} and {right} do not broadcast: {AxisName(left.Rank - mismatch.Axis)} is {mismatch.Size} on the left and {mismatch.OtherSize} on the right", mismatch);
        int rank = System.Math.Max(left.Rank, right.Rank);
        var dims = new Dim[rank];
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++)
        {
            Dim a = fromEnd <= left.Rank ? left[left.Rank - fromEnd] : 1;
            Dim b = fromEnd <= right.Rank ? right[right.Rank - fromEnd] : 1;
            dims[rank - fromEnd] = a.IsOne ? b : a;
        }
        return new Shape(dims);
    }

    static string AxisName(int fromEnd) => fromEnd == 1 ? "the last axis" : $"axis -{fromEnd}";

    /// <summary>What products, attention and the fused loss read: numbers of any floating-point format that is computed in single precision.</summary>
    static Node RequireFloat(Op op, Node x) => x.Type.IsFloat() && !x.Type.IsWide()
        ? x
        : throw new ShapeException($"{op} takes a tensor of {ElementType.Float32}, not of {x.Type}");

    /// <summary>What numbers rows, classes and places: integers that kernels compute with.</summary>
    static Node RequireIndices(Op op, Node x) => x.Type.IsComputedInteger()
        ? x
        : throw new ShapeException($"{op} takes a tensor of integers, not of {x.Type}");

    static Node Require(Op op, Node x, ElementType type) => x.Type == type
        ? x
        : throw new ShapeException($"{op} takes a tensor of {type}, not of {x.Type}");
}
