using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

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
    static CallResult CrossEntropy(LanguageCall call)
    {
        var graph = call.Graph;
        Node logits = call.Tensor("logits"), labels = call.Tensor("labels");
        RequireLabels(call, logits, labels);
        Node? isKept = null, counts = null;
        if (call.OptionalInteger("ignoreIndex") is int ignored)
        {
            isKept = graph.Binary(Op.NotEqual, labels, graph.Constant(ignored, labels.Shape, labels.Type));
            labels = graph.Select(isKept, labels, graph.Constant(0, labels.Shape, labels.Type));
            counts = graph.Cast(isKept, ElementType.Float32);
        }
        if (call.OptionalTensor("weights") is { } weights)
        {
            call.RequireSameShape(weights, "'weights'", labels, "'labels'");
            counts = Times(graph, weights, counts);
        }
        var classWeights = OptionalClassWeights(call, logits);
        var ofClass = classWeights is null ? null : graph.Gather(classWeights, labels);
        Node? factors = Times(graph, ofClass, counts), divisors = factors;
        Node losses;
        if (Smoothing(call) is var smoothing and > 0)
        {
            // Each class has its own weight in a target that is spread, so that of a row's class is in the loss; a mean divides by it too.
            losses = graph.SmoothedCrossEntropy(logits, labels, classWeights ?? graph.Constant(1, new Shape(logits.Shape.Last)), smoothing);
            factors = counts;
        }
        else
        {
            losses = graph.CrossEntropy(logits, labels);
        }
        if (isKept is not null)
            losses = graph.Select(isKept, losses, graph.Constant(0, losses.Shape));
        bool isWeightedMean = (Reduction)call.Integer("reduction") == Reduction.Mean && divisors is not null;
        return isWeightedMean ? SumOfShares(graph, losses, factors, divisors!, isKept) : Reduced(call, Times(graph, losses, factors)!, counts: null);
    }

    /// <summary>
    /// A weighted mean as the sum of what each row has in it, which is also its gradient: the sum of all weights is not needed once these are
    /// known, and so takes no memory beside the logits of a vocabulary. Where nothing has a weight the shares are 0.
    /// </summary>
    static Node SumOfShares(Graph graph, Node losses, Node? factors, Node divisors, Node? isKept)
    {
        Node total = SumOfAll(graph, divisors), zero = graph.Constant(0);
        var shares = graph.Divide(factors ?? graph.Constant(1, losses.Shape), total);
        shares = graph.Select(graph.Binary(Op.Equal, total, zero), zero, shares);
        return SumOfAll(graph, graph.Multiply(losses, isKept is null ? shares : graph.Select(isKept, shares, zero)));
    }

    static Node? Times(Graph graph, Node? x, Node? factor) => x is null ? factor : factor is null ? x : graph.Multiply(x, factor);

    static void RequireLabels(LanguageCall call, Node logits, Node labels)
    {
        call.RequireRank(logits, 1, "'logits'");
        string both = $"CrossEntropy: logits {logits.Shape} and labels {labels.Shape}";
        string name = LanguageCall.NameOf(labels, "'labels'");
        if (labels.Shape.Rank != logits.Shape.Rank - 1)
            throw call.Fail(Fault.WrongRank,
                $"{both}: {name} has {labels.Shape.Rank} axes and needs {logits.Shape.Rank - 1}, those of {LanguageCall.NameOf(logits, "'logits'")} but for the classes");
        if (ShapeRules.Leading(logits.Shape, labels.Shape) is { } mismatch)
            throw call.Fail(Fault.ShapeMismatch, $"{both}: {LanguageCall.AxesOf(mismatch, logits, "'logits'", labels, "'labels'")}");
    }

    static Node? OptionalClassWeights(LanguageCall call, Node logits)
    {
        if (call.OptionalTensor("classWeights") is not { } weights)
            return null;
        if (weights.Shape.Rank != 1)
            throw call.Fail(Fault.WrongRank,
                $"CrossEntropy: {LanguageCall.NameOf(weights, "'classWeights'")} has the shape {weights.Shape} and needs one axis, the classes of {logits.Shape}");
        RequireLastAxis(call, logits, "'logits'", weights, "'classWeights'");
        return weights;
    }

    static double Smoothing(LanguageCall call)
    {
        double smoothing = (float)call.Number("labelSmoothing");
        return smoothing is >= 0 and <= 1
            ? smoothing
            : throw call.Fail(Fault.InvalidArgument, $"CrossEntropy: labelSmoothing {call.Written("labelSmoothing")} must be from 0 to 1");
    }

    static CallResult ElementLoss(LanguageCall call, string first, string second, Func<Node, Node, Node> elementwise)
    {
        Node x = call.Tensor(first), y = call.Tensor(second);
        call.RequireSameShape(x, $"'{first}'", y, $"'{second}'");
        var losses = elementwise(x, y);
        if (call.OptionalTensor("weights") is not { } weights)
            return Reduced(call, losses, counts: null);
        call.RequireBroadcast(weights, "'weights'", x, $"'{first}'");
        if (weights.Shape.Rank > x.Shape.Rank || weights.Shape.Reverse().Zip(x.Shape.Reverse(), (own, other) => !own.IsOne && other.IsOne).Any(grows => grows))
            throw call.Fail(Fault.ShapeMismatch, $"{call.Name}: {LanguageCall.NameOf(weights, "'weights'")} {weights.Shape} does not broadcast to {x.Shape}");
        var counts = call.Graph.BroadcastTo(weights, losses.Shape);
        return Reduced(call, call.Graph.Multiply(losses, counts), counts);
    }

    static CallResult Huber(LanguageCall call)
    {
        double delta = (float)call.Number("delta");
        if (!(delta > 0) || double.IsInfinity(delta))
            throw call.Fail(Fault.InvalidArgument, $"Huber: delta {call.Written("delta")} must be above 0");
        return ElementLoss(call, "prediction", "target", (x, y) => call.Graph.Huber(x, y, delta));
    }

    /// <param name="call">The call, which says what the losses become.</param>
    /// <param name="losses">A number for each row or element, times its weight.</param>
    /// <param name="counts">The weights; null where each counts once.</param>
    static CallResult Reduced(LanguageCall call, Node losses, Node? counts) => (Reduction)call.Integer("reduction") switch
    {
        Reduction.None => losses,
        Reduction.Sum => SumOfAll(call.Graph, losses),
        _ => counts is null ? MeanOfAll(call.Graph, losses) : WeightedMean(call.Graph, losses, counts),
    };

    /// <summary>0 where nothing has a weight; the quotient is not chosen then, so there is no gradient either.</summary>
    static Node WeightedMean(Graph graph, Node losses, Node counts)
    {
        Node total = SumOfAll(graph, counts), zero = graph.Constant(0);
        return graph.Select(graph.Binary(Op.Equal, total, zero), zero, graph.Divide(SumOfAll(graph, losses), total));
    }

    static Node SumOfAll(Graph graph, Node x) => x.Shape.Rank == 0 ? x : graph.Reduce(Op.ReduceSum, x, Enumerable.Range(0, x.Shape.Rank), false);

    static Node MeanOfAll(Graph graph, Node x) => x.Shape.Rank == 0 ? x : graph.Mean(x, Enumerable.Range(0, x.Shape.Rank), false);
}
