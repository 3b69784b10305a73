using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Language;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

// State: what it is worth at this point of the method, and what it is worth when the method ends.
internal sealed partial class Interpreter
{
    /// <summary>A state's way through a method.</summary>
    /// <param name="Value">What reading it gives.</param>
    /// <param name="Version">What its memory holds: an earlier value where the value was set and is not yet stored.</param>
    sealed record StateTrace(Node Value, Node Version);

    readonly Dictionary<StateValue, StateTrace> traces = [];

    /// <summary>The states that the method has changed, in the order of their first use, with their last versions.</summary>
    public IEnumerable<(StateValue State, Node Version)> StateUpdates(Graph target) => traces
        .Select(trace => (trace.Key, Version: Stored(target, trace.Value)))
        .Where(update => update.Version.Op != Op.State);

    /// <summary>A version whose memory holds the value.</summary>
    static Node Stored(Graph target, StateTrace trace) =>
        trace.Value == trace.Version ? trace.Version : target.Assign(trace.Version, trace.Value);

    Node ReadState(StateValue state) => TraceOf(state).Value;

    StateTrace TraceOf(StateValue state)
    {
        if (traces.TryGetValue(state, out var trace))
            return trace;
        string origin = graph!.Origin;
        graph.Origin = "";
        var leaf = graph.State(state.Name!, state.Shape, state.Owner, state.Type);
        graph.Origin = origin;
        return traces[state] = new StateTrace(leaf, leaf);
    }

    Value UpdateState(StateValue state, string member, Value[] arguments, SyntaxNode syntax)
    {
        if (graph is null)
            throw Fail(Descriptors.OperationInConstructor, syntax,
                "state is updated in graph methods, not in constructors and initialisers: its first values are what its initialiser says");
        _ = ToTensor(state, syntax);
        graph.Origin = OriginOf(syntax);
        var value = ToTensor(arguments[0], syntax);
        var trace = TraceOf(state);
        if (member == "Set")
        {
            if (!value.Shape.Equals(state.Shape))
                throw Fail(Descriptors.StateUpdate, syntax, $"Set: '{state.Name}' has the shape {state.Shape} and the value {value.Shape}: a state keeps its shape");
            traces[state] = new StateTrace(ByTraining(state, value, trace.Value), trace.Version);
        }
        else if (updatePath is not null)
        {
            throw NotElementwise(member, syntax);
        }
        else
        {
            var written = WriteAt(state, trace, value, arguments, syntax);
            traces[state] = new StateTrace(written, written);
        }
        graph.Origin = "";
        return Value.Null;
    }

    /// <summary>State of the model is changed by training steps only.</summary>
    Node ByTraining(StateValue state, Node updated, Node before) =>
        state.Owner == StateOwner.Model ? graph!.WhenTraining(updated, before) : updated;

    Node WriteAt(StateValue state, StateTrace trace, Node value, Value[] arguments, SyntaxNode syntax)
    {
        int axis = AxisOf(state, arguments[2], syntax);
        if (value.Shape.Rank != state.Shape.Rank)
            throw Fail(Descriptors.StateUpdate, syntax, $"Write: '{state.Name}' has the shape {state.Shape} and the value {value.Shape}: a part has as many axes as the whole");
        for (int other = 0; other < state.Shape.Rank; other++)
        {
            if (other != axis && value.Shape[other] != state.Shape[other])
                throw Fail(Descriptors.StateUpdate, syntax, $"Write: '{state.Name}' has the shape {state.Shape} and the value {value.Shape}: they may differ only in axis {axis}, along which is written, and axis {other} is {state.Shape[other]} and {value.Shape[other]}");
        }
        if (value.Shape[axis].Max > state.Shape[axis].Value)
            throw Fail(Descriptors.StateUpdate, syntax,
                $"Write: axis {axis} of '{state.Name}' has {state.Shape[axis]} places, and the value {value.Shape} can need {value.Shape[axis].Max}");
        var written = graph!.WriteAt(Stored(graph, trace), value, PositionOf(state, value.Shape[axis], arguments[1], state.Shape[axis].Value, syntax), axis);
        return ByTraining(state, written, trace.Version);
    }

    int AxisOf(StateValue state, Value argument, SyntaxNode syntax)
    {
        int rank = state.Shape.Rank;
        if (argument is not ConstantValue { Content: int axis })
            throw Fail(Descriptors.NotConstant, syntax, "Write: 'axis' must be a constant");
        int normal = axis < 0 ? axis + rank : axis;
        return normal >= 0 && normal < rank ? normal
            : throw Fail(Descriptors.AxisOutOfRange, syntax, $"Write: there is no axis {Describe(argument)}; '{state.Name}' has {LanguageCall.Axes(rank)}");
    }

    /// <summary>A position is a number: a constant, a dimension, or computed of integers, as the method that takes real data checks it before anything runs.</summary>
    Node PositionOf(StateValue state, Dim length, Value argument, int size, SyntaxNode syntax)
    {
        if (argument is ConstantValue { Content: int constant })
        {
            if (constant < 0 || constant + length.Max > size)
                throw Fail(Descriptors.StateUpdate, syntax, $"Write: {length} places from {Describe(argument)} on do not fit into the {size} of '{state.Name}'");
            return graph!.Constant(constant, Shape.Scalar, ElementType.Int32);
        }
        if (argument is DimValue dimension)
            return graph!.Size(dimension.Dim, Shape.Scalar, ElementType.Int32);
        if (argument is TensorValue { Node: { Type: ElementType.Int32 } integer } && !Indexing.IsKnownBeforeRun(integer))
            throw NotOfIntegers("Write", syntax);
        return argument is TensorValue { Node: { Type: ElementType.Int32, Shape.Size.IsOne: true } position }
            ? graph!.Reshape(position, Shape.Scalar)
            : throw Fail(Descriptors.StateUpdate, syntax,
                "Write: 'at' must be one integer: a constant, an input of the graph method, '[Shape] Tensor<int> position', or what is computed of integers");
    }
}
