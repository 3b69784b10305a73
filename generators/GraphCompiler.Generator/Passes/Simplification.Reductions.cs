using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// Sums, maxima and minima over axes.
internal static partial class Simplification
{
    static void AddReductionRules(AddRule add)
    {
        Op[] reductions = [Op.ReduceSum, Op.ReduceMax, Op.ReduceMin, Op.ReduceMean];
        add(LeaveOutUnitAxes, reductions);
        add(ReduceConstant, reductions);
        add(ReduceRepeated, reductions);
        add(MergeSums, Op.ReduceSum, Op.ReduceMean);
        add((_, graph, node) => node.Inputs[0].Op == Op.Negate
            ? graph.Unary(Op.Negate, graph.Reduce(node.Op, node.Inputs[0].Inputs[0], node.Axes))
            : null, Op.ReduceSum, Op.ReduceMean);
    }

    static Node? LeaveOutUnitAxes(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        return node.Axes.Any(axis => x.Shape[axis].IsOne)
            ? graph.Reduce(node.Op, x, node.Axes.Where(axis => !x.Shape[axis].IsOne))
            : null;
    }

    static Node? ReduceConstant(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        return x.Op == Op.Constant
            ? Repeat(graph, node.Op, graph.Constant(x.Value, node.Shape), x.Shape, node.Axes)
            : null;
    }

    /// <summary>Over axes that a broadcast repeats, a sum is a multiple, a mean or an extremum the value itself.</summary>
    static Node? ReduceRepeated(Simplifier simplifier, Graph graph, Node node)
    {
        var broadcast = node.Inputs[0];
        if (broadcast.Op != Op.Broadcast)
            return null;
        var x = broadcast.Inputs[0];
        int[] repeated = [.. node.Axes.Where(axis => x.Shape[axis].IsOne)];
        if (repeated.Length == 0)
            return null;
        var smaller = new Shape(broadcast.Shape.Select((size, axis) => repeated.Contains(axis) ? (Dim)1 : size));
        var rest = graph.Reduce(node.Op, graph.BroadcastTo(x, smaller), node.Axes.Except(repeated));
        return Repeat(graph, node.Op, rest, broadcast.Shape, repeated);
    }

    static Node Repeat(Graph graph, Op op, Node x, Shape shape, IEnumerable<int> axes) => op == Op.ReduceSum
        ? graph.Multiply(x, graph.Size(axes.Aggregate((Dim)1, (count, axis) => count * shape[axis]), x.Shape))
        : x;

    /// <summary>
    /// Two sums or means are one where their axes lie side by side; other pairs stay, as <see cref="Lowering"/> made them. Only
    /// where the inner result has no other user: it would be computed twice. Extrema are left alone, because a gradient
    /// that is spread over ties axis by axis is not the one that is spread over all of them.
    /// </summary>
    static Node? MergeSums(Simplifier simplifier, Graph graph, Node node)
    {
        var inner = node.Inputs[0];
        if (inner.Op != node.Op || !simplifier.IsUsedOnce(inner))
            return null;
        int[] axes = [.. inner.Axes.Union(node.Axes).OrderBy(axis => axis)];
        return Reductions.AdjacentGroups(inner.Inputs[0].Shape, axes).Count == 1
            ? graph.Reduce(node.Op, inner.Inputs[0], axes)
            : null;
    }
}
