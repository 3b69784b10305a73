using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

internal sealed partial class Graph
{
    /// <summary>The place of the largest element along one axis, which stays with size 1: the first of equal ones, or of NaN where there is one.</summary>
    public Node ArgMax(Node x, int axis) => PlaceOfExtremum(Op.ArgMax, x, axis);

    /// <summary>As <see cref="ArgMax"/>, of the smallest element.</summary>
    public Node ArgMin(Node x, int axis) => PlaceOfExtremum(Op.ArgMin, x, axis);

    /// <summary>As the two above.</summary>
    public Node PlaceOfExtremum(Op op, Node x, int axis)
    {
        axis = NormalizeAxis(axis, x.Shape.Rank);
        return Make(op, [Require(op, x, ElementType.Float32)], WithoutAxes(x.Shape, [axis]), ElementType.Int32, new AxisAttributes(axis));
    }
}

/// <summary>
/// Where the extremum of an axis is. The places of what equals the extremum are compared as floats, which are exact up to 2²⁴. On a
/// longer axis several places may round to one float; they are compared once more, by how far each is from that float.
/// </summary>
internal static class Extrema
{
    /// <summary>Up to which number all integers are floats.</summary>
    const long ExactFloats = 1 << 24;

    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.ArgMax, OpKind.Composite, 1) { Lowering = (graph, node, inputs) => FirstPlace(graph, inputs[0], Op.ReduceMax, node.Axis) },
        new(Op.ArgMin, OpKind.Composite, 1) { Lowering = (graph, node, inputs) => FirstPlace(graph, inputs[0], Op.ReduceMin, node.Axis) },
    ];

    static Node FirstPlace(Graph graph, Node x, Op extremum, int axis)
    {
        // A NaN makes the extremum NaN, which nothing equals: then the places of what does not equal itself are left.
        var isFound = graph.Binary(Op.Or, graph.Binary(Op.Equal, x, graph.Reduce(extremum, x, [axis])), graph.Binary(Op.NotEqual, x, x));
        var places = graph.Iota(x.Shape, axis);
        var rounded = graph.Cast(places, ElementType.Float32);
        var first = Smallest(rounded, isFound);
        var place = graph.Cast(first, ElementType.Int32);
        if (x.Shape[axis].Max <= ExactFloats)
            return place;
        var distances = graph.Cast(graph.Subtract(places, graph.BroadcastTo(place, x.Shape)), ElementType.Float32);
        return graph.Add(place, graph.Cast(Smallest(distances, graph.Binary(Op.And, isFound, graph.Binary(Op.Equal, rounded, first))), ElementType.Int32));

        Node Smallest(Node values, Node condition) =>
            graph.Reduce(Op.ReduceMin, graph.Select(condition, values, graph.Constant(double.PositiveInfinity)), [axis]);
    }
}
