using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What may make a number infinite or NaN, the least likely first.</summary>
internal enum Doubt
{
    /// <summary>Nothing: it is finite whenever the parameters are.</summary>
    None,

    /// <summary>A product of very large numbers.</summary>
    Overflow,

    /// <summary>What the caller passes, which may be NaN itself.</summary>
    Given,

    /// <summary>A pole, or an edge of where an operation is defined, at ordinary numbers: log 0, 1/0, √−1, exp 100.</summary>
    Singular,
}

/// <summary>What is known of a number's sign.</summary>
internal enum Sign
{
    Any,
    NotNegative,
    Positive,
}

/// <summary>What is known of the numbers of a node.</summary>
/// <param name="Doubt">What may make one infinite or NaN.</param>
/// <param name="Sign">What is known of their sign.</param>
/// <param name="IsModest">Whether a product with one does not overflow.</param>
internal readonly record struct NumberFact(Doubt Doubt, Sign Sign = Sign.Any, bool IsModest = false)
{
    /// <summary>What holds where some numbers are taken as they are: of all of them, but for their sign.</summary>
    public static NumberFact Joined(IReadOnlyList<NumberFact> operands) => new(operands.Max(i => i.Doubt), Sign.Any, operands.All(i => i.IsModest));

    public static Doubt Max(Doubt a, Doubt b) => a > b ? a : b;

    public static Sign AtMost(Sign limit, Sign sign) => sign < limit ? sign : limit;
}

/// <summary>What is known of an operation's result.</summary>
/// <param name="facts">What is known of other nodes.</param>
/// <param name="node">The operation.</param>
/// <param name="operands">What is known of its operands.</param>
internal delegate NumberFact NumberRule(Finiteness facts, Node node, IReadOnlyList<NumberFact> operands);

/// <summary>What may make the derivative of an elementwise operation by an operand infinite or NaN; none where it is a constant.</summary>
internal delegate Doubt SlopeRule(Finiteness facts, Node node, int operand);

/// <summary>
/// Which values of a graph are surely finite. One fact a node, from those of its operands and in their order: what may make it
/// infinite or NaN, and whether it is surely positive or not negative, as a square plus a positive constant is: a root or a
/// quotient of such numbers has no pole. Sums and matrix products of ordinary numbers are trusted not to overflow. Operations
/// with a pole, or of which more is known than of others of their kind, have rules (<see cref="OpDefinition.Numbers"/>).
/// </summary>
internal sealed class Finiteness(Graph graph)
{
    readonly List<NumberFact> facts = [];

    /// <summary>What may make a node infinite or NaN.</summary>
    public Doubt Of(Node node) => FactOf(node).Doubt;

    /// <summary>What may make the derivative of an elementwise operation by an operand infinite or NaN; none where it is a constant.</summary>
    public Doubt OfSlope(Node node, int operand) => node.Op.Info().Slope is { } rule ? rule(this, node, operand) : node.Inputs.Max(Of);

    /// <summary>As <see cref="Of"/>, where −∞ is the score of what is masked.</summary>
    public Doubt OfScores(Node scores)
    {
        while (scores.Op == Op.Select && scores.Inputs.Skip(1).FirstOrDefault(i => i.IsConstant(double.NegativeInfinity)) is { } masked)
            scores = scores.Inputs[scores.Inputs[1] == masked ? 2 : 1];
        return Of(scores);
    }

    public bool IsPositive(Node node) => FactOf(node).Sign == Sign.Positive;

    public bool IsNotZero(Node node) => IsPositive(node) || (node.Op == Op.Constant && node.Value != 0);

    NumberFact FactOf(Node node)
    {
        while (facts.Count <= node.Id)
            facts.Add(Infer(graph.Nodes[facts.Count]));
        return facts[node.Id];
    }

    NumberFact Infer(Node node)
    {
        var definition = node.Op.Info();
        if (!node.Type.IsFloat())
            return new(Doubt.None, definition.IsNotNegative ? Sign.NotNegative : Sign.Any, IsModest: true);
        NumberFact[] operands = [.. node.Inputs.Select(i => facts[i.Id])];
        if (definition.Numbers is { } rule)
            return rule(this, node, operands);
        if (operands.Length == 0)
            return new(Doubt.None);
        return node.Kind switch
        {
            OpKind.Elementwise when operands.Length == 1 => operands[0] with
            {
                Sign = !definition.IsNotNegative ? Sign.Any : operands[0].Sign == Sign.Positive ? Sign.Positive : Sign.NotNegative,
            },
            OpKind.Elementwise => NumberFact.Joined(operands),
            OpKind.Layout => NumberFact.Joined(operands) with { Sign = operands.Min(i => i.Sign) },
            OpKind.Reduction => operands[0],
            OpKind.MatMul => new(NumberFact.Joined(operands).Doubt, NumberFact.AtMost(Sign.NotNegative, operands.Min(i => i.Sign))),
            _ => new(NumberFact.Joined(operands).Doubt, definition.IsNotNegative ? Sign.NotNegative : Sign.Any),
        };
    }
}
