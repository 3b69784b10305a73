using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Finds statistics that are written out, and makes them the operations that keep their digits and have short gradients:
/// <list type="bullet">
/// <item>a sum over axes, divided by the number of elements that it has or multiplied by its inverse, is a mean;</item>
/// <item>x − mean(x) is <see cref="Op.Centre"/>;</item>
/// <item>the mean of (x − mean(x))², over the same axes, is <see cref="Op.Variance"/>.</item>
/// </list>
/// Runs before differentiation, so that the gradients are theirs.
/// </summary>
internal static class StatisticsRecognition
{
    public static Graph Run(Graph source, CancellationToken cancellation = default)
    {
        int[] uses = Rewriting.CountUses(source);
        var graph = Rewriting.Rebuild(source, (target, node, inputs) => Recognize(target, node, inputs, uses) ?? target.Rebuild(node, inputs), cancellation);
        return Rewriting.DropDead(graph, cancellation);
    }

    static Node? Recognize(Graph graph, Node node, IReadOnlyList<Node> inputs, int[] uses)
    {
        switch (node.Op)
        {
            case Op.Divide when uses[node.Inputs[0].Id] == 1:
                return MeanOf(graph, inputs[0], inputs[1], (divisor, count) => divisor == count);
            case Op.Multiply when inputs[1].Op == Op.Constant && uses[node.Inputs[0].Id] == 1:
                return MeanOf(graph, inputs[0], inputs[1], IsInverse);
            case Op.Multiply when inputs[0].Op == Op.Constant && uses[node.Inputs[1].Id] == 1:
                return MeanOf(graph, inputs[1], inputs[0], IsInverse);
            case Op.Subtract when MeanBehind(inputs[1]) is { } mean && mean.Inputs[0] == inputs[0]:
                return graph.Centre(inputs[0], mean.Axes);
            case Op.ReduceMean when SquareRoot(inputs[0]) is { Op: Op.Centre } centred && centred.Axes.SequenceEqual(node.Axes):
                return graph.Variance(centred.Inputs[0], centred.Axes);
            default:
                return null;
        }
    }

    static bool IsInverse(double factor, double count) => factor == 1 / count || (float)factor == (float)(1 / count);

    delegate bool IsCountOf(double number, double count);

    /// <summary>The mean, where a number that scales a sum is, or is the inverse of, how many elements it adds up.</summary>
    static Node? MeanOf(Graph graph, Node scaled, Node scale, IsCountOf isCount)
    {
        var sum = scaled.Op == Op.Reshape ? scaled.Inputs[0] : scaled;
        var number = scale;
        while (number.Op is Op.Broadcast or Op.Reshape)
            number = number.Inputs[0];
        if (sum.Op != Op.ReduceSum)
            return null;
        var count = Graph.CountAlong(sum.Inputs[0].Shape, sum.Axes);
        bool matches = number.Op == Op.Size ? number.Get<SizeAttributes>().Dim == count
            : number.Op == Op.Constant && count.IsConstant && isCount(number.Value, count.Value);
        return matches ? graph.Reshape(graph.Reduce(Op.ReduceMean, sum.Inputs[0], sum.Axes), scaled.Shape) : null;
    }

    /// <summary>The mean that is repeated along the axes that it was taken over, and along no others.</summary>
    static Node? MeanBehind(Node repeated)
    {
        if (repeated.Op != Op.Broadcast)
            return null;
        var shape = repeated.Inputs[0].Shape;
        var node = repeated.Inputs[0];
        while (node.Op == Op.Reshape)
            node = node.Inputs[0];
        return node.Op == Op.ReduceMean && node.Shape.Equals(shape) && node.Inputs[0].Shape.Equals(repeated.Shape) ? node : null;
    }

    /// <summary>x where the node is x·x or x².</summary>
    static Node? SquareRoot(Node node) => node.Op switch
    {
        Op.Multiply when node.Inputs[0] == node.Inputs[1] => node.Inputs[0],
        Op.Power when node.Inputs[1].IsConstant(2) => node.Inputs[0],
        _ => null,
    };
}
