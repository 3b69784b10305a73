using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The probability with which an element is dropped in training, and the stream of random numbers that decides it.</summary>
internal sealed record DropoutAttributes(double Probability, int Stream) : NodeAttributes
{
    public override string ToString() => Text(Stream) + (Probability == 0 ? "" : "; " + Text(Probability));
}

internal sealed partial class Graph
{
    /// <summary>
    /// In training each element is 0 with probability p, else scaled by 1/(1 − p); in inference the operand itself.
    /// Each call has a stream of <see cref="Random"/> of its own.
    /// </summary>
    public Node Dropout(Node x, double probability, int stream) =>
        Make(Op.Dropout, [Require(Op.Dropout, x, ElementType.Float32)], x.Shape, x.Type, new DropoutAttributes(probability, stream));
}

/// <summary>Elements that are left out at random in training.</summary>
internal static class Dropout
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.Dropout, OpKind.Composite, 1)
        {
            Numbers = (_, _, x) => x[0] with { Sign = NumberFact.AtMost(Sign.NotNegative, x[0].Sign) },
            Gradient = (graph, y, d) => [Masked(graph, d, y.Get<DropoutAttributes>())],
            Lowering = (graph, node, inputs) => Masked(graph, inputs[0], node.Get<DropoutAttributes>()),
        },
    ];

    /// <summary>
    /// Random(stream) ≥ p ? x/(1 − p) : 0. The same for a gradient instead of x. p is first rounded to single
    /// precision, so that the mask is the same in every precision that this is computed in.
    /// </summary>
    static Node Masked(Graph graph, Node x, DropoutAttributes attributes)
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
