using System;
using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>A value read through a view of what its base computes or holds.</summary>
internal readonly record struct Access(Node Base, View View);

/// <summary>
/// Turns layout operations into views: reshape, broadcast, permute, slice and flip move no data. What is left at the base is
/// a node that computes, a buffer the caller owns, or a value that needs no buffer at all: a constant, a random number
/// (a function of its index, which the view gives) or an index (the view's own arithmetic).
/// </summary>
internal sealed class LayoutResolution
{
    readonly Dictionary<Node, Access> resolved = [];

    public static bool IsView(Node node) => node.Op is Op.Reshape or Op.Broadcast or Op.Permute or Op.Slice or Op.Flip;

    /// <summary>Values made where they are used; they never occupy memory.</summary>
    public static bool IsVirtual(Node node) => node.Op is Op.Constant or Op.Size or Op.Iota or Op.Random;

    /// <summary>Buffers that exist before the program runs.</summary>
    public static bool IsExternal(Node node) => node.Op is Op.Parameter or Op.State or Op.Input or Op.Index or Op.LossScale or Op.ConstantArray;

    /// <summary>A state before or after an update, all in one place: the next version overwrites it.</summary>
    public static bool IsVersion(Node node) => node.Op == Op.State || node.Kind == OpKind.Update;

    /// <summary>The value of <paramref name="node"/>; null where a reshape cannot be said with strides.</summary>
    public Access? TryResolve(Node node)
    {
        if (resolved.TryGetValue(node, out var access))
            return access;
        var result = IsView(node) ? TryResolveView(node)
            : node.Op == Op.Iota ? new Access(node, View.Index(node.Shape, node.Axis))
            : node.Op is Op.Constant or Op.Size ? new Access(node, View.Splat(node.Shape))
            : new Access(node, View.Contiguous(node.Shape));
        if (result is { } found)
            resolved[node] = found;
        return result;
    }

    /// <summary>The value of a node of a legalized graph (<see cref="LayoutLegalization"/>).</summary>
    public Access Resolve(Node node) => TryResolve(node)
        ?? throw new InvalidOperationException($"{node} reads a layout that strides cannot express; the graph is not legalized.");

    Access? TryResolveView(Node node)
    {
        if (TryResolve(node.Inputs[0]) is not { } source)
            return null;
        var view = source.View;
        var moved = node.Op switch
        {
            Op.Broadcast => view.Broadcast(node.Shape),
            Op.Permute => view.Permute(node.Order),
            Op.Slice => view.Slice(node.Part, node.Shape[node.Part.Axis]),
            Op.Flip => view.Flip(node.Axis),
            _ => view.TryReshape(node.Shape),
        };
        return moved is null ? null : new Access(source.Base, moved);
    }
}
