using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// Parts of an axis: slice, pad and concat undo each other.
internal static partial class Simplification
{
    static void AddSliceRules(AddRule add)
    {
        add(SimplifySlice, Op.Slice);
        add(SimplifyFlip, Op.Flip);
        add(SimplifyPad, Op.Pad);
        add(SimplifyConcat, Op.Concat);
        add(GatherOfCount, Op.Gather);
        add(ScatterOfCount, Op.ScatterAdd);
    }

    static Node? SimplifySlice(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        var part = node.Part;
        Dim length = node.Shape[part.Axis];
        switch (x.Op)
        {
            case Op.Constant:
                return graph.Constant(x.Value, node.Shape, node.Type);
            case Op.Size:
                return graph.Size(x.Get<SizeAttributes>().Dim, node.Shape, node.Type);
            case Op.Slice when x.Part.Axis == part.Axis:
                return part.Of(x.Part) is { } joined ? graph.Slice(x.Inputs[0], joined, length) : null;
            case Op.Broadcast:
                var source = x.Inputs[0];
                return graph.BroadcastTo(source.Shape[part.Axis].IsOne ? source : graph.Slice(source, part, length), node.Shape);
            case Op.Concat when x.Axis == part.Axis && IsConstantPart(node):
                return SliceOfConcat(graph, node, x);
            case Op.Pad when x.Part.Axis == part.Axis && x.Part.Step == 1 && part.Step == 1 && IsConstantPart(node) && IsConstantPart(x):
                return SliceOfPad(graph, node, x);
            default:
                return null;
        }
    }

    /// <summary>The rows 0, 1, 2, … of a table are a slice of it: learned positions need no lookup.</summary>
    static Node? GatherOfCount(Simplifier simplifier, Graph graph, Node node)
    {
        Node table = node.Inputs[0], indices = node.Inputs[1];
        if (indices.Op == Op.Reshape && IsCount(indices))
            return graph.Reshape(graph.Gather(table, indices.Inputs[0]), node.Shape);
        var numbers = indices.Op == Op.Index ? indices.Inputs[0] : indices;
        if (numbers.Op == Op.Broadcast && IsCount(numbers))
            return graph.BroadcastTo(graph.Gather(table, indices.Op == Op.Index ? graph.IndexLike(indices, numbers.Inputs[0]) : numbers.Inputs[0]), node.Shape);
        return IsCountWithin(numbers, table.Shape[0]) ? graph.Slice(table, 0, 0, numbers.Shape[0]) : null;
    }

    /// <summary>Whether a node is 0, 1, 2, … in one axis, and, whatever the sizes, below a bound.</summary>
    static bool IsCountWithin(Node numbers, Dim bound) =>
        numbers.Op == Op.Iota && numbers.Shape.Rank == 1 && Dim.UpperBound(numbers.Shape[0], bound * -1) <= 0;

    /// <summary>What is added to the rows 0, 1, 2, … is added beside zeros: the gradient of <see cref="GatherOfCount"/>.</summary>
    static Node? ScatterOfCount(Simplifier simplifier, Graph graph, Node node)
    {
        Node indices = node.Inputs[0], updates = node.Inputs[1];
        if (!IsCountWithin(indices.Op == Op.Index ? indices.Inputs[0] : indices, node.Shape[0]))
            return null;
        var rows = graph.Pad(updates, 0, 0, node.Shape[0]);
        return Indexing.TableOf(node) is { } table ? graph.Add(table, rows) : rows;
    }

    static bool IsCount(Node node)
    {
        while (node.Op is Op.Reshape or Op.Broadcast or Op.Index)
            node = node.Inputs[0];
        return node.Op == Op.Iota;
    }

    /// <summary>Whether a slice or a pad names no dimension along its axis.</summary>
    static bool IsConstantPart(Node node)
    {
        int axis = node.Part.Axis;
        return node.Part.HasConstantStart && node.Shape[axis].IsConstant && node.Inputs[0].Shape[axis].IsConstant;
    }

    /// <summary>A slice that lies in one part of the concatenation is a slice of that part.</summary>
    static Node? SliceOfConcat(Graph graph, Node node, Node concat)
    {
        var (axis, start, step, _) = node.Part;
        int end = start + ((node.Shape[axis].Value - 1) * step);
        int offset = 0;
        foreach (var part in concat.Inputs)
        {
            int size = part.Shape[axis].Value;
            if (start >= offset && end < offset + size)
                return graph.Slice(part, axis, start - offset, node.Shape[axis], step);
            offset += size;
        }
        return null;
    }

    /// <summary>A slice inside what was padded, or inside the zeros.</summary>
    static Node? SliceOfPad(Graph graph, Node node, Node pad)
    {
        int axis = node.Part.Axis;
        int start = node.Part.Start, end = start + node.Shape[axis].Value;
        int first = pad.Part.Start, last = first + pad.Inputs[0].Shape[axis].Value;
        if (start >= first && end <= last)
            return graph.Slice(pad.Inputs[0], axis, start - first, node.Shape[axis]);
        return end <= first || start >= last ? graph.Constant(0, node.Shape, node.Type) : null;
    }

    static Node? SimplifyFlip(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        return x.Op switch
        {
            Op.Constant or Op.Size => x,
            Op.Flip when x.Axis == node.Axis => x.Inputs[0],
            Op.Broadcast => graph.BroadcastTo(graph.Flip(x.Inputs[0], node.Axis), node.Shape),
            _ => null,
        };
    }

    static Node? SimplifyPad(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        if (x.IsConstant(0))
            return graph.Constant(0, node.Shape, node.Type);
        return x.Op == Op.Pad && x.Part.Axis == node.Part.Axis && x.Part.Of(node.Part) is { } joined
            ? graph.Pad(x.Inputs[0], joined, node.Shape[joined.Axis])
            : null;
    }

    /// <summary>
    /// Nested concatenations along one axis are one; neighbouring slices of one tensor are one slice. Splitting an axis
    /// and joining it again leaves nothing.
    /// </summary>
    static Node? SimplifyConcat(Simplifier simplifier, Graph graph, Node node)
    {
        int axis = node.Axis;
        if (node.Inputs.All(i => i.Op == Op.Constant && i.Value.Equals(node.Inputs[0].Value)))
            return graph.Constant(node.Inputs[0].Value, node.Shape, node.Type);
        var parts = new List<Node>();
        foreach (var part in node.Inputs.SelectMany(i => i.Op == Op.Concat && i.Axis == axis ? i.Inputs : [i]))
        {
            var joined = parts.Count > 0 ? JoinSlices(graph, parts[parts.Count - 1], part, axis) : null;
            if (joined is null)
                parts.Add(part);
            else
                parts[parts.Count - 1] = joined;
        }
        return parts.SequenceEqual(node.Inputs) ? null : graph.Concat(parts, axis);
    }

    static Node? JoinSlices(Graph graph, Node left, Node right, int axis)
    {
        bool neighbours = left.Op == Op.Slice && right.Op == Op.Slice && left.Inputs[0] == right.Inputs[0]
            && left.Part.Axis == axis && right.Part.Axis == axis && left.Part.Step == 1 && right.Part.Step == 1
            && IsConstantPart(left) && IsConstantPart(right)
            && left.Part.Start + left.Shape[axis].Value == right.Part.Start;
        return neighbours
            ? graph.Slice(left.Inputs[0], left.Part, left.Shape[axis].Value + right.Shape[axis].Value)
            : null;
    }

    /// <summary>
    /// The sum of two pads whose parts meet is one pad of the concatenation: the gradient of a tensor used in slices is
    /// put together without adding zeros.
    /// </summary>
    static Node? JoinPads(Graph graph, Node first, Node second)
    {
        if (first.Op != Op.Pad || second.Op != Op.Pad || !IsConstantPart(first) || !IsConstantPart(second))
            return null;
        int axis = first.Part.Axis;
        if (second.Part.Axis != axis || first.Part.Step != 1 || second.Part.Step != 1)
            return null;
        Node left = first.Inputs[0], right = second.Inputs[0];
        return first.Part.Start + left.Shape[axis].Value == second.Part.Start
            ? graph.Pad(graph.Concat([left, right], axis), first.Part, first.Shape[axis])
            : null;
    }
}
