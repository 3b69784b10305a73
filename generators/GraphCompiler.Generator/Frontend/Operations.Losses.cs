using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Frontend;

// A loss is a number for each row or element, and a weight for each: 1 where none is given, 0 where a row is left out. It
// becomes the weighted mean, the weighted sum, or stays.
internal static partial class Operations
{
    /// <summary>The order of the language's Reduction.</summary>
    enum Reduction
    {
        Mean,
        Sum,
        None,
    }

    /// <summary>
    /// A row that is left out takes part with class 0, which every loss has, and its loss is not chosen, so neither is its gradient.
    /// </summary>
    static TensorValue CrossEntropy(OperationCall call)
    {
        var graph = call.Graph;
        Node logits = call.Tensor("logits"), labels = call.Tensor("labels");
        RequireLabels(call, logits, labels);
        var factors = new List<Node>();
        Node? isKept = null;
        if (call.OptionalInteger("ignoreIndex") is int ignored)
        {
            isKept = graph.Binary(Op.NotEqual, labels, graph.Constant(ignored, labels.Shape, ElementType.Int32));
            labels = graph.Select(isKept, labels, graph.Constant(0, labels.Shape, ElementType.Int32));
            factors.Add(graph.Cast(isKept, ElementType.Float32));
        }
        if (call.OptionalTensor("weights") is { } weights)
        {
            call.RequireSameShape(weights, "'weights'", labels, "'labels'");
            factors.Add(weights);
        }

        // The weight of a row's class is in its loss already where smoothing has those of the others there too.
        var losses = graph.CrossEntropy(logits, labels);
        var ofClass = OptionalClassWeights(call, logits) is { } classWeights ? graph.Gather(classWeights, labels) : null;
        double smoothing = Smoothing(call);
        if (smoothing > 0)
            losses = Smoothed(call, logits, ofClass is null ? losses : graph.Multiply(losses, ofClass), smoothing);
        if (isKept is not null)
            losses = graph.Select(isKept, losses, graph.Constant(0, losses.Shape));
        return Reduced(call, losses, factors, smoothing > 0 ? null : ofClass, smoothing > 0 ? ofClass : null);
    }

    static void RequireLabels(OperationCall call, Node logits, Node labels)
    {
        call.RequireRank(logits, 1, "'logits'");
        string both = $"CrossEntropy: logits {logits.Shape} and labels {labels.Shape}";
        string name = OperationCall.NameOf(labels, "'labels'");
        if (labels.Shape.Rank != logits.Shape.Rank - 1)
            throw call.Fail(Descriptors.WrongRank, $"{both}: {name} has {labels.Shape.Rank} axes and needs {logits.Shape.Rank - 1}, those of {OperationCall.NameOf(logits, "'logits'")} but for the classes");
        for (int axis = 0; axis < labels.Shape.Rank; axis++)
        {
            if (labels.Shape[axis] != logits.Shape[axis])
                throw call.Fail(Descriptors.ShapeMismatch, $"{both}: axis {axis} of {OperationCall.NameOf(logits, "'logits'")} is {logits.Shape[axis]} and axis {axis} of {name} is {labels.Shape[axis]}");
        }
    }

    static Node? OptionalClassWeights(OperationCall call, Node logits)
    {
        if (call.OptionalTensor("classWeights") is not { } weights)
            return null;
        if (weights.Shape.Rank != 1)
            throw call.Fail(Descriptors.WrongRank, $"CrossEntropy: {OperationCall.NameOf(weights, "'classWeights'")} has the shape {weights.Shape} and needs one axis, the classes of {logits.Shape}");
        if (weights.Shape[0] != logits.Shape.Last)
            throw call.Fail(Descriptors.ShapeMismatch, $"CrossEntropy: {logits.Shape} and {weights.Shape}: the last axis of {OperationCall.NameOf(logits, "'logits'")} is {logits.Shape.Last} and axis 0 of {OperationCall.NameOf(weights, "'classWeights'")} is {weights.Shape[0]}");
        return weights;
    }

    static double Smoothing(OperationCall call) => call.Number("labelSmoothing") is >= 0 and <= 1 and var smoothing
        ? (float)smoothing
        : throw call.Fail(Descriptors.InvalidArgument, $"CrossEntropy: labelSmoothing {call.Text("labelSmoothing")} must be from 0 to 1");

    /// <summary>(1 − s) loss − s / classes · Σ w[c] log p[c].</summary>
    static Node Smoothed(OperationCall call, Node logits, Node losses, double smoothing)
    {
        var graph = call.Graph;
        int axis = logits.Shape.Rank - 1;
        var logarithms = graph.LogSoftmax(logits, axis);
        if (OptionalClassWeights(call, logits) is { } weights)
            logarithms = graph.Multiply(logarithms, weights);
        var spread = graph.DivideByCount(graph.Reduce(Op.ReduceSum, logarithms, [axis], false), logits.Shape.Last);
        return graph.Subtract(graph.Scale(losses, 1 - smoothing), graph.Scale(spread, smoothing));
    }

    static TensorValue ElementLoss(OperationCall call, string first, string second, Func<Node, Node, Node> elementwise)
    {
        Node x = call.Tensor(first), y = call.Tensor(second);
        call.RequireSameShape(x, $"'{first}'", y, $"'{second}'");
        var losses = elementwise(x, y);
        if (call.OptionalTensor("weights") is not { } weights)
            return Reduced(call, losses, []);
        call.RequireBroadcast(weights, "'weights'", x, $"'{first}'");
        if (weights.Shape.Rank > x.Shape.Rank || weights.Shape.Reverse().Zip(x.Shape.Reverse(), (own, other) => !own.IsOne && other.IsOne).Any(grows => grows))
            throw call.Fail(Descriptors.ShapeMismatch, $"{call.Name}: {OperationCall.NameOf(weights, "'weights'")} {weights.Shape} does not broadcast to {x.Shape}");
        return Reduced(call, losses, [call.Graph.BroadcastTo(weights, losses.Shape)]);
    }

    static TensorValue Huber(OperationCall call)
    {
        double delta = (float)call.Number("delta");
        if (!(delta > 0) || double.IsInfinity(delta))
            throw call.Fail(Descriptors.InvalidArgument, $"Huber: delta {call.Text("delta")} must be above 0");
        return ElementLoss(call, "prediction", "target", (x, y) => call.Graph.Huber(x, y, delta));
    }

    /// <param name="call">The call, which says what the losses become.</param>
    /// <param name="losses">A number for each row or element.</param>
    /// <param name="weights">What each counts.</param>
    /// <param name="more">One more of them, or null.</param>
    /// <param name="counted">What divides a mean too, but is in the losses already; or null.</param>
    static TensorValue Reduced(OperationCall call, Node losses, IReadOnlyList<Node> weights, Node? more = null, Node? counted = null)
    {
        var graph = call.Graph;
        Node? Product(params Node?[] factors) => factors.OfType<Node>().Concat(weights).ToList() is { Count: > 0 } all ? all.Aggregate(graph.Multiply) : null;
        var weighted = Product(more) is { } factor ? graph.Multiply(losses, factor) : losses;
        return Of((Reduction)call.Integer("reduction") switch
        {
            Reduction.None => weighted,
            Reduction.Sum => SumOfAll(graph, weighted),
            _ => Product(more, counted) is { } weight ? WeightedMean(graph, weighted, weight) : MeanOfAll(graph, losses),
        });
    }

    /// <summary>0 where nothing has a weight; the quotient is not chosen then, so there is no gradient either.</summary>
    static Node WeightedMean(Graph graph, Node weighted, Node weight)
    {
        Node total = SumOfAll(graph, weight), zero = graph.Constant(0);
        return graph.Select(graph.Binary(Op.Equal, total, zero), zero, graph.Divide(SumOfAll(graph, weighted), total));
    }

    static Node SumOfAll(Graph graph, Node x) => x.Shape.Rank == 0 ? x : graph.Reduce(Op.ReduceSum, x, Enumerable.Range(0, x.Shape.Rank), false);

    static Node MeanOfAll(Graph graph, Node x) => x.Shape.Rank == 0 ? x : graph.Mean(x, Enumerable.Range(0, x.Shape.Rank), false);
}
