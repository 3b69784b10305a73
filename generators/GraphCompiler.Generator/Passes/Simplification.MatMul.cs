using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// The matrix product takes its operands as they lie: transposes become flags, repeated operands stay unrepeated.
internal static partial class Simplification
{
    static void AddMatMulRules(AddRule add)
    {
        add(ReadNarrow, Op.MatMul);
        add(AttendToNarrow, Op.Attention);
        add(FoldTransposes, Op.MatMul);
        add(DropBatchBroadcast, Op.MatMul);
        add(MakeBatchRows, Op.MatMul);
    }

    /// <summary>Numbers of fewer bits are read as they lie.</summary>
    static Node? ReadNarrow(Simplifier simplifier, Graph graph, Node node) => node.Inputs.Any(IsWidening)
        ? graph.Rebuild(node, [.. node.Inputs.Select(input => IsWidening(input) ? input.Inputs[0] : input)])
        : null;

    /// <summary>Attention takes its factors in one type.</summary>
    static Node? AttendToNarrow(Simplifier simplifier, Graph graph, Node node)
    {
        var factors = node.Inputs.Take(3).ToList();
        return factors.TrueForAll(factor => IsWidening(factor) && factor.Inputs[0].Type == factors[0].Inputs[0].Type)
            ? graph.Rebuild(node, [.. factors.Select(factor => factor.Inputs[0]), .. node.Inputs.Skip(3)])
            : null;
    }

    static Node? FoldTransposes(Simplifier simplifier, Graph graph, Node node)
    {
        bool left = IsTranspose(node.Inputs[0]), right = IsTranspose(node.Inputs[1]);
        return left || right
            ? graph.MatMul(
                left ? node.Inputs[0].Inputs[0] : node.Inputs[0],
                right ? node.Inputs[1].Inputs[0] : node.Inputs[1],
                node.TransposesLeft != left,
                node.TransposesRight != right)
            : null;

        static bool IsTranspose(Node x) => x.Op == Op.Permute && SwapsLastTwo(x.Order);
    }

    /// <summary>A batch axis that one operand repeats is broadcast by the product itself.</summary>
    static Node? DropBatchBroadcast(Simplifier simplifier, Graph graph, Node node)
    {
        var inputs = node.Inputs.ToArray();
        for (int side = 0; side < 2; side++)
        {
            if (inputs[side].Op != Op.Broadcast)
                continue;
            var other = inputs[1 - side];
            var source = inputs[side].Inputs[0];
            var shape = new Shape(inputs[side].Shape.Select((size, axis) =>
                axis < other.Shape.Rank - 2 && source.Shape[axis].IsOne && other.Shape[axis] == size ? 1 : size));
            inputs[side] = graph.BroadcastTo(source, shape);
        }
        return inputs.SequenceEqual(node.Inputs)
            ? null
            : graph.MatMul(inputs[0], inputs[1], node.TransposesLeft, node.TransposesRight);
    }

    /// <summary>A linear layer on [batch, time, width] is one product of [batch·time, width].</summary>
    static Node? MakeBatchRows(Simplifier simplifier, Graph graph, Node node) => MatrixProduct.IsManyRowsTimesOneMatrix(node)
        ? graph.Reshape(
            graph.MatMul(
                graph.RowsOf(node.Inputs[0]), graph.RowsOf(node.Inputs[1]),
                node.TransposesLeft, node.TransposesRight),
            node.Shape)
        : null;
}
