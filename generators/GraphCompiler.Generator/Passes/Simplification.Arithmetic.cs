using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// Constants and identities of elementwise operations.
internal static partial class Simplification
{
    static void AddArithmeticRules(AddRule add)
    {
        add(OrderOperands, Where(d => d.IsCommutative));
        add((_, _, node) => node.Inputs[0].Op == node.Op ? node.Inputs[0].Inputs[0] : null, Where(d => d.IsInvolution));
        add((_, _, node) => node.Inputs[0].Op == node.Op ? node.Inputs[0] : null, Where(d => d.IsIdempotent));
        add((_, graph, node) => node.Inputs[0].Op == Op.Negate ? graph.Unary(Op.Abs, node.Inputs[0].Inputs[0]) : null, Op.Abs);
        add((_, _, node) => node.Inputs[0] == node.Inputs[1] ? node.Inputs[0] : null, Op.Maximum, Op.Minimum, Op.And, Op.Or);
        add(CastThereAndBack, Op.Cast);
        add(SimplifyAdd, Op.Add);
        add(SimplifySubtract, Op.Subtract);
        add(SimplifyMultiply, Op.Multiply);
        add(SimplifyDivide, Op.Divide);
        add(SimplifyPower, Op.Power);
        add(SimplifySelect, Op.Select);
        add((_, _, node) => node.Inputs[1].Op != Op.Constant ? null : node.Inputs[1].IsConstant(0) ? node.Inputs[1] : node.Inputs[0], Op.And);
        add((_, _, node) => node.Inputs[1].Op != Op.Constant ? null : node.Inputs[1].IsConstant(0) ? node.Inputs[0] : node.Inputs[1], Op.Or);
    }

    static Op[] Where(Func<OpDefinition, bool> holds) => [.. OpTable.All.Where(holds).Select(d => d.Op)];

    static Node? FoldConstants(Simplifier simplifier, Graph graph, Node node)
    {
        if (node.Inputs.Any(i => i.Op != Op.Constant))
            return null;
        double Value(int i) => i < node.Inputs.Count ? node.Inputs[i].Value : 0;
        double folded = ElementArithmetic.Compute(node, Value(0), Value(1), Value(2));
        // Of an integer that a narrower type does not hold the lower bits are taken, where a float would stop at the largest.
        bool isCut = node.Op == Op.Cast && node.Inputs[0].Type.IsInteger() && !IsExact(Value(0), node.Type);
        return IsExact(folded, node.Type) && !isCut ? graph.Constant(folded, node.Shape, node.Type) : null;
    }

    /// <summary>Whether a constant is what kernels and indices would compute: beyond an integer's range the first wrap and the others do not.</summary>
    static bool IsExact(double value, ElementType type) => type.Info().Integer is not { } integers
        || (value >= integers.Least && value <= integers.Largest && Math.Abs(value) <= LargestExactInteger);

    /// <summary>Up to here the double in which a constant is kept has every integer.</summary>
    const double LargestExactInteger = 1L << 53;

    /// <summary>The constant comes last, else the operands stand in the order they were made: a + b and b + a are one.</summary>
    static Node? OrderOperands(Simplifier simplifier, Graph graph, Node node)
    {
        Node a = node.Inputs[0], b = node.Inputs[1];
        bool swap = a.Op == Op.Constant ? b.Op != Op.Constant : b.Op != Op.Constant && a.Id > b.Id;
        return swap ? graph.Rebuild(node, [b, a]) : null;
    }

    /// <summary>
    /// A type that holds all values of another is no stop on the way from that: bool to float and back is nothing, bfloat16 to float to
    /// binary16 is one cast. Not float to bool and back, which makes every value 0 or 1, nor float to bfloat16 and back, which rounds.
    /// </summary>
    static Node? CastThereAndBack(Simplifier simplifier, Graph graph, Node node)
    {
        var x = node.Inputs[0];
        return x.Op == Op.Cast && x.Type.Holds(x.Inputs[0].Type) ? graph.Cast(x.Inputs[0], node.Type) : null;
    }

    /// <summary>Whether a cast only reads numbers that lie in memory in fewer bits, which costs nothing.</summary>
    static bool IsWidening(Node node) =>
        node.Op == Op.Cast && node.Type.IsFloat() && node.Inputs[0].Type.IsFloat() && node.Type == node.Inputs[0].Type.Arithmetic();

    static Node? SimplifyAdd(Simplifier simplifier, Graph graph, Node node)
    {
        Node a = node.Inputs[0], b = node.Inputs[1];
        if (b.IsConstant(0))
            return a;
        if (b.Op == Op.Negate)
            return graph.Subtract(a, b.Inputs[0]);
        if (a.Op == Op.Negate)
            return graph.Subtract(b, a.Inputs[0]);
        return JoinPads(graph, a, b) ?? JoinPads(graph, b, a);
    }

    static Node? SimplifySubtract(Simplifier simplifier, Graph graph, Node node)
    {
        Node a = node.Inputs[0], b = node.Inputs[1];
        if (b.IsConstant(0))
            return a;
        if (a.IsConstant(0))
            return graph.Unary(Op.Negate, b);
        return b.Op == Op.Negate ? graph.Add(a, b.Inputs[0]) : null;
    }

    static Node? SimplifyMultiply(Simplifier simplifier, Graph graph, Node node)
    {
        Node a = node.Inputs[0], b = node.Inputs[1];
        if (a.Op == Op.Negate && b.Op == Op.Negate)
            return graph.Multiply(a.Inputs[0], b.Inputs[0]);
        if (b.Op != Op.Constant)
            return null;
        double factor = b.Value;
        if (factor == 1)
            return a;
        if (factor == -1)
            return graph.Unary(Op.Negate, a);
        if (factor == 0 && IsFinite(a))
            return graph.Constant(0, node.Shape, node.Type);
        if (a.Op == Op.Negate)
            return graph.Multiply(a.Inputs[0], graph.Constant(-factor, node.Shape, node.Type));
        if (a.Op == Op.Multiply && a.Inputs[1].Op == Op.Constant)
        {
            double inner = a.Inputs[1].Value;
            if ((IsPowerOfTwo(inner) || IsPowerOfTwo(factor)) && IsExact(inner * factor, node.Type))
                return graph.Multiply(a.Inputs[0], graph.Constant(inner * factor, node.Shape, node.Type));
        }
        return null;
    }

    static Node? SimplifyDivide(Simplifier simplifier, Graph graph, Node node)
    {
        Node a = node.Inputs[0], b = node.Inputs[1];
        if (b.Op == Op.Constant && IsPowerOfTwo(b.Value))
            return graph.Multiply(a, graph.Constant(1 / b.Value, node.Shape, node.Type));
        return a.IsConstant(1) && b.Op == Op.Sqrt ? graph.Unary(Op.ReciprocalSqrt, b.Inputs[0]) : null;
    }

    /// <summary>Exponents whose power is a product, a quotient or a root; these are also the more exact ones.</summary>
    static Node? SimplifyPower(Simplifier simplifier, Graph graph, Node node)
    {
        Node x = node.Inputs[0], one = graph.Constant(1, node.Shape);
        if (x.IsConstant(1))
            return one;
        if (node.Inputs[1].Op != Op.Constant)
            return null;
        Node Square() => graph.Multiply(x, x);
        return node.Inputs[1].Value switch
        {
            -2 => graph.Divide(one, Square()),
            -1 => graph.Divide(one, x),
            -0.5 => graph.Unary(Op.ReciprocalSqrt, x),
            0 => one,
            0.5 => graph.Unary(Op.Sqrt, x),
            1 => x,
            2 => Square(),
            3 => graph.Multiply(Square(), x),
            4 => graph.Multiply(Square(), Square()),
            _ => null,
        };
    }

    static Node? SimplifySelect(Simplifier simplifier, Graph graph, Node node)
    {
        Node condition = node.Inputs[0], whenTrue = node.Inputs[1], whenFalse = node.Inputs[2];
        if (condition.Op == Op.Constant)
            return condition.IsConstant(0) ? whenFalse : whenTrue;
        if (whenTrue == whenFalse)
            return whenTrue;
        if (condition.Op == Op.Not)
            return graph.Select(condition.Inputs[0], whenFalse, whenTrue);
        if (whenTrue.Op == Op.Select && whenTrue.Inputs[0] == condition)
            return graph.Select(condition, whenTrue.Inputs[1], whenFalse);
        return whenFalse.Op == Op.Select && whenFalse.Inputs[0] == condition
            ? graph.Select(condition, whenTrue, whenFalse.Inputs[2])
            : null;
    }

    /// <summary>
    /// An elementwise operation on repeated values is done once: f(broadcast a, broadcast b) is the broadcast of f(a, b)
    /// at the common shape of a and b.
    /// </summary>
    static Node? ComputeBeforeBroadcast(Simplifier simplifier, Graph graph, Node node)
    {
        if (IsWidening(node))
            return null;
        var common = new Shape(Enumerable.Repeat((Dim)1, node.Shape.Rank));
        foreach (var input in node.Inputs)
        {
            if (input.Op == Op.Broadcast)
                common = Graph.BroadcastShapes(nameof(Op.Broadcast), common, input.Inputs[0].Shape);
            else if (input.Op != Op.Constant)
                return null;
        }
        if (common.Equals(node.Shape))
            return null;
        var inputs = node.Inputs.Select(i => i.Op == Op.Constant
            ? graph.Constant(i.Value, common, i.Type)
            : graph.BroadcastTo(i.Inputs[0], common));
        return graph.BroadcastTo(ElementwiseLike(graph, node, [.. inputs]), node.Shape);
    }

    /// <summary>The node's elementwise operation on other operands, of another shape.</summary>
    static Node ElementwiseLike(Graph graph, Node node, Node[] inputs) => node.Op switch
    {
        Op.Cast => graph.Cast(inputs[0], node.Type),
        Op.Select => graph.Select(inputs[0], inputs[1], inputs[2]),
        _ => inputs.Length == 1 ? graph.Unary(node.Op, inputs[0]) : graph.Binary(node.Op, inputs[0], inputs[1]),
    };

    static bool IsFinite(Node node) => node.Type.IsInteger() || node.Op is Op.Random or Op.Size
        || (node.Op == Op.Cast && !node.Inputs[0].Type.IsFloat() && node.Type.Spans(node.Inputs[0].Type));

    /// <summary>±2^k with a reciprocal that single precision holds exactly.</summary>
    static bool IsPowerOfTwo(double value)
    {
        double size = Math.Abs(value);
        const long MantissaBits = (1L << 52) - 1;
        return size is >= 1.0 / (1L << 62) and <= 1L << 62 && (BitConverter.DoubleToInt64Bits(size) & MantissaBits) == 0;
    }
}
