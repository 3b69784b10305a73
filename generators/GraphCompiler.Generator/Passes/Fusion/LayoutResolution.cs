using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>A value read through a view of the buffer, or of the registers, of the node that computes it.</summary>
internal readonly record struct Access(Node Base, View View);

/// <summary>
/// Turns layout operations into views: reshape, broadcast, permute and slice move no data. Where strides cannot say
/// what a reshape means (a reshape of a permuted tensor), the operand of the reshape is copied once: that layout node
/// becomes a computing node of its own.
/// </summary>
internal sealed class LayoutResolution
{
    readonly Dictionary<Node, Access> resolved = [];
    readonly HashSet<Node> copies = [];

    /// <summary>The layout nodes that must be computed as copies, because a view of them cannot be expressed.</summary>
    public IReadOnlyCollection<Node> Copies => copies;

    public static bool IsView(Node node) => node.Op is Op.Reshape or Op.Broadcast or Op.Permute or Op.Slice;

    /// <summary>The computing node behind a value, and how its elements lie there.</summary>
    public Access Resolve(Node node)
    {
        if (!resolved.TryGetValue(node, out var access))
            resolved[node] = access = IsView(node) ? ResolveView(node) : new Access(node, View.Contiguous(node.Shape));
        return access;
    }

    /// <summary>The value as a contiguous buffer of its own: a layout node then becomes a copy.</summary>
    public Access ResolveContiguous(Node node)
    {
        var access = Resolve(node);
        return access.View.IsContiguous ? access : Copy(node);
    }

    public Access Copy(Node node)
    {
        copies.Add(node);
        return new Access(node, View.Contiguous(node.Shape));
    }

    Access ResolveView(Node node)
    {
        var (source, view) = Resolve(node.Inputs[0]);
        int[] numbers = node.Attributes.Numbers;
        switch (node.Op)
        {
            case Op.Broadcast:
                return new Access(source, view.Broadcast(node.Shape));
            case Op.Permute:
                return new Access(source, view.Permute(numbers));
            case Op.Slice:
                return new Access(source, view.Slice(numbers[0], numbers[1], node.Shape[numbers[0]], numbers[2]));
            default:
                if (view.TryReshape(node.Shape) is { } reshaped)
                    return new Access(source, reshaped);
                return new Access(Copy(node.Inputs[0]).Base, View.Contiguous(node.Inputs[0].Shape).TryReshape(node.Shape)!);
        }
    }
}
