using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

internal sealed partial class Graph
{
    /// <summary>Takes <paramref name="whenTrue"/> where the condition holds, else <paramref name="whenFalse"/>.</summary>
    public Node Select(Node condition, Node whenTrue, Node whenFalse)
    {
        Require(Op.Select, condition, ElementType.Bool);
        if (whenTrue.Type != whenFalse.Type)
            throw new ShapeException($"Select takes two branches of one element type, not {whenTrue.Type} and {whenFalse.Type}");
        var shape = BroadcastShapes("Select", BroadcastShapes("Select", condition.Shape, whenTrue.Shape), whenFalse.Shape);
        return Make(Op.Select, [BroadcastTo(condition, shape), BroadcastTo(whenTrue, shape), BroadcastTo(whenFalse, shape)], shape, whenTrue.Type);
    }
}

/// <summary>Comparisons, logic and selection.</summary>
internal static class Comparisons
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        Comparison(Op.Less, (a, b) => a < b),
        Comparison(Op.LessOrEqual, (a, b) => a <= b),
        Comparison(Op.Greater, (a, b) => a > b),
        Comparison(Op.GreaterOrEqual, (a, b) => a >= b),
        Comparison(Op.Equal, (a, b) => a == b) with { Function = "Equal", IsCommutative = true },
        Comparison(Op.NotEqual, (a, b) => a != b) with { Function = "NotEqual", IsCommutative = true },
        Comparison(Op.And, (a, b) => a != 0 && b != 0) with { Types = ElementRule.TruthValues, IsCommutative = true },
        Comparison(Op.Or, (a, b) => a != 0 || b != 0) with { Types = ElementRule.TruthValues, IsCommutative = true },
        OpDefinition.Unary(Op.Not, cost: 1, a => Truth(a == 0)) with { Types = ElementRule.TruthValues, IsInvolution = true },
        new(Op.Select, OpKind.Elementwise, 3, Cost: 1)
        {
            Element = (_, condition, whenTrue, whenFalse) => condition != 0 ? whenTrue : whenFalse,
            Numbers = OfSelect,
            Slope = (_, _, _) => Doubt.None,
            Choice = ChoiceRule.Condition,
            Gradient = (graph, y, d) =>
                [null, graph.Select(y.Inputs[0], d, graph.Zero(d.Type)), graph.Select(y.Inputs[0], graph.Zero(d.Type), d)],
        },
    ];

    static NumberFact OfSelect(Finiteness facts, Node y, IReadOnlyList<NumberFact> x) => new(
        NumberFact.Max(x[1].Doubt, x[2].Doubt), IsLowerBound(y) ? x[1].Sign : NumberFact.AtMost(x[1].Sign, x[2].Sign), x[1].IsModest && x[2].IsModest);

    /// <summary>A clamp from below: x &lt; bound ? bound : x.</summary>
    static bool IsLowerBound(Node select) => select.Inputs[0] is { Op: Op.Less or Op.LessOrEqual } below
        && below.Inputs[1] == select.Inputs[1] && below.Inputs[0] == select.Inputs[2];

    static OpDefinition Comparison(Op op, Func<double, double, bool> holds) =>
        OpDefinition.Binary(op, cost: 1, (a, b) => Truth(holds(a, b))) with { Types = ElementRule.Comparison };

    static double Truth(bool condition) => condition ? 1 : 0;
}
