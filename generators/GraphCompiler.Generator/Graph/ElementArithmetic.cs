using System;

namespace GraphCompiler.Generator.Graphs;

/// <summary>
/// Elementwise operations from their definitions, in double precision: for constants that are folded, and for the tests'
/// oracle.
/// </summary>
internal static class ElementArithmetic
{
    /// <summary>One element of an elementwise node; operands that it lacks are ignored.</summary>
    public static double Compute(Node node, double a, double b, double c) => Compute(node.Op, node.Type, a, b, c);

    /// <summary>One element of an elementwise operation; operands that the operation lacks are ignored.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="type">The type of its result, for casts.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <param name="c">The third operand.</param>
    public static double Compute(Op op, ElementType type, double a, double b, double c) => op.Info().Element is { } element
        ? element(type, a, b, c)
        : throw new NotSupportedException($"{op} is no elementwise operation.");
}
