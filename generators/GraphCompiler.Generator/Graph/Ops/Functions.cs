using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Roots, exponentials and what is made of them.</summary>
internal static class Functions
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        OpDefinition.Unary(Op.Exp, cost: 10, Math.Exp) with
        {
            Function = "Exp",
            Numbers = (_, _, _) => new(Doubt.Singular, Sign.NotNegative),
            Slope = (facts, y, _) => facts.Of(y),
            Gradient = (graph, y, d) => [graph.Multiply(d, y)],
        },
        OpDefinition.Unary(Op.Log, cost: 14, Math.Log) with
        {
            Function = "Log",
            Numbers = (_, _, x) => new(x[0].Sign == Sign.Positive ? x[0].Doubt : Doubt.Singular),
            Slope = SlopeOfPositive,
            Gradient = (graph, y, d) => [graph.Divide(d, y.Inputs[0])],
        },
        OpDefinition.Unary(Op.Sqrt, cost: 6, Math.Sqrt) with
        {
            Function = "Sqrt",
            Types = ElementRule.Reals,
            Numbers = (_, _, x) => new(x[0].Sign >= Sign.NotNegative ? x[0].Doubt : Doubt.Singular, NotNegative(x[0].Sign)),
            Slope = SlopeOfPositive,
            Gradient = (graph, y, d) => [graph.Divide(graph.Scale(d, 0.5), y)],
        },
        OpDefinition.Unary(Op.ReciprocalSqrt, cost: 8, a => 1 / Math.Sqrt(a)) with
        {
            Function = "Rsqrt",
            Types = ElementRule.Reals,
            Numbers = (_, _, x) => new(x[0].Sign == Sign.Positive ? x[0].Doubt : Doubt.Singular, NotNegative(x[0].Sign)),
            Slope = SlopeOfPositive,
            Gradient = (graph, y, d) => [graph.Multiply(graph.Scale(d, -0.5), graph.Multiply(graph.Multiply(y, y), y))],
        },
        OpDefinition.Unary(Op.Sin, cost: 16, Math.Sin) with
        {
            Function = "Sin",
            Numbers = (_, _, x) => new(x[0].Doubt, IsModest: true),
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.Cos, y.Inputs[0]))],
        },
        OpDefinition.Unary(Op.Cos, cost: 16, Math.Cos) with
        {
            Function = "Cos",
            Numbers = (_, _, x) => new(x[0].Doubt, IsModest: true),
            Gradient = (graph, y, d) => [graph.Unary(Op.Negate, graph.Multiply(d, graph.Unary(Op.Sin, y.Inputs[0])))],
        },
        OpDefinition.Unary(Op.Tanh, cost: 14, Math.Tanh) with
        {
            Function = "Tanh",
            Numbers = (_, _, x) => Bounded(x[0]),
            Gradient = (graph, y, d) => [graph.Multiply(d, OneMinus(graph, graph.Multiply(y, y)))],
        },
        OpDefinition.Unary(Op.Sigmoid, cost: 14, Sigmoid) with
        {
            Function = "Sigmoid",
            Numbers = (_, _, x) => Bounded(x[0]) with { Sign = Sign.NotNegative },
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Multiply(y, OneMinus(graph, y)))],
        },
        OpDefinition.Unary(Op.Erf, cost: 16, Erf) with { Function = "Erf", Numbers = (_, _, x) => Bounded(x[0]), Gradient = ErfGradient },
    ];

    /// <summary>A number between bounds, whatever it is computed from.</summary>
    static NumberFact Bounded(NumberFact x) => new(x.Doubt == Doubt.Overflow ? Doubt.None : x.Doubt, IsModest: true);

    static Sign NotNegative(Sign sign) => sign == Sign.Positive ? Sign.Positive : Sign.NotNegative;

    /// <summary>Of a function with a pole at 0, and undefined below.</summary>
    static Doubt SlopeOfPositive(Finiteness facts, Node y, int operand) => facts.IsPositive(y.Inputs[0]) ? facts.Of(y.Inputs[0]) : Doubt.Singular;

    public static double Sigmoid(double x)
    {
        double exponential = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + exponential) : exponential / (1 + exponential);
    }

    /// <summary>
    /// The error function by 2/√π·exp(−x²)·Σ 2ⁿx²ⁿ⁺¹/(1·3·…·(2n + 1)) (Abramowitz and Stegun 7.1.6): all terms have one
    /// sign, so nothing cancels. Beyond |x| = 6 it is ±1 in double precision.
    /// </summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6)
            return double.IsNaN(x) ? x : Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    static Node OneMinus(Graph graph, Node x) => graph.Subtract(graph.Constant(1), x);

    /// <summary>erf'(x) = 2/√π·exp(−x²).</summary>
    static Node?[] ErfGradient(Graph graph, Node y, Node d)
    {
        var x = y.Inputs[0];
        var density = graph.Unary(Op.Exp, graph.Unary(Op.Negate, graph.Multiply(x, x)));
        return [graph.Multiply(d, graph.Scale(density, 2 / Math.Sqrt(Math.PI)))];
    }
}
