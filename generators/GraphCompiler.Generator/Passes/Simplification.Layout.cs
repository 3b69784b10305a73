using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// Reshape, broadcast and permute: compositions are one operation, and each moves towards the result past the next where
// that lets the operation on more elements come last.
internal static partial class Simplification
{
    static void AddLayoutRules(AddRule add)
    {
        add(MoveUniform, Op.Reshape, Op.Broadcast, Op.Permute);
        add(WidenBehind, Op.Reshape, Op.Broadcast, Op.Permute, Op.Slice, Op.Gather);
        add(SimplifyReshape, Op.Reshape);
        add((_, graph, node) => node.Inputs[0].Op == Op.Reshape ? graph.Reshape(graph.IndexLike(node, node.Inputs[0].Inputs[0]), node.Shape) : null, Op.Index);
        add((_, graph, node) => node.Inputs[0].Op == Op.Broadcast ? graph.BroadcastTo(node.Inputs[0].Inputs[0], node.Shape) : null, Op.Broadcast);
        add(SimplifyPermute, Op.Permute);
        add((_, graph, node) => node.Inputs[0].Op == Op.Constant ? graph.Constant(node.Inputs[0].Value, node.Shape, node.Type) : null, Op.Gather);
        add((_, graph, node) => node.Inputs[1].IsConstant(0) ? Indexing.TableOf(node) ?? graph.Constant(0, node.Shape) : null, Op.ScatterAdd);
    }

    /// <summary>The same value everywhere looks the same in every layout.</summary>
    static Node? MoveUniform(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        return x.Op switch
        {
            Op.Constant => graph.Constant(x.Value, node.Shape, node.Type),
            Op.Size => graph.Size(x.Get<SizeAttributes>().Dim, node.Shape, node.Type),
            _ => null,
        };
    }

    /// <summary>What only chooses elements chooses among those that lie in memory in fewer bits, so that none is widened that nobody reads, and none twice.</summary>
    static Node? WidenBehind(Simplifier simplifier, Graph graph, Node node)
    {
        if (!IsWidening(node.Inputs[0]))
            return null;
        var narrow = node.Inputs[0].Inputs[0];
        return graph.Cast(graph.Rebuild(node, [narrow, .. node.Inputs.Skip(1)], narrow.Type), node.Type);
    }

    static Node? SimplifyReshape(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        if (x.Op == Op.Reshape)
            return graph.Reshape(x.Inputs[0], node.Shape);
        if (x.Op == Op.Random)
            return graph.Random(x.Get<RandomAttributes>().Stream, node.Shape);
        return x.Op == Op.Broadcast && SourceOfReshaped(x.Inputs[0].Shape, x.Shape, node.Shape) is { } source
            ? graph.BroadcastTo(graph.Reshape(x.Inputs[0], source), node.Shape)
            : null;
    }

    /// <summary>
    /// The shape from which <paramref name="reshaped"/> is broadcast, if <paramref name="source"/> broadcast to
    /// <paramref name="full"/> is reshaped to it: the axes are cut into groups of equal size on both sides, and each group
    /// must be repeated as a whole or not at all. Null where a group is neither.
    /// </summary>
    static Shape? SourceOfReshaped(Shape source, Shape full, Shape reshaped)
    {
        var result = new Dim[reshaped.Rank];
        int from = 0, to = 0;
        while (from < full.Rank || to < reshaped.Rank)
        {
            int fromStart = from, toStart = to;
            Dim left = from < full.Rank ? full[from++] : 1, right = to < reshaped.Rank ? reshaped[to++] : 1;
            while (left != right)
            {
                if (from < full.Rank && right.TryDivide(left, out _))
                    left *= full[from++];
                else if (to < reshaped.Rank && left.TryDivide(right, out _))
                    right *= reshaped[to++];
                else
                    return null;
            }
            bool repeated = false, kept = false;
            for (int axis = fromStart; axis < from; axis++)
            {
                repeated |= source[axis] != full[axis];
                kept |= !source[axis].IsOne;
            }
            if (repeated && kept)
                return null;
            for (int axis = toStart; axis < to; axis++)
                result[axis] = repeated ? 1 : reshaped[axis];
        }
        return new Shape(result);
    }

    static Node? SimplifyPermute(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        var permutation = node.Order;
        if (x.Op == Op.Permute)
            return graph.Permute(x.Inputs[0], [.. permutation.Select(axis => x.Order[axis])]);
        var moved = permutation.Where(axis => !x.Shape[axis].IsOne);
        if (moved.SequenceEqual(moved.OrderBy(axis => axis)))
            return graph.Reshape(x, node.Shape);
        if (x.Op == Op.Broadcast)
            return graph.BroadcastTo(graph.Permute(x.Inputs[0], permutation), node.Shape);
        if (x.Op == Op.MatMul && SwapsLastTwo(permutation) && simplifier.IsUsedOnce(x))
            return graph.MatMul(x.Inputs[1], x.Inputs[0], !x.TransposesRight, !x.TransposesLeft);
        return null;
    }

    static bool SwapsLastTwo(IReadOnlyList<int> permutation)
    {
        int rank = permutation.Count;
        return rank >= 2 && permutation[rank - 2] == rank - 1 && permutation[rank - 1] == rank - 2
            && permutation.Take(rank - 2).SequenceEqual(Enumerable.Range(0, rank - 2));
    }
}
