using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

internal sealed partial class Graph
{
    public Node Add(Node left, Node right) => Binary(Op.Add, left, right);

    public Node Subtract(Node left, Node right) => Binary(Op.Subtract, left, right);

    public Node Multiply(Node left, Node right) => Binary(Op.Multiply, left, right);

    public Node Divide(Node left, Node right) => Binary(Op.Divide, left, right);

    /// <summary>A scalar times every element.</summary>
    public Node Scale(Node x, double factor) => Multiply(x, Constant(factor, Shape.Scalar, x.Type));

    /// <summary>x divided by a number of elements.</summary>
    public Node DivideByCount(Node x, Dim count) => count.IsConstant ? Scale(x, 1.0 / count.Value) : Divide(x, Size(count, Shape.Scalar));
}

/// <summary>What is computed with numbers. Conventions at kinks and ties: |0|' = sign' = floor' = 0; Maximum and Minimum give half to
/// each of two equal operands (torch.maximum). A clamp that passes its bounds, as torch.clamp does, is made of selections.</summary>
internal static class Arithmetic
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        OpDefinition.Unary(Op.Negate, cost: 1, a => -a) with
        {
            Types = ElementRule.Numbers,
            IsInvolution = true,
            Slope = (_, _, _) => Doubt.None,
            Gradient = (graph, _, d) => [graph.Unary(Op.Negate, d)],
        },
        OpDefinition.Unary(Op.Abs, cost: 1, Math.Abs) with
        {
            Function = "Abs",
            Types = ElementRule.Reals,
            IsNotNegative = true,
            IsIdempotent = true,
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.Sign, y.Inputs[0]))],
        },
        OpDefinition.Unary(Op.Sign, cost: 2, a => double.IsNaN(a) ? a : Math.Sign(a)) with { Function = "Sign", Types = ElementRule.Reals, IsIdempotent = true },
        OpDefinition.Unary(Op.Floor, cost: 1, Math.Floor) with { Function = "Floor", Types = ElementRule.Reals, IsIdempotent = true },
        OpDefinition.Binary(Op.Add, cost: 1, (a, b) => a + b) with
        {
            Types = ElementRule.Numbers,
            IsCommutative = true,
            Numbers = (_, _, x) => NumberFact.Joined(x) with { Sign = Least(x) == Sign.Any ? Sign.Any : Most(x) },
            Slope = (_, _, _) => Doubt.None,
            Gradient = (_, _, d) => [d, d],
        },
        OpDefinition.Binary(Op.Subtract, cost: 1, (a, b) => a - b) with
        {
            Types = ElementRule.Numbers,
            Slope = (_, _, _) => Doubt.None,
            Gradient = (graph, _, d) => [d, graph.Unary(Op.Negate, d)],
        },
        OpDefinition.Binary(Op.Multiply, cost: 1, (a, b) => a * b) with
        {
            Types = ElementRule.Numbers,
            IsCommutative = true,
            Numbers = OfProduct,
            Slope = (facts, y, operand) => facts.Of(y.Inputs[1 - operand]),
            Gradient = (graph, y, d) => [graph.Multiply(d, y.Inputs[1]), graph.Multiply(d, y.Inputs[0])],
        },
        OpDefinition.Binary(Op.Divide, cost: 4, (a, b) => a / b) with { Types = ElementRule.Reals, Numbers = OfQuotient, Slope = SlopeOfQuotient, Gradient = DivideGradient },
        OpDefinition.Binary(Op.Power, cost: 30, Power) with { Numbers = OfPower, Slope = SlopeOfPower, Gradient = PowerGradient },
        OpDefinition.Binary(Op.Maximum, cost: 1, Math.Max) with
        {
            Function = "Maximum",
            Numbers = (_, _, x) => NumberFact.Joined(x) with { Sign = Most(x) },
            Slope = (_, _, _) => Doubt.None,
            Choice = ChoiceRule.Operands,
            Types = ElementRule.Numbers,
            IsCommutative = true,
            Gradient = (graph, y, d) => ExtremumGradient(graph, y, d, Op.Greater),
        },
        OpDefinition.Binary(Op.Minimum, cost: 1, Math.Min) with
        {
            Function = "Minimum",
            Numbers = (_, _, x) => NumberFact.Joined(x) with { Sign = Least(x) },
            Slope = (_, _, _) => Doubt.None,
            Choice = ChoiceRule.Operands,
            Types = ElementRule.Numbers,
            IsCommutative = true,
            Gradient = (graph, y, d) => ExtremumGradient(graph, y, d, Op.Less),
        },
    ];

    static Sign Least(IReadOnlyList<NumberFact> x) => NumberFact.AtMost(x[0].Sign, x[1].Sign);

    static Sign Most(IReadOnlyList<NumberFact> x) => x[0].Sign > x[1].Sign ? x[0].Sign : x[1].Sign;

    static NumberFact OfProduct(Finiteness facts, Node y, IReadOnlyList<NumberFact> x)
    {
        var doubt = NumberFact.Joined(x).Doubt;
        bool isSquare = y.Inputs[0] == y.Inputs[1], isScaled = y.Inputs[0].Op == Op.Constant || y.Inputs[1].Op == Op.Constant;
        return new(
            x[0].IsModest || x[1].IsModest ? doubt : NumberFact.Max(doubt, Doubt.Overflow),
            isSquare ? Sign.NotNegative : isScaled ? Least(x) : NumberFact.AtMost(Sign.NotNegative, Least(x)));
    }

    static NumberFact OfQuotient(Finiteness facts, Node y, IReadOnlyList<NumberFact> x) =>
        new(facts.IsNotZero(y.Inputs[1]) ? NumberFact.Joined(x).Doubt : Doubt.Singular, Least(x));

    static Doubt SlopeOfQuotient(Finiteness facts, Node y, int operand) => !facts.IsNotZero(y.Inputs[1]) ? Doubt.Singular
        : operand == 0 ? facts.Of(y.Inputs[1])
        : NumberFact.Max(facts.Of(y.Inputs[0]), facts.Of(y.Inputs[1]));

    static NumberFact OfPower(Finiteness facts, Node y, IReadOnlyList<NumberFact> x)
    {
        bool isWhole = y.Inputs[1] is { Attributes: ConstantAttributes { Value: >= 0 and var power } } && power == Math.Floor(power);
        return new(isWhole ? NumberFact.Max(x[0].Doubt, Doubt.Overflow) : Doubt.Singular, NumberFact.AtMost(Sign.NotNegative, x[0].Sign));
    }

    static Doubt SlopeOfPower(Finiteness facts, Node y, int operand) =>
        operand == 0 && y.Inputs[1] is { Attributes: ConstantAttributes { Value: >= 1 } } ? NumberFact.Max(facts.Of(y.Inputs[0]), Doubt.Overflow) : Doubt.Singular;

    /// <summary>C's pow, IEEE 754-2008's special cases included.</summary>
    static double Power(double a, double b) => b == 0 || a == 1 ? 1 : Math.Pow(a, b);

    /// <summary>For a/b: d/b and −(d/b)·(a/b).</summary>
    static Node?[] DivideGradient(Graph graph, Node y, Node d)
    {
        var left = graph.Divide(d, y.Inputs[1]);
        return [left, graph.Unary(Op.Negate, graph.Multiply(left, y))];
    }

    /// <summary>
    /// For a^b: b·a^(b−1), 0 where b is 0; and a^b·log a, 0 where a is 0 and b is not negative (PyTorch's choices: no
    /// NaN comes out of 0^0 or of a zero base).
    /// </summary>
    static Node?[] PowerGradient(Graph graph, Node y, Node d)
    {
        Node a = y.Inputs[0], b = y.Inputs[1], zero = graph.Constant(0);
        var toBase = graph.Multiply(b, graph.Binary(Op.Power, a, graph.Subtract(b, graph.Constant(1))));
        var atZero = graph.Binary(
            Op.And, graph.Binary(Op.Equal, a, zero), graph.Binary(Op.GreaterOrEqual, b, zero));
        return
        [
            graph.Select(graph.Binary(Op.Equal, b, zero), zero, graph.Multiply(d, toBase)),
            graph.Select(atZero, zero, graph.Multiply(d, graph.Multiply(y, graph.Unary(Op.Log, a)))),
        ];
    }

    static Node?[] ExtremumGradient(Graph graph, Node y, Node d, Op wins)
    {
        Node a = y.Inputs[0], b = y.Inputs[1];
        var half = graph.Select(graph.Binary(Op.Equal, a, b), graph.Scale(d, 0.5), graph.Constant(0, Shape.Scalar, d.Type));
        return
        [
            graph.Select(graph.Binary(wins, a, b), d, half),
            graph.Select(graph.Binary(wins, b, a), d, half),
        ];
    }
}
