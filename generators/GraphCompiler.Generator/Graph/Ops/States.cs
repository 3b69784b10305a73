using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Whose memory a state lies in.</summary>
internal enum StateOwner
{
    /// <summary>The model: training steps change it and checkpoints hold it.</summary>
    Model,

    /// <summary>A session: every call may change it.</summary>
    Session,

    /// <summary>An optimizer: every update may change it.</summary>
    Optimizer,
}

/// <summary>A state's path, and whose memory it lies in.</summary>
internal sealed record StateAttributes(string Name, StateOwner Owner) : NamedAttributes(Name)
{
    public override string ToString() => $"{Name}; {Text((int)Owner)}";
}

// State and its updates. The versions of a state form a chain: the leaf, then updates, each with the version before it
// as its first operand, whose memory it takes over. A version may be read until the next one is written.
internal sealed partial class Graph
{
    /// <summary>
    /// A tensor that keeps its value between calls, of the model or of a session; <paramref name="name"/> is its path.
    /// </summary>
    public Node State(string name, Shape shape, StateOwner owner, ElementType type = ElementType.Float32) =>
        Make(Op.State, [], shape, type, new StateAttributes(name, owner));

    /// <summary>
    /// A state's next version: <paramref name="value"/> replaces a part of one axis from a run-time
    /// <paramref name="position"/>, a scalar integer, on; position + length must not exceed the axis.
    /// </summary>
    public Node WriteAt(Node previous, Node value, Node position, int axis)
    {
        Require(Op.WriteAt, value, previous.Type);
        Require(Op.WriteAt, position, ElementType.Int32);
        axis = NormalizeAxis(axis, previous.Shape.Rank);
        if (position.Shape.Rank != 0)
            throw new ShapeException($"Write: the position has the shape {position.Shape}; it is a single number", ShapeRules.HasRank(position.Shape, 0, operand: 2));
        if (ShapeRules.Same(previous.Shape, value.Shape, except: axis) is { } mismatch)
            throw new ShapeException($"Write: {value.Shape} into {previous.Shape}: the shapes differ in an axis other than {axis}", mismatch);
        if (ShapeRules.Room(previous.Shape, value.Shape, axis) is { } room)
            throw new ShapeException($"Write: {value.Shape} into {previous.Shape}: axis {axis} can be {value.Shape[axis].Max} and has room for {previous.Shape[axis]}", room);
        if (position.Op == Op.Constant && !(position.Value >= 0 && Dim.UpperBound((Dim)(long)position.Value, value.Shape[axis], previous.Shape[axis] * -1) <= 0))
            throw new ShapeException($"Write: {value.Shape[axis]} places from {position.Value} on do not fit into the {previous.Shape[axis]} of axis {axis}");
        return Make(Op.WriteAt, [previous, value, position], previous.Shape, previous.Type, new AxisAttributes(axis));
    }

    /// <summary>A state's next version, wholly new.</summary>
    public Node Assign(Node previous, Node value)
    {
        Require(Op.Assign, value, previous.Type);
        if (ShapeRules.Same(previous.Shape, value.Shape) is { } mismatch)
            throw new ShapeException($"Set: {value.Shape} is not the shape of the state, {previous.Shape}", mismatch);
        return Make(Op.Assign, [previous, value], previous.Shape, previous.Type);
    }

    /// <summary>One value in training steps and another in inference; both of one shape and type.</summary>
    public Node WhenTraining(Node training, Node inference)
    {
        if (training.Type != inference.Type)
            throw new ShapeException($"WhenTraining takes two tensors of one element type, not {training.Type} and {inference.Type}");
        if (training == inference)
            return training;
        var shape = BroadcastShapes("WhenTraining", training.Shape, inference.Shape);
        return Make(Op.WhenTraining, [BroadcastTo(training, shape), BroadcastTo(inference, shape)], shape, training.Type);
    }

    /// <summary>The state that a version belongs to; null for a node that is no version of one.</summary>
    public static Node? StateOf(Node version)
    {
        while (version.Kind == OpKind.Update)
            version = version.Inputs[0];
        return version.Op == Op.State ? version : null;
    }

    /// <summary>The owner of a state.</summary>
    public static StateOwner OwnerOf(Node state) => state.Get<StateAttributes>().Owner;
}

/// <summary>State, its updates, and values that differ between training and inference.</summary>
internal static class States
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.State, OpKind.Leaf, 0),
        new(Op.WriteAt, OpKind.Update, 3) { Index = Position, Gradient = WriteAtGradient },
        new(Op.Assign, OpKind.Update, 2) { Gradient = (_, _, d) => [null, d] },
        new(Op.WhenTraining, OpKind.Composite, 2)
        {
            Gradient = (_, _, d) => [d, null],
            Lowering = (_, _, inputs) => inputs[0],
        },
    ];

    /// <summary>An axis of named size is written whole.</summary>
    static (int Operand, IndexAttributes Index)? Position(Node node) => node.Inputs[2].Op == Op.Constant ? null
        : node.Shape[node.Axis] is { IsConstant: true } size ? (2, new IndexAttributes(IndexKind.Position, node.Inputs[1].Shape[node.Axis], size.Value))
        : (2, new IndexAttributes(IndexKind.Row, 1));

    /// <summary>What was written gets the rows at its place, what was there before the others.</summary>
    static Node?[] WriteAtGradient(Graph graph, Node y, Node d)
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
        return [graph.Select(isWritten, graph.Zero(d.Type), d), graph.Permute(rows, Layouts.Inverse(toFront)), null];
    }
}
