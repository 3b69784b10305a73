using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// A score that a mask puts out of sight of a softmax (<see cref="AttentionMask.IsOutOfSight"/>) is −∞, however it is written:
/// selected as −∞ or as a large negative number, or with such a number added. So a row of which nothing is in sight gives
/// zeros, by the definition of <see cref="Op.Softmax"/>, whether <see cref="AttentionRecognition"/> takes the softmax for a part
/// of attention or leaves it here because somebody else reads the weights. Rows of which anything is in sight keep their values.
///
/// From each softmax the chain of masks and of constant factors is followed upwards as there, and built again for this softmax
/// alone: others may use the masked scores as they were written.
/// </summary>
internal static class SoftmaxMasking
{
    /// <summary>Between 0 and what is out of sight, so that rounding of the factors decides nothing.</summary>
    const double Middle = AttentionMask.OutOfSight / 2;

    public static Graph Run(Graph source, CancellationToken cancellation = default)
    {
        bool changed = false;
        var mapped = new Node[source.Nodes.Count];
        var result = Rewriting.Rebuild(
            source,
            (target, node, inputs) =>
            {
                if (node.Op == Op.Softmax)
                {
                    var scores = Masked(target, mapped, node.Inputs[0], 1);
                    changed |= scores != inputs[0];
                    return mapped[node.Id] = target.Softmax(scores, node.Axis);
                }
                return mapped[node.Id] = target.Rebuild(node, inputs);
            },
            cancellation);
        return changed ? Rewriting.DropDead(result, cancellation) : source;
    }

    /// <summary>Scores, which are multiplied by a factor before the softmax, with −∞ for what masks put out of sight.</summary>
    static Node Masked(Graph graph, Node[] mapped, Node scores, double factor)
    {
        Node Go(int operand, double by = 1) => Masked(graph, mapped, scores.Inputs[operand], factor * by);
        Node Now(int operand) => mapped[scores.Inputs[operand].Id];
        bool IsHidden(int operand) => AttentionMask.ConstantOf(scores.Inputs[operand]) is { } fill && AttentionMask.IsOutOfSight(fill * factor);
        bool Hides(int operand, double by = 1) => AttentionMask.Hides(scores.Inputs[operand], factor * by);
        double? Factor(int operand) => AttentionMask.ConstantOf(scores.Inputs[operand]) is { } number and > 0 and < double.PositiveInfinity ? number : null;
        var nothing = graph.Constant(double.NegativeInfinity);
        switch (scores.Op)
        {
            case Op.Multiply when Factor(1) is { } right:
                return graph.Multiply(Go(0, right), Now(1));
            case Op.Multiply when Factor(0) is { } left:
                return graph.Multiply(Now(0), Go(1, left));
            case Op.Divide when Factor(1) is { } divisor:
                return graph.Divide(Go(0, 1 / divisor), Now(1));
            case Op.Select when IsHidden(2):
                return graph.Select(Now(0), Go(1), nothing);
            case Op.Select when IsHidden(1):
                return graph.Select(Now(0), nothing, Go(2));
            case Op.Add when Hides(1):
                return graph.Select(graph.Binary(Op.Greater, Now(1), graph.Constant(Middle / factor)), Go(0), nothing);
            case Op.Add when Hides(0):
                return graph.Select(graph.Binary(Op.Greater, Now(0), graph.Constant(Middle / factor)), Go(1), nothing);
            case Op.Subtract when Hides(1, -1):
                return graph.Select(graph.Binary(Op.Less, Now(1), graph.Constant(-Middle / factor)), Go(0), nothing);
            default:
                return mapped[scores.Id];
        }
    }
}
