using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// The composites' gradients, made by hand: shorter than what the chain rule gives for their lowerings, and with fewer
// values to keep. Statistics of rows come from the formulas of Lowering, so they are the forward pass's own nodes.
internal static partial class Differentiation
{
    static void AddComposites(Dictionary<Op, GradientRule> rules)
    {
        rules[Op.Centre] = (graph, y, d) => [graph.Subtract(d, graph.MeanBySum(d, y.Axes))];
        rules[Op.Variance] = Variance;
        rules[Op.Softmax] = Softmax;
        rules[Op.LogSoftmax] = LogSoftmax;
        rules[Op.LayerNorm] = LayerNorm;
        rules[Op.RmsNorm] = RmsNorm;
        rules[Op.CrossEntropy] = CrossEntropy;
        rules[Op.LinearCrossEntropy] = LinearCrossEntropy;
        rules[Op.BinaryCrossEntropy] = BinaryCrossEntropy;
        rules[Op.Huber] = Huber;
        rules[Op.Dropout] = (graph, y, d) => [Lowering.Dropout(graph, d, y.Get<DropoutAttributes>())];
    }

    /// <summary>2/n·(x − mean)·d: what the mean contributes is the sum of x − mean, which is 0.</summary>
    static Node?[] Variance(Graph graph, Node y, Node d)
    {
        var x = y.Inputs[0];
        var axes = y.Axes;
        var ofElement = graph.DivideByCount(graph.Scale(d, 2), Graph.CountAlong(x.Shape, axes));
        return [graph.Multiply(graph.Centre(x, axes), ofElement)];
    }

    /// <summary>y·(d − sum(d·y)).</summary>
    static Node?[] Softmax(Graph graph, Node y, Node d)
    {
        int[] axis = [y.Axis];
        var projection = graph.Reduce(Op.ReduceSum, graph.Multiply(d, y), axis);
        return [graph.Multiply(y, graph.Subtract(d, projection))];
    }

    /// <summary>d − exp(y)·sum(d).</summary>
    static Node?[] LogSoftmax(Graph graph, Node y, Node d)
    {
        int[] axis = [y.Axis];
        var sum = graph.Reduce(Op.ReduceSum, d, axis);
        return [graph.Subtract(d, graph.Multiply(graph.Unary(Op.Exp, y), sum))];
    }

    /// <summary>
    /// With x̂ the standardised row, r its inverse deviation and e = d·gain: dx = r·(e − mean(e) − x̂·mean(e·x̂)); the
    /// gain's gradient is the sum of d·x̂ and the bias's that of d, over all rows.
    /// </summary>
    static Node?[] LayerNorm(Graph graph, Node y, Node d)
    {
        Node x = y.Inputs[0], gain = y.Inputs[1];
        var (normalized, inverse) = Lowering.StandardizeLastAxis(graph, x, y.Get<NormAttributes>().Epsilon);
        var scaled = graph.Multiply(d, gain);
        var centred = graph.Subtract(scaled, graph.MeanBySum(scaled, [-1]));
        var toX = graph.Multiply(inverse, graph.Subtract(centred, Along(graph, scaled, normalized)));
        return [toX, SumRows(graph, graph.Multiply(d, normalized)), SumRows(graph, d)];
    }

    /// <summary>With x̂ = x·r and e = d·gain: dx = r·(e − x̂·mean(e·x̂)); the gain's gradient is the sum of d·x̂ over all rows.</summary>
    static Node?[] RmsNorm(Graph graph, Node y, Node d)
    {
        Node x = y.Inputs[0], gain = y.Inputs[1];
        var (normalized, inverse) = Lowering.DivideByRootMeanSquare(graph, x, y.Get<NormAttributes>().Epsilon);
        var scaled = graph.Multiply(d, gain);
        var toX = graph.Multiply(inverse, graph.Subtract(scaled, Along(graph, scaled, normalized)));
        return [toX, SumRows(graph, graph.Multiply(d, normalized))];
    }

    /// <summary>x̂·mean(e·x̂), the part of e along x̂ in each row.</summary>
    static Node Along(Graph graph, Node e, Node normalized) =>
        graph.Multiply(normalized, graph.MeanBySum(graph.Multiply(e, normalized), [-1]));

    static Node SumRows(Graph graph, Node x) => x.Shape.Rank == 1
        ? x
        : graph.Reduce(Op.ReduceSum, x, Enumerable.Range(0, x.Shape.Rank - 1), keepDimensions: false);

    /// <summary>(softmax(logits) − one-hot(labels))·d. The softmax shares the forward pass's exponentials and sums.</summary>
    static Node?[] CrossEntropy(Graph graph, Node y, Node d)
    {
        Node logits = y.Inputs[0], labels = y.Inputs[1];
        var oneHot = graph.Cast(Lowering.IsLabel(graph, logits.Shape, labels), ElementType.Float32);
        var ofRow = graph.Reshape(d, new Shape(d.Shape.Append(1)));
        return [graph.Multiply(graph.Subtract(Lowering.Probabilities(graph, logits), oneHot), ofRow), null];
    }

    /// <summary>A node for each operand but the labels; they share the forward pass's kernel where d does not depend on it.</summary>
    static Node?[] LinearCrossEntropy(Graph graph, Node y, Node d) =>
        [.. y.Inputs.Select((_, operand) => operand == 2 ? null : graph.LinearCrossEntropyGradient(y.Inputs, d, (LinearCrossEntropyOperand)operand))];

    /// <summary>sigmoid(x) − t, and −x for the targets.</summary>
    static Node?[] BinaryCrossEntropy(Graph graph, Node y, Node d)
    {
        Node x = y.Inputs[0], targets = y.Inputs[1];
        return
        [
            graph.Multiply(d, graph.Subtract(graph.Unary(Op.Sigmoid, x), targets)),
            graph.Unary(Op.Negate, graph.Multiply(d, x)),
        ];
    }

    /// <summary>The difference, limited to ±δ.</summary>
    static Node?[] Huber(Graph graph, Node y, Node d)
    {
        double delta = y.Get<HuberAttributes>().Delta;
        var difference = graph.Subtract(y.Inputs[0], y.Inputs[1]);
        var limited = graph.Binary(
            Op.Minimum, graph.Binary(Op.Maximum, difference, graph.Constant(-delta)), graph.Constant(delta));
        var toX = graph.Multiply(d, limited);
        return [toX, graph.Unary(Op.Negate, toX)];
    }
}
