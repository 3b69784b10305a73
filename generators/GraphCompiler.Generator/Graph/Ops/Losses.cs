using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The difference from which on a loss grows linearly.</summary>
internal sealed record HuberAttributes(double Delta) : NodeAttributes
{
    public override string ToString() => Text(Delta);
}

/// <summary>The share of a row's target that is spread over all classes, above 0.</summary>
internal sealed record SmoothingAttributes(double Share) : NodeAttributes
{
    public override string ToString() => Text(Share);
}

internal sealed partial class Graph
{
    /// <summary>−log softmax(logits)[label] for each row: logits [..., classes], labels [...]; the result has the labels' shape.</summary>
    public Node CrossEntropy(Node logits, Node labels)
    {
        RequireLogits(Op.CrossEntropy, logits, labels);
        return Make(Op.CrossEntropy, [logits, labels], labels.Shape, ElementType.Float32);
    }

    /// <summary>
    /// The cross-entropy of logits with a target that is spread: (1 − s) w[label] on the label, and s / classes · w[c] on each class c, where w are
    /// weights of classes, [classes], and s the share. The result has the labels' shape.
    /// </summary>
    public Node SmoothedCrossEntropy(Node logits, Node labels, Node classWeights, double share)
    {
        RequireLogits(Op.SmoothedCrossEntropy, logits, labels);
        Require(Op.SmoothedCrossEntropy, classWeights, ElementType.Float32);
        if (ShapeRules.ClassWeights(logits.Shape, classWeights.Shape) is { } mismatch)
            throw new ShapeException($"SmoothedCrossEntropy: logits {logits.Shape} and weights of classes {classWeights.Shape} do not fit", mismatch);
        return Make(Op.SmoothedCrossEntropy, [logits, labels, classWeights], labels.Shape, ElementType.Float32, new SmoothingAttributes(share));
    }

    static void RequireLogits(Op op, Node logits, Node labels)
    {
        Require(op, logits, ElementType.Float32);
        RequireIndices(op, labels);
        if ((ShapeRules.HasRank(labels.Shape, logits.Shape.Rank - 1, operand: 1) ?? ShapeRules.Leading(logits.Shape, labels.Shape)) is { } mismatch)
        {
            throw new ShapeException(
                $"{op}: logits {logits.Shape} need labels of shape [{string.Join(", ", logits.Shape.Take(logits.Shape.Rank - 1))}], not {labels.Shape}",
                mismatch);
        }
    }

    /// <summary>max(x, 0) − x·target + log(1 + exp(−|x|)) for each element; 0 where x is infinite and right.</summary>
    public Node BinaryCrossEntropy(Node logits, Node targets) => SameShape(Op.BinaryCrossEntropy, logits, targets);

    /// <summary>½d² where |d| ≤ δ, else δ(|d| − ½δ), d = x − target, for each element.</summary>
    public Node Huber(Node x, Node targets, double delta) => SameShape(Op.Huber, x, targets, new HuberAttributes(delta));

    Node SameShape(Op op, Node x, Node targets, NodeAttributes? attributes = null)
    {
        Require(op, x, ElementType.Float32);
        Require(op, targets, ElementType.Float32);
        if (ShapeRules.Same(x.Shape, targets.Shape) is { } mismatch)
            throw new ShapeException($"{op}: {x.Shape} and the targets' {targets.Shape} must be the same", mismatch);
        return Make(op, [x, targets], x.Shape, x.Type, attributes);
    }
}

/// <summary>Losses, a number for each row or element.</summary>
internal static class Losses
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.CrossEntropy, OpKind.Composite, 2)
        {
            Index = node => (1, new IndexAttributes(IndexKind.Row, node.Inputs[0].Shape.Last)),
            IsNotNegative = true,
            LiveRows = (graph, y, isLive) =>
                LiveRows.WithFirst(y, LiveRows.Keep(graph, y.Inputs[0], graph.Reshape(isLive, new Shape(isLive.Shape.Append(1))))),
            Gradient = CrossEntropyGradient,
            Lowering = (graph, _, inputs) => LowerCrossEntropy(graph, inputs[0], inputs[1]),
        },
        new(Op.SmoothedCrossEntropy, OpKind.Composite, 3)
        {
            Index = node => (1, new IndexAttributes(IndexKind.Row, node.Inputs[0].Shape.Last)),
            LiveRows = (graph, y, isLive) =>
                LiveRows.WithFirst(y, LiveRows.Keep(graph, y.Inputs[0], graph.Reshape(isLive, new Shape(isLive.Shape.Append(1))))),
            DoubtOfRows = (finiteness, node) => finiteness.Of(node.Inputs[0]),
            Gradient = SmoothedCrossEntropyGradient,
            Lowering = (graph, node, inputs) => LowerSmoothedCrossEntropy(graph, inputs[0], inputs[1], inputs[2], node.Get<SmoothingAttributes>().Share),
        },
        new(Op.BinaryCrossEntropy, OpKind.Composite, 2)
        {
            IsNotNegative = true,
            IsOfElements = true,
            Gradient = BinaryCrossEntropyGradient,
            Lowering = (graph, _, inputs) => LowerBinaryCrossEntropy(graph, inputs[0], inputs[1]),
        },
        new(Op.Huber, OpKind.Composite, 2)
        {
            IsNotNegative = true,
            IsOfElements = true,
            Gradient = HuberGradient,
            Lowering = (graph, node, inputs) => LowerHuber(graph, inputs[0], inputs[1], node.Get<HuberAttributes>().Delta),
        },
    ];

    /// <summary>(softmax(logits) − one-hot(labels))·d. The softmax shares the forward pass's exponentials and sums.</summary>
    static Node?[] CrossEntropyGradient(Graph graph, Node y, Node d)
    {
        Node logits = y.Inputs[0], labels = y.Inputs[1];
        var oneHot = graph.Cast(IsLabel(graph, logits.Shape, labels), ElementType.Float32);
        var ofRow = graph.Reshape(d, new Shape(d.Shape.Append(1)));
        return [graph.Multiply(graph.Subtract(Probabilities(graph, logits), oneHot), ofRow), null];
    }

    /// <summary>(softmax(logits)·t − target)·d, where t is the sum of a row's target; of a class's weight what it weighs, −log p.</summary>
    static Node?[] SmoothedCrossEntropyGradient(Graph graph, Node y, Node d)
    {
        Node logits = y.Inputs[0], labels = y.Inputs[1], classWeights = y.Inputs[2];
        var (ofLabel, spread) = Target(graph, logits, labels, classWeights, y.Get<SmoothingAttributes>().Share);
        Node ofRow = graph.Reshape(d, new Shape(d.Shape.Append(1))), isLabel = IsLabel(graph, logits.Shape, labels), none = graph.Constant(0);
        var target = graph.Add(graph.BroadcastTo(spread, logits.Shape), graph.Select(isLabel, ofLabel, none));
        var total = graph.Add(graph.Reduce(Op.ReduceSum, spread, [0]), ofLabel);
        var toLogits = graph.Multiply(graph.Subtract(graph.Multiply(Probabilities(graph, logits), total), target), ofRow);

        double share = y.Get<SmoothingAttributes>().Share;
        var ofWeight = graph.Add(graph.Select(isLabel, graph.Constant(1 - share), none), graph.DivideByCount(graph.Constant(share), logits.Shape.Last));
        var weighed = graph.Multiply(graph.Multiply(graph.LogSoftmax(logits, logits.Shape.Rank - 1), ofWeight), ofRow);
        int[] rows = [.. Enumerable.Range(0, logits.Shape.Rank - 1)];
        var toWeights = graph.Reshape(rows.Length == 0 ? weighed : graph.Reduce(Op.ReduceSum, weighed, rows), classWeights.Shape);
        return [toLogits, null, graph.Unary(Op.Negate, toWeights)];
    }

    /// <summary>What a target has on a row's label, [..., 1], and on every class, [classes].</summary>
    static (Node OfLabel, Node Spread) Target(Graph graph, Node logits, Node labels, Node classWeights, double share)
    {
        var weight = graph.Reduce(Op.ReduceSum, graph.Select(IsLabel(graph, logits.Shape, labels), graph.BroadcastTo(classWeights, logits.Shape), graph.Constant(0)), [-1]);
        return (graph.Scale(weight, 1 - share), graph.DivideByCount(graph.Scale(classWeights, share), logits.Shape.Last));
    }

    /// <summary>sigmoid(x) − t, and −x for the targets.</summary>
    static Node?[] BinaryCrossEntropyGradient(Graph graph, Node y, Node d)
    {
        Node x = y.Inputs[0], targets = y.Inputs[1];
        return
        [
            graph.Multiply(d, graph.Subtract(graph.Unary(Op.Sigmoid, x), targets)),
            graph.Unary(Op.Negate, graph.Multiply(d, x)),
        ];
    }

    /// <summary>The difference, limited to ±δ.</summary>
    static Node?[] HuberGradient(Graph graph, Node y, Node d)
    {
        double delta = y.Get<HuberAttributes>().Delta;
        var difference = graph.Subtract(y.Inputs[0], y.Inputs[1]);
        var limited = graph.Binary(
            Op.Minimum, graph.Binary(Op.Maximum, difference, graph.Constant(-delta)), graph.Constant(delta));
        var toX = graph.Multiply(d, limited);
        return [toX, graph.Unary(Op.Negate, toX)];
    }

    /// <summary>The softmax of rows that are not −∞ altogether, of the exponentials and sums of <see cref="LowerCrossEntropy"/>.</summary>
    static Node Probabilities(Graph graph, Node logits)
    {
        var exponentials = graph.Unary(Op.Exp, Softmaxes.SubtractMax(graph, logits));
        var sum = graph.Reduce(Op.ReduceSum, exponentials, [-1]);
        return graph.Multiply(exponentials, graph.Divide(graph.Constant(1), sum));
    }

    /// <summary>
    /// log(sum(exp(x − max))) + (max − x[label]); the log-probabilities of the other classes are never built. The
    /// difference comes first: it is exactly 0 where the label is the most likely class, so a small loss stays exact.
    /// </summary>
    static Node LowerCrossEntropy(Graph graph, Node logits, Node labels)
    {
        var max = graph.Reduce(Op.ReduceMax, logits, [-1]);
        var sum = graph.Reduce(Op.ReduceSum, graph.Unary(Op.Exp, graph.Subtract(logits, max)), [-1]);
        var ofLabel = graph.Reduce(Op.ReduceSum, graph.Select(IsLabel(graph, logits.Shape, labels), logits, graph.Constant(0)), [-1]);
        var loss = graph.Add(graph.Unary(Op.Log, sum), graph.Subtract(max, ofLabel));
        return graph.Reshape(loss, labels.Shape);
    }

    /// <summary>With z − max for the logits, what is on the label times its −log p, and Σ spread · log(sum(exp)) − Σ spread · (z − max).</summary>
    static Node LowerSmoothedCrossEntropy(Graph graph, Node logits, Node labels, Node classWeights, double share)
    {
        var (ofLabel, spread) = Target(graph, logits, labels, classWeights, share);
        var shifted = Softmaxes.SubtractMax(graph, logits);
        var sum = graph.Unary(Op.Log, graph.Reduce(Op.ReduceSum, graph.Unary(Op.Exp, shifted), [-1]));
        var lossOfLabel = graph.Reshape(LowerCrossEntropy(graph, logits, labels), ofLabel.Shape);
        var total = graph.Multiply(sum, graph.Reduce(Op.ReduceSum, spread, [0]));
        var lossOfSpread = graph.Subtract(total, graph.Reduce(Op.ReduceSum, graph.Multiply(shifted, graph.BroadcastTo(spread, logits.Shape)), [-1]));
        return graph.Reshape(graph.Add(graph.Multiply(ofLabel, lossOfLabel), lossOfSpread), labels.Shape);
    }

    /// <summary>True at the label's place of each row: the one-hot encoding, never stored.</summary>
    static Node IsLabel(Graph graph, Shape logits, Node labels) => graph.Binary(
        Op.Equal,
        graph.Iota(logits, -1),
        graph.Reshape(labels, new Shape(labels.Shape.Append(1))));

    /// <summary>
    /// |x|·w + log(1 + exp(−|x|)) with the part w of the target that lies on the other side: 1 − t where x is positive, else t.
    /// No difference of large numbers where the loss is small, and 0 where an infinite x is right.
    /// </summary>
    static Node LowerBinaryCrossEntropy(Graph graph, Node x, Node targets)
    {
        Node size = graph.Unary(Op.Abs, x), zero = graph.Constant(0);
        var wrong = graph.Select(graph.Binary(Op.Greater, x, zero), graph.Subtract(graph.Constant(1), targets), targets);
        return graph.Add(
            graph.Select(graph.Binary(Op.Equal, wrong, zero), zero, graph.Multiply(size, wrong)),
            graph.Unary(Op.Softplus, graph.Unary(Op.Negate, size)));
    }

    static Node LowerHuber(Graph graph, Node x, Node targets, double delta)
    {
        var difference = graph.Subtract(x, targets);
        var size = graph.Unary(Op.Abs, difference);
        return graph.Select(
            graph.Binary(Op.LessOrEqual, size, graph.Constant(delta)),
            graph.Multiply(graph.Scale(difference, 0.5), difference),
            graph.Scale(graph.Subtract(size, graph.Constant(0.5 * delta)), delta));
    }
}
