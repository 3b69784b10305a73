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
            Gradient = (graph, y, d) => [graph.Multiply(d, y)],
        },
        OpDefinition.Unary(Op.Log, cost: 14, Math.Log) with
        {
            Function = "Log",
            Gradient = (graph, y, d) => [graph.Divide(d, y.Inputs[0])],
        },
        OpDefinition.Unary(Op.Sqrt, cost: 6, Math.Sqrt) with
        {
            Function = "Sqrt",
            Gradient = (graph, y, d) => [graph.Divide(graph.Scale(d, 0.5), y)],
        },
        OpDefinition.Unary(Op.ReciprocalSqrt, cost: 8, a => 1 / Math.Sqrt(a)) with
        {
            Function = "Rsqrt",
            Gradient = (graph, y, d) => [graph.Multiply(graph.Scale(d, -0.5), graph.Multiply(graph.Multiply(y, y), y))],
        },
        OpDefinition.Unary(Op.Sin, cost: 16, Math.Sin) with
        {
            Function = "Sin",
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.Cos, y.Inputs[0]))],
        },
        OpDefinition.Unary(Op.Cos, cost: 16, Math.Cos) with
        {
            Function = "Cos",
            Gradient = (graph, y, d) => [graph.Unary(Op.Negate, graph.Multiply(d, graph.Unary(Op.Sin, y.Inputs[0])))],
        },
        OpDefinition.Unary(Op.Tanh, cost: 14, Math.Tanh) with
        {
            Function = "Tanh",
            Gradient = (graph, y, d) => [graph.Multiply(d, OneMinus(graph, graph.Multiply(y, y)))],
        },
        OpDefinition.Unary(Op.Sigmoid, cost: 14, Sigmoid) with
        {
            Function = "Sigmoid",
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Multiply(y, OneMinus(graph, y)))],
        },
        OpDefinition.Unary(Op.Erf, cost: 16, Erf) with { Function = "Erf", Gradient = ErfGradient },
    ];

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
