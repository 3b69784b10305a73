using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// What masks on scores [batch…, heads…, queries, keys] come to. A condition is taken apart at its And, or, where it is
/// negated, at its Or; each part must be one of
/// <list type="bullet">
/// <item>a comparison of numbers that are linear in the query's and the key's index: it bounds their distance;</item>
/// <item>a truth value of keys, the same for all queries and heads: it joins the key mask;</item>
/// <item>a number of two values compared with a constant: the condition that chooses between the two.</item>
/// </list>
/// A node's axes are followed to the scores' axes through whatever reshapes, broadcasts, permutes and slices them.
/// </summary>
internal sealed class AttentionMask
{
    /// <summary>A score this low has no weight beside any other.</summary>
    public const double OutOfSight = -1e4;

    readonly Shape scores;
    readonly List<(Node Condition, Axis[] Axes, bool IsNegated)> keyMasks = [];

    /// <summary>Bounds of the query's position less the key's, the last query standing at the last key.</summary>
    double nearest = double.NegativeInfinity, farthest = double.PositiveInfinity;

    public AttentionMask(Shape scores) => this.scores = scores;

    int Queries => scores.Rank - 2;

    int Keys => scores.Rank - 1;

    /// <summary>An axis of a node as an axis of the scores, read from a start in steps; −1 for one of size 1.</summary>
    readonly record struct Axis(int OfScores, long Start, long Step);

    /// <summary>Whether a masked score is so low that its weight is 0.</summary>
    public static bool IsOutOfSight(double score) => score <= OutOfSight;

    /// <summary>Whether a number that is added to scores, times a factor, is everywhere 0 or puts them out of sight, by conditions.</summary>
    public static bool Hides(Node mask, double factor)
    {
        if (mask.Op == Op.Add)
            return Hides(mask.Inputs[0], factor) && Hides(mask.Inputs[1], factor);
        if (LayoutResolution.IsView(mask))
            return Hides(mask.Inputs[0], factor);
        if (Choice(mask, new Axis[mask.Shape.Rank]) is not { } choice)
            return false;
        double whenTrue = choice.WhenTrue * factor, whenFalse = choice.WhenFalse * factor;
        return (whenTrue == 0 && IsOutOfSight(whenFalse)) || (whenFalse == 0 && IsOutOfSight(whenTrue));
    }

    /// <summary>The one value of a node that is computed from constants; null for others.</summary>
    public static double? ConstantOf(Node node)
    {
        if (node.Op == Op.Constant)
            return node.Value;
        if (LayoutResolution.IsView(node))
            return ConstantOf(node.Inputs[0]);
        if (node.Kind != OpKind.Elementwise)
            return null;
        double[] operands = new double[3];
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (ConstantOf(node.Inputs[i]) is not { } operand)
                return null;
            operands[i] = operand;
        }
        return ElementArithmetic.Compute(node, operands[0], operands[1], operands[2]);
    }

    /// <summary>Takes in that only scores where the condition holds, or does not, are seen; false if it is not a mask of attention.</summary>
    public bool TryRestrict(Node condition, bool isNegated) => Restrict(condition, ScoreAxes(condition), isNegated);

    /// <summary>Takes in a mask that is added to the scores, times a factor.</summary>
    public bool TryAdd(Node mask, double factor) => Add(mask, ScoreAxes(mask), factor);

    Axis[] ScoreAxes(Node node) => [.. node.Shape.Select((size, axis) => new Axis(size.IsOne ? -1 : axis + scores.Rank - node.Shape.Rank, 0, 1))];

    bool Add(Node node, Axis[] axes, double factor)
    {
        if (node.Op == Op.Add)
            return Add(node.Inputs[0], axes, factor) && Add(node.Inputs[1], axes, factor);
        if (ThroughLayout(node, axes) is { } inner)
            return Add(node.Inputs[0], inner, factor);
        if (Choice(node, axes) is not { } choice)
            return false;
        double whenTrue = choice.WhenTrue * factor, whenFalse = choice.WhenFalse * factor;
        return whenTrue == 0 && IsOutOfSight(whenFalse) ? Restrict(choice.Condition, choice.Axes, isNegated: false)
            : whenFalse == 0 && IsOutOfSight(whenTrue) && Restrict(choice.Condition, choice.Axes, isNegated: true);
    }

    bool Restrict(Node condition, Axis[] axes, bool isNegated)
    {
        if (IsOfKeys(condition, axes))
        {
            keyMasks.Add((condition, axes, isNegated));
            return true;
        }
        if (ThroughLayout(condition, axes) is { } inner)
            return Restrict(condition.Inputs[0], inner, isNegated);
        switch (condition.Op)
        {
            case Op.Not:
                return Restrict(condition.Inputs[0], axes, !isNegated);
            case Op.And when !isNegated:
            case Op.Or when isNegated:
                return Restrict(condition.Inputs[0], axes, isNegated) && Restrict(condition.Inputs[1], axes, isNegated);
            case Op.Cast when condition.Inputs[0].Type != ElementType.Bool:
                return RestrictByChoice(Op.NotEqual, condition.Inputs[0], 0, axes, isNegated);
            case Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual or Op.Equal or Op.NotEqual:
                Node a = condition.Inputs[0], b = condition.Inputs[1];
                return RestrictDistance(condition.Op, a, b, axes, isNegated)
                    || (ConstantOf(b) is { } right && RestrictByChoice(condition.Op, a, right, axes, isNegated))
                    || (ConstantOf(a) is { } left && RestrictByChoice(Mirrored(condition.Op), b, left, axes, isNegated));
            default:
                return false;
        }
    }

    // Numbers of two values.

    sealed record TwoValues(Node Condition, Axis[] Axes, double WhenTrue, double WhenFalse);

    bool RestrictByChoice(Op comparison, Node number, double constant, Axis[] axes, bool isNegated)
    {
        if (Choice(number, axes) is not { } choice)
            return false;
        bool Holds(double value) => (ElementArithmetic.Compute(comparison, ElementType.Bool, value, constant, 0) != 0) != isNegated;
        bool whenTrue = Holds(choice.WhenTrue), whenFalse = Holds(choice.WhenFalse);
        return whenTrue != whenFalse ? Restrict(choice.Condition, choice.Axes, isNegated: whenFalse) : whenTrue;
    }

    static TwoValues? Choice(Node node, Axis[] axes)
    {
        if (ThroughLayout(node, axes) is { } inner)
            return Choice(node.Inputs[0], inner);
        if (node.Kind != OpKind.Elementwise || node.Op == Op.Copy)
            return null;
        if (node.Op == Op.Cast && node.Inputs[0].Type == ElementType.Bool)
            return new TwoValues(node.Inputs[0], axes, 1, 0);
        if (node.Op == Op.Select)
        {
            return ConstantOf(node.Inputs[1]) is { } whenTrue && ConstantOf(node.Inputs[2]) is { } whenFalse
                ? new TwoValues(node.Inputs[0], axes, whenTrue, whenFalse)
                : null;
        }
        if (node.Inputs.Count(i => ConstantOf(i) is null) != 1)
            return null;
        int varying = ConstantOf(node.Inputs[0]) is null ? 0 : 1;
        if (Choice(node.Inputs[varying], axes) is not { } choice)
            return null;
        double Apply(double value)
        {
            double Operand(int i) => i == varying ? value : i < node.Inputs.Count ? ConstantOf(node.Inputs[i])!.Value : 0;
            return ElementArithmetic.Compute(node, Operand(0), Operand(1), 0);
        }
        return choice with { WhenTrue = Apply(choice.WhenTrue), WhenFalse = Apply(choice.WhenFalse) };
    }

    // Distances of query and key.

    /// <summary>A sum of multiples of a query's index, a key's index, the numbers of queries and keys, where they are named, and 1.</summary>
    readonly record struct Linear(double OfQuery, double OfKey, double OfQueries, double OfKeys, double Constant)
    {
        public static Linear Of(double constant) => new(0, 0, 0, 0, constant);

        public bool IsConstant => this == Of(Constant);

        public static Linear operator +(Linear a, Linear b) =>
            new(a.OfQuery + b.OfQuery, a.OfKey + b.OfKey, a.OfQueries + b.OfQueries, a.OfKeys + b.OfKeys, a.Constant + b.Constant);

        public static Linear operator *(Linear a, double factor) =>
            new(a.OfQuery * factor, a.OfKey * factor, a.OfQueries * factor, a.OfKeys * factor, a.Constant * factor);

        public static Linear operator -(Linear a, Linear b) => a + (b * -1);
    }

    bool RestrictDistance(Op comparison, Node a, Node b, Axis[] axes, bool isNegated)
    {
        if (isNegated)
            comparison = Opposite(comparison);
        if (a.Op == Op.Abs || b.Op == Op.Abs)
        {
            if (a.Op != Op.Abs)
                (comparison, a, b) = (Mirrored(comparison), b, a);
            return comparison is Op.Less or Op.LessOrEqual
                && LinearOf(a.Inputs[0], axes) is { } inside && LinearOf(b, axes) is { IsConstant: true } limit
                && Bound(comparison, inside - limit)
                && Bound(comparison, (inside * -1) - limit);
        }
        return LinearOf(a, axes) is { } left && LinearOf(b, axes) is { } right && Bound(comparison, left - right);
    }

    /// <summary>Takes in that a linear expression compares so with 0.</summary>
    bool Bound(Op comparison, Linear value)
    {
        if (value.OfQuery == 0 || value.OfQuery != -value.OfKey)
            return false;
        if (value.OfQuery < 0)
            comparison = Mirrored(comparison);
        if (Aligned(value * (-1 / value.OfQuery)) is not { } limit)
            return false;
        switch (comparison)
        {
            case Op.Less:
                farthest = Math.Min(farthest, Math.Ceiling(limit) - 1);
                return true;
            case Op.LessOrEqual:
                farthest = Math.Min(farthest, Math.Floor(limit));
                return true;
            case Op.Greater:
                nearest = Math.Max(nearest, Math.Floor(limit) + 1);
                return true;
            case Op.GreaterOrEqual:
                nearest = Math.Max(nearest, Math.Ceiling(limit));
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// A limit of the query's index less the key's as one of the distance, which also counts how many more keys than
    /// queries there are; null where it is not a number whatever the named dimensions are.
    /// </summary>
    double? Aligned(Linear limit)
    {
        Dim queries = scores[Queries], keys = scores[Keys];
        double ofQueries = limit.OfQueries - 1, ofKeys = limit.OfKeys + 1;
        if (queries == keys)
            (ofQueries, ofKeys) = (ofQueries + ofKeys, 0);
        if ((ofQueries != 0 && !queries.IsConstant) || (ofKeys != 0 && !keys.IsConstant))
            return null;
        return limit.Constant + (ofQueries == 0 ? 0 : ofQueries * queries.Value) + (ofKeys == 0 ? 0 : ofKeys * keys.Value);
    }

    Linear? LinearOf(Node node, Axis[] axes)
    {
        if (ConstantOf(node) is { } constant)
            return Linear.Of(constant);
        if (ThroughLayout(node, axes) is { } inner)
            return LinearOf(node.Inputs[0], inner);
        switch (node.Op)
        {
            case Op.Iota:
                var axis = axes[node.Axis];
                return axis.OfScores == Queries ? Linear.Of(axis.Start) with { OfQuery = axis.Step }
                    : axis.OfScores == Keys ? Linear.Of(axis.Start) with { OfKey = axis.Step }
                    : axis.OfScores < 0 ? Linear.Of(axis.Start)
                    : null;
            case Op.Size:
                return node.Get<SizeAttributes>().Dim == scores[Queries] ? Linear.Of(0) with { OfQueries = 1 }
                    : node.Get<SizeAttributes>().Dim == scores[Keys] ? Linear.Of(0) with { OfKeys = 1 }
                    : null;
            case Op.Cast when node.Inputs[0].Type.IsComputedInteger() && !node.Type.IsNarrow():
                return LinearOf(node.Inputs[0], axes);
            case Op.Negate:
                return LinearOf(node.Inputs[0], axes) is { } x ? x * -1 : null;
            case Op.Add:
                return LinearOf(node.Inputs[0], axes) is { } a && LinearOf(node.Inputs[1], axes) is { } b ? a + b : null;
            case Op.Subtract:
                return LinearOf(node.Inputs[0], axes) is { } left && LinearOf(node.Inputs[1], axes) is { } right ? left - right : null;
            case Op.Multiply:
                return ConstantOf(node.Inputs[1]) is { } second && LinearOf(node.Inputs[0], axes) is { } first ? first * second
                    : ConstantOf(node.Inputs[0]) is { } factor && LinearOf(node.Inputs[1], axes) is { } other ? other * factor
                    : null;
            default:
                return null;
        }
    }

    static Op Mirrored(Op comparison) => comparison switch
    {
        Op.Less => Op.Greater,
        Op.LessOrEqual => Op.GreaterOrEqual,
        Op.Greater => Op.Less,
        Op.GreaterOrEqual => Op.LessOrEqual,
        _ => comparison,
    };

    static Op Opposite(Op comparison) => comparison switch
    {
        Op.Less => Op.GreaterOrEqual,
        Op.LessOrEqual => Op.Greater,
        Op.Greater => Op.LessOrEqual,
        Op.GreaterOrEqual => Op.Less,
        Op.Equal => Op.NotEqual,
        _ => Op.Equal,
    };

    // Layout.

    /// <summary>The axes of the operand of a layout operation; null where it is none, or mixes axes.</summary>
    static Axis[]? ThroughLayout(Node node, Axis[] axes)
    {
        switch (node.Op)
        {
            case Op.Broadcast:
                return [.. node.Inputs[0].Shape.Select((size, axis) => size.IsOne ? new Axis(-1, 0, 1) : axes[axis])];
            case Op.Permute:
                var permuted = new Axis[axes.Length];
                for (int axis = 0; axis < axes.Length; axis++)
                    permuted[node.Order[axis]] = axes[axis];
                return permuted;
            case Op.Slice when node.Part is { HasConstantStart: true } part:
                var sliced = (Axis[])axes.Clone();
                var read = axes[part.Axis];
                sliced[part.Axis] = new Axis(read.OfScores, part.Start + (part.Step * read.Start), part.Step * read.Step);
                return sliced;
            case Op.Reshape:
                return ThroughReshape(node, axes);
            default:
                return null;
        }
    }

    /// <summary>A reshape that only adds and drops axes of size 1.</summary>
    static Axis[]? ThroughReshape(Node node, Axis[] axes)
    {
        var source = node.Inputs[0].Shape;
        var longAxes = new Queue<int>(Enumerable.Range(0, node.Shape.Rank).Where(axis => !node.Shape[axis].IsOne));
        var result = new Axis[source.Rank];
        for (int axis = 0; axis < source.Rank; axis++)
        {
            result[axis] = new Axis(-1, 0, 1);
            if (source[axis].IsOne)
                continue;
            if (longAxes.Count == 0 || node.Shape[longAxes.Peek()] != source[axis])
                return null;
            result[axis] = axes[longAxes.Dequeue()];
        }
        return longAxes.Count == 0 ? result : null;
    }

    // Masks of keys.

    /// <summary>Whether a condition depends on the batch and the key alone; which axes are the batch is decided later.</summary>
    bool IsOfKeys(Node condition, Axis[] axes)
    {
        int last = -1;
        foreach (var axis in axes.Where(a => a.OfScores >= 0))
        {
            if (axis.OfScores <= last || axis.OfScores == Queries || axis.Start != 0 || axis.Step != 1)
                return false;
            last = axis.OfScores;
        }
        return condition.Op != Op.Broadcast && ConstantOf(condition) is null;
    }

    /// <summary>Whether the masks are of the kinds that attention has, if so many axes before the queries are heads.</summary>
    public bool IsOfAttention(int headAxes)
    {
        int batchAxes = Queries - headAxes;
        bool onlyBatch = keyMasks.All(m => m.Axes.All(a => a.OfScores < batchAxes || a.OfScores == Keys));
        return onlyBatch && TryForm(out _, out _);
    }

    public AttentionForm Form(AttentionForm form)
    {
        TryForm(out bool isCausal, out int window);
        return form with { IsCausal = isCausal, Window = window };
    }

    /// <summary>The bounds of the distance as a causal mask and a window; bounds that no distance reaches are none.</summary>
    bool TryForm(out bool isCausal, out int window)
    {
        double leastDistance = 1 - scores[Queries].Max, mostDistance = scores[Keys].Max - 1;
        bool isOpenBelow = nearest <= leastDistance, isOpenAbove = farthest >= mostDistance;
        isCausal = !isOpenBelow && nearest == 0;
        double reach = isOpenAbove && !isCausal ? -nearest : farthest;
        bool hasWindow = isCausal ? !isOpenAbove : !(isOpenBelow && isOpenAbove);
        window = hasWindow && reach >= 0 && reach < int.MaxValue ? (int)reach + 1 : 0;
        if (!hasWindow)
            return isCausal || (isOpenBelow && isOpenAbove);
        bool fitsBelow = isCausal || nearest == -reach || (isOpenBelow && -reach <= leastDistance);
        bool fitsAbove = farthest == reach || (isOpenAbove && reach >= mostDistance);
        return window > 0 && fitsBelow && fitsAbove;
    }

    /// <summary>All masks of keys in one, [batch…, keys]; null if there is none.</summary>
    public Node? BuildKeyMask(Graph graph, Func<Node, Node> mapped, IReadOnlyList<Dim> batch)
    {
        Node? result = null;
        var shape = new Shape([.. batch, scores[Keys]]);
        foreach (var (condition, axes, isNegated) in keyMasks)
        {
            var sizes = Enumerable.Repeat((Dim)1, shape.Rank).ToArray();
            foreach (var axis in axes.Where(a => a.OfScores >= 0))
                sizes[axis.OfScores == Keys ? shape.Rank - 1 : axis.OfScores] = scores[axis.OfScores];
            var mask = graph.BroadcastTo(graph.Reshape(mapped(condition), new Shape(sizes)), shape);
            mask = isNegated ? graph.Unary(Op.Not, mask) : mask;
            result = result is null ? mask : graph.Binary(Op.And, result, mask);
        }
        return result;
    }
}
