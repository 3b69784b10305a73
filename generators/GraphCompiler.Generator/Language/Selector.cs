using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

/// <summary>A place in an axis, or its end, counted from either side. It may be a named dimension.</summary>
internal readonly record struct AxisPlace(Dim Offset, bool FromEnd)
{
    /// <summary>The position in an axis: a constant and a named part, 0 if there is none; false if it is a sum of two names.</summary>
    public bool TryResolve(Dim size, out (int Constant, Dim Named) place)
    {
        var (first, second) = FromEnd ? (size, Offset * -1) : (Offset, 0);
        if (first.TryAdd(second, out var sum))
            (first, second) = (sum, 0);
        if (first.IsConstant)
            (first, second) = (second, first);
        place = second.IsConstant ? (second.Value, first) : default;
        return second.IsConstant;
    }
}

/// <summary>What an index says of one axis.</summary>
internal abstract record Selector;

/// <summary>A part of the axis, which stays.</summary>
internal sealed record RangeSelector(AxisPlace Start, AxisPlace End) : Selector
{
    public bool IsAll => Start is { Offset.Coefficient: 0, FromEnd: false } && End is { Offset.Coefficient: 0, FromEnd: true };
}

/// <summary>One position of the axis, which goes.</summary>
internal sealed record PositionSelector(AxisPlace Place) : Selector;
