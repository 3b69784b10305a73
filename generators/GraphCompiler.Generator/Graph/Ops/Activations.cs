using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Activation functions that are more exact or faster than what they could be written out in, and derivatives of three.</summary>
internal static class Activations
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        OpDefinition.Unary(Op.Softplus, cost: 24, Softplus) with
        {
            Function = "Softplus",
            IsNotNegative = true,
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.Sigmoid, y.Inputs[0]))],
        },
        OpDefinition.Unary(Op.Gelu, cost: 22, x => x <= double.MinValue ? -0.0 : x * NormalDistribution(x)) with
        {
            Function = "Gelu",
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.GeluSlope, y.Inputs[0]))],
        },
        OpDefinition.Unary(Op.GeluTanh, cost: 20, x => x <= double.MinValue ? -0.0 : x * Functions.Sigmoid(GeluTanhExponent(x))) with
        {
            Function = "GeluTanh",
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.GeluTanhSlope, y.Inputs[0]))],
        },
        OpDefinition.Unary(Op.Silu, cost: 16, x => x <= double.MinValue ? -0.0 : x * Functions.Sigmoid(x)) with
        {
            Function = "Silu",
            Gradient = (graph, y, d) => [graph.Multiply(d, graph.Unary(Op.SiluSlope, y.Inputs[0]))],
        },
        // Its derivative at 0 is 0.
        OpDefinition.Unary(Op.Relu, cost: 1, x => Math.Max(x, 0)) with
        {
            Function = "Relu",
            Types = ElementRule.Reals,
            IsNotNegative = true,
            IsIdempotent = true,
            Slope = (_, _, _) => Doubt.None,
            Choice = ChoiceRule.Elements,
            Gradient = ReluGradient,
        },
        // Nothing differentiates the derivatives.
        OpDefinition.Unary(Op.GeluSlope, cost: 28, GeluSlope),
        OpDefinition.Unary(Op.GeluTanhSlope, cost: 26, GeluTanhSlope),
        OpDefinition.Unary(Op.SiluSlope, cost: 18, x => SigmoidSlope(x, x, 1)),
    ];

    static Node?[] ReluGradient(Graph graph, Node y, Node d)
    {
        var zero = graph.Constant(0, Shape.Scalar, y.Type);
        return [graph.Select(graph.Binary(Op.Greater, y, zero), d, zero)];
    }

    /// <summary>log(1 + exp(x)), in the form max(x, 0) + log(1 + exp(−|x|)).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>log(1 + x) without losing a small x (Higham 2002, section 1.14.1).</summary>
    static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>2√(2/π)(x + 0.044715x³): ½(1 + tanh(u)) is sigmoid(2u).</summary>
    static double GeluTanhExponent(double x) => 2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x));

    static double GeluTanhSlope(double x) =>
        SigmoidSlope(x, GeluTanhExponent(x), 2 * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x)));

    /// <summary>
    /// The derivative of x·sigmoid(u) where u has the derivative <paramref name="slope"/>. Beyond |u| = 1000 it is 0 or 1, also
    /// where x is infinite.
    /// </summary>
    static double SigmoidSlope(double x, double u, double slope) => Math.Abs(u) > 1000
        ? u > 0 ? 1 : 0
        : Functions.Sigmoid(u) * (1 + (x * slope * Functions.Sigmoid(-u)));

    static double GeluSlope(double x) => Math.Abs(x) > 50
        ? x > 0 ? 1 : 0
        : NormalDistribution(x) + (x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));

    /// <summary>
    /// Φ(x). From −3 on down, where 1 + erf cancels, by the continued fraction φ(t)/(t + 1/(t + 2/(t + 3/…))) at t = −x
    /// (Abramowitz and Stegun 26.2.14).
    /// </summary>
    static double NormalDistribution(double x)
    {
        if (!(x < -3))
            return 0.5 * (1 + Functions.Erf(x / Math.Sqrt(2)));
        double fraction = -x;
        for (int k = 200; k >= 1; k--)
            fraction = (k / fraction) - x;
        return Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI) / fraction;
    }
}
