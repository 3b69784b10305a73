using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// The composites in primitive operations. Gradients call the same methods: equal formulas become one node.
internal static partial class Lowering
{
    /// <summary>
    /// exp(x − max)·(1/sum): the largest exponent is 0, so nothing overflows; one division a row instead of one an element.
    /// A row that is −∞ altogether becomes zeros: a finite number is subtracted from it, and its sum, 0, is not divided by.
    /// Other rows have a sum of at least exp(0) = 1.
    /// </summary>
    static Node Softmax(Graph graph, Node x)
    {
        var max = graph.Binary(Op.Maximum, graph.Reduce(Op.ReduceMax, x, [-1]), graph.Constant(-float.MaxValue));
        var exponentials = graph.Unary(Op.Exp, graph.Subtract(x, max));
        var sum = graph.Reduce(Op.ReduceSum, exponentials, [-1]);
        var divisor = graph.Select(graph.Binary(Op.Equal, sum, graph.Constant(0)), graph.Constant(1), sum);
        return graph.Multiply(exponentials, graph.Divide(graph.Constant(1), divisor));
    }

    /// <summary>The softmax of rows that are not −∞ altogether, of the exponentials and sums of <see cref="CrossEntropy"/>.</summary>
    public static Node Probabilities(Graph graph, Node logits)
    {
        var exponentials = graph.Unary(Op.Exp, SubtractMax(graph, logits));
        var sum = graph.Reduce(Op.ReduceSum, exponentials, [-1]);
        return graph.Multiply(exponentials, graph.Divide(graph.Constant(1), sum));
    }

    /// <summary>(x − max) − log(sum(exp(x − max))).</summary>
    static Node LogSoftmax(Graph graph, Node x)
    {
        var shifted = SubtractMax(graph, x);
        var sum = graph.Reduce(Op.ReduceSum, graph.Unary(Op.Exp, shifted), [-1]);
        return graph.Subtract(shifted, graph.Unary(Op.Log, sum));
    }

    static Node SubtractMax(Graph graph, Node x) => graph.Subtract(x, graph.Reduce(Op.ReduceMax, x, [-1]));

    /// <summary>
    /// log(sum(exp(x − max))) + (max − x[label]); the log-probabilities of the other classes are never built. The
    /// difference comes first: it is exactly 0 where the label is the most likely class, so a small loss stays exact.
    /// </summary>
    static Node CrossEntropy(Graph graph, Node logits, Node labels)
    {
        var max = graph.Reduce(Op.ReduceMax, logits, [-1]);
        var sum = graph.Reduce(Op.ReduceSum, graph.Unary(Op.Exp, graph.Subtract(logits, max)), [-1]);
        var ofLabel = graph.Reduce(Op.ReduceSum, graph.Select(IsLabel(graph, logits.Shape, labels), logits, graph.Constant(0)), [-1]);
        var loss = graph.Add(graph.Unary(Op.Log, sum), graph.Subtract(max, ofLabel));
        return graph.Reshape(loss, labels.Shape);
    }

    /// <summary>True at the label's place of each row: the one-hot encoding, never stored.</summary>
    public static Node IsLabel(Graph graph, Shape logits, Node labels) => graph.Binary(
        Op.Equal,
        graph.Iota(logits, -1),
        graph.Reshape(labels, new Shape(labels.Shape.Append(1))));

    /// <summary>
    /// |x|·w + log(1 + exp(−|x|)) with the part w of the target that lies on the other side: 1 − t where x is positive, else t.
    /// No difference of large numbers where the loss is small, and 0 where an infinite x is right.
    /// </summary>
    static Node BinaryCrossEntropy(Graph graph, Node x, Node targets)
    {
        Node size = graph.Unary(Op.Abs, x), zero = graph.Constant(0);
        var wrong = graph.Select(graph.Binary(Op.Greater, x, zero), graph.Subtract(graph.Constant(1), targets), targets);
        return graph.Add(
            graph.Select(graph.Binary(Op.Equal, wrong, zero), zero, graph.Multiply(size, wrong)),
            graph.Unary(Op.Softplus, graph.Unary(Op.Negate, size)));
    }

    static Node Huber(Graph graph, Node x, Node targets, double delta)
    {
        var difference = graph.Subtract(x, targets);
        var size = graph.Unary(Op.Abs, difference);
        return graph.Select(
            graph.Binary(Op.LessOrEqual, size, graph.Constant(delta)),
            graph.Multiply(graph.Scale(difference, 0.5), difference),
            graph.Scale(graph.Subtract(size, graph.Constant(0.5 * delta)), delta));
    }

    /// <summary>
    /// Random(stream) ≥ p ? x/(1 − p) : 0. The same for a gradient instead of x. p is first rounded to single
    /// precision, so that the mask is the same in every precision that this is computed in.
    /// </summary>
    public static Node Dropout(Graph graph, Node x, DropoutAttributes attributes)
    {
        double probability = attributes.Probability;
        if (probability == 0)
            return x;
        if (probability >= 1)
            return graph.Constant(0, x.Shape);
        var kept = graph.Binary(Op.GreaterOrEqual, graph.Random(attributes.Stream, x.Shape), graph.Constant((float)probability));
        return graph.Select(kept, graph.Scale(x, 1 / (1 - probability)), graph.Constant(0));
    }
}
