using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

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

/// <summary>
/// Which values of a graph are surely finite. One fact a node, from those of its operands and in their order: what may make it
/// infinite or NaN, and whether it is surely positive or not negative, as a square plus a positive constant is: a root or a
/// quotient of such numbers has no pole. Sums and matrix products of ordinary numbers are trusted not to overflow.
/// </summary>
internal sealed class Finiteness(Graph graph)
{
    enum Sign
    {
        Any,
        NotNegative,
        Positive,
    }

    /// <param name="Doubt">What may make it infinite or NaN.</param>
    /// <param name="Sign">What is known of its sign.</param>
    /// <param name="IsModest">Whether a product with it does not overflow.</param>
    readonly record struct Fact(Doubt Doubt, Sign Sign = Sign.Any, bool IsModest = false);

    readonly List<Fact> facts = [];

    /// <summary>What may make a node infinite or NaN.</summary>
    public Doubt Of(Node node) => FactOf(node).Doubt;

    /// <summary>What may make the derivative of an elementwise operation by an operand infinite or NaN; none where it is a constant.</summary>
    public Doubt OfSlope(Node node, int operand)
    {
        Node a = node.Inputs[0];
        switch (node.Op)
        {
            case Op.Log or Op.Sqrt or Op.ReciprocalSqrt:
                return IsPositive(a) ? Of(a) : Doubt.Singular;
            case Op.Exp:
                return Of(node);
            case Op.Multiply:
                return Of(node.Inputs[1 - operand]);
            case Op.Divide:
                return !IsNotZero(node.Inputs[1]) ? Doubt.Singular : operand == 0 ? Of(node.Inputs[1]) : Max(Of(a), Of(node.Inputs[1]));
            case Op.Power:
                return operand == 0 && node.Inputs[1] is { Attributes: ConstantAttributes { Value: >= 1 } } ? Max(Of(a), Doubt.Overflow) : Doubt.Singular;
            case Op.Negate or Op.Add or Op.Subtract or Op.Copy or Op.Cast or Op.Select or Op.Relu or Op.Maximum or Op.Minimum:
                return Doubt.None;
            default:
                return node.Inputs.Max(Of);
        }
    }

    /// <summary>As <see cref="Of"/>, where −∞ is the score of what is masked.</summary>
    public Doubt OfScores(Node scores)
    {
        while (scores.Op == Op.Select && scores.Inputs.Skip(1).FirstOrDefault(i => i.IsConstant(double.NegativeInfinity)) is { } masked)
            scores = scores.Inputs[scores.Inputs[1] == masked ? 2 : 1];
        return Of(scores);
    }

    public static Doubt Max(Doubt a, Doubt b) => a > b ? a : b;

    bool IsPositive(Node node) => FactOf(node).Sign == Sign.Positive;

    bool IsNotZero(Node node) => IsPositive(node) || (node.Op == Op.Constant && node.Value != 0);

    Fact FactOf(Node node)
    {
        while (facts.Count <= node.Id)
            facts.Add(Infer(graph.Nodes[facts.Count]));
        return facts[node.Id];
    }

    Fact Infer(Node node)
    {
        if (!node.Type.IsFloat())
            return new(Doubt.None, node.Op is Op.Iota or Op.Size ? Sign.NotNegative : Sign.Any, IsModest: true);
        var inputs = node.Inputs.Select(i => facts[i.Id]).ToArray();
        return node.Kind switch
        {
            OpKind.Leaf => Leaf(node),
            OpKind.Elementwise => inputs.Length == 1 ? Unary(node, inputs[0]) : Several(node, inputs),
            OpKind.Composite => Composite(node, inputs),
            OpKind.Layout => Joined(inputs) with { Sign = node.Op == Op.Pad ? AtMost(Sign.NotNegative, inputs[0].Sign) : inputs.Min(i => i.Sign) },
            OpKind.Reduction => inputs[0] with { IsModest = node.Op != Op.ReduceSum && inputs[0].IsModest },
            OpKind.Indexing when node.Op == Op.Gather => inputs[0],
            OpKind.MatMul => new(Joined(inputs).Doubt, AtMost(Sign.NotNegative, inputs.Min(i => i.Sign))),
            _ => new(Joined(inputs).Doubt),
        };
    }

    static Fact Joined(Fact[] inputs) => new(inputs.Max(i => i.Doubt), Sign.Any, inputs.All(i => i.IsModest));

    static Sign AtMost(Sign limit, Sign sign) => sign < limit ? sign : limit;

    static Fact Leaf(Node node)
    {
        return node.Op switch
        {
            Op.Constant => Constant(node.Value),
            Op.Size => new(Doubt.None, Sign.Positive, IsModest: true),
            Op.Random => new(Doubt.None, Sign.NotNegative, IsModest: true),
            Op.Input => new(Doubt.Given),
            _ => new(Doubt.None),
        };
    }

    static Fact Constant(double value) => new(
        double.IsNaN(value) || double.IsInfinity(value) ? Doubt.Singular : Doubt.None,
        value > 0 ? Sign.Positive : value == 0 ? Sign.NotNegative : Sign.Any, IsModest: true);

    static Fact Unary(Node node, Fact x)
    {
        var bounded = x.Doubt == Doubt.Overflow ? Doubt.None : x.Doubt;
        return node.Op switch
        {
            Op.Cast when node.Inputs[0].Type.IsFloat() => x,
            Op.Cast => new(Doubt.None, node.Inputs[0].Type == ElementType.Bool ? Sign.NotNegative : x.Sign, IsModest: true),
            Op.Exp => new(Doubt.Singular, Sign.NotNegative),
            Op.Log => new(x.Sign == Sign.Positive ? x.Doubt : Doubt.Singular),
            Op.Sqrt => new(x.Sign >= Sign.NotNegative ? x.Doubt : Doubt.Singular, x.Sign == Sign.Positive ? x.Sign : Sign.NotNegative),
            Op.ReciprocalSqrt => new(x.Sign == Sign.Positive ? x.Doubt : Doubt.Singular, x.Sign == Sign.Positive ? x.Sign : Sign.NotNegative),
            Op.Sigmoid => new(bounded, Sign.NotNegative, IsModest: true),
            Op.Tanh or Op.Erf => new(bounded, IsModest: true),
            Op.Sin or Op.Cos => new(x.Doubt, IsModest: true),
            Op.Copy => x,
            _ => x with { Sign = !node.Op.Info().IsNotNegative ? Sign.Any : x.Sign == Sign.Positive ? x.Sign : Sign.NotNegative },
        };
    }

    static Fact Several(Node node, Fact[] inputs)
    {
        Fact joined = Joined(inputs), a = inputs[0], b = inputs[1];
        Sign least = AtMost(a.Sign, b.Sign), most = a.Sign > b.Sign ? a.Sign : b.Sign;
        switch (node.Op)
        {
            case Op.Add:
                return joined with { Sign = least == Sign.Any ? Sign.Any : most };
            case Op.Multiply:
                bool isScaled = node.Inputs.Any(i => i.Op == Op.Constant);
                return new(
                    a.IsModest || b.IsModest ? joined.Doubt : Max(joined.Doubt, Doubt.Overflow),
                    node.Inputs[0] == node.Inputs[1] ? Sign.NotNegative : isScaled ? least : AtMost(Sign.NotNegative, least));
            case Op.Divide:
                bool isNotZero = b.Sign == Sign.Positive || (node.Inputs[1].Op == Op.Constant && node.Inputs[1].Value != 0);
                return new(isNotZero ? joined.Doubt : Doubt.Singular, least);
            case Op.Power:
                bool isWhole = node.Inputs[1] is { Attributes: ConstantAttributes { Value: >= 0 and var power } } && power == Math.Floor(power);
                return new(isWhole ? Max(a.Doubt, Doubt.Overflow) : Doubt.Singular, AtMost(Sign.NotNegative, a.Sign));
            case Op.Maximum:
                return joined with { Sign = most };
            case Op.Minimum:
                return joined with { Sign = least };
            case Op.Select:
                Fact c = inputs[2];
                return new(Max(b.Doubt, c.Doubt), IsLowerBound(node) ? b.Sign : AtMost(b.Sign, c.Sign), b.IsModest && c.IsModest);
            default:
                return joined;
        }
    }

    /// <summary>A clamp from below: x &lt; bound ? bound : x.</summary>
    static bool IsLowerBound(Node select) => select.Inputs[0] is { Op: Op.Less or Op.LessOrEqual } below
        && below.Inputs[1] == select.Inputs[1] && below.Inputs[0] == select.Inputs[2];

    Fact Composite(Node node, Fact[] inputs)
    {
        var joined = Joined(inputs).Doubt;
        return node.Op switch
        {
            Op.Softmax => new(OfScores(node.Inputs[0]), Sign.NotNegative, IsModest: true),
            Op.LayerNorm or Op.RmsNorm => new(node.Get<NormAttributes>().Epsilon > 0 ? joined : Doubt.Singular, IsModest: true),
            Op.BinaryCrossEntropy or Op.Huber or Op.CrossEntropy or Op.Variance => new(joined, Sign.NotNegative),
            Op.Dropout => inputs[0] with { Sign = AtMost(Sign.NotNegative, inputs[0].Sign) },
            _ => new(joined),
        };
    }
}
