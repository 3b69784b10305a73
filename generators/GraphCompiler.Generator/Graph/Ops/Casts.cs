using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Of a cast that is done again although there is an equal one, so that its result need not be kept in between.</summary>
internal sealed record RepeatedAttributes : NodeAttributes
{
    public override string ToString() => "again";
}

/// <summary>Of a cast whose result lies in memory: who needs the value reads it from there, and does not compute it again.</summary>
internal sealed record StoredAttributes : NodeAttributes
{
    public override string ToString() => "stored";
}

internal sealed partial class Graph
{
    /// <summary>
    /// The same value in another type. True is 1; what is not 0 is true; a float becomes the integer next to it towards 0, an
    /// integer its lower bits where the type is narrower, and of a narrower format the nearest number, ties to even, beyond its largest number infinity,
    /// or NaN where it has none.
    /// </summary>
    /// <param name="x">The value.</param>
    /// <param name="type">The type that it gets.</param>
    /// <param name="again">Whether it stays apart from an equal cast, so that the result need not be kept in between.</param>
    public Node Cast(Node x, ElementType type, bool again = false) =>
        x.Type == type ? x : Make(Op.Cast, [x], x.Shape, type, again ? new RepeatedAttributes() : null);

    /// <summary>A value in the type in which it lies in memory.</summary>
    public Node StoredCast(Node x, ElementType type) => Make(Op.Cast, [x], x.Shape, type, new StoredAttributes());

    /// <summary>
    /// The same value in memory of its own, in row-major order. Copies with different names stay apart; layout
    /// legalization makes them where a buffer must be contiguous.
    /// </summary>
    public Node Copy(Node x, string name = "") => Make(Op.Copy, [x], x.Shape, x.Type, new NamedAttributes(name));
}

/// <summary>The same value in another type, or in another place.</summary>
internal static class Casts
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.Cast, OpKind.Elementwise, 1, Cost: 1)
        {
            Element = (type, a, _, _) => Cast(a, type),
            Numbers = (_, y, x) => Numbers(y.Inputs[0].Type, y.Type, x[0]),
            Slope = (_, _, _) => Doubt.None,
            Gradient = (graph, y, d) => [y.Type.IsFloat() && y.Inputs[0].Type.IsFloat() ? graph.Cast(d, y.Inputs[0].Type.Arithmetic()) : null],
        },
        OpDefinition.Unary(Op.Copy, cost: 0, a => a) with { Numbers = (_, _, x) => x[0], Slope = (_, _, _) => Doubt.None, Gradient = (_, _, d) => [d] },
    ];

    /// <summary>What is rounded to a narrower format may become infinite, or 0.</summary>
    static NumberFact Numbers(ElementType from, ElementType to, NumberFact x)
    {
        if (from.IsFloat())
            return to.Holds(from) ? x : x with { Doubt = NumberFact.Max(x.Doubt, Doubt.Overflow), Sign = NumberFact.AtMost(Sign.NotNegative, x.Sign) };
        bool spans = to.Spans(from);
        return new(spans ? Doubt.None : Doubt.Overflow, from == ElementType.Bool ? Sign.NotNegative : x.Sign, IsModest: spans);
    }

    /// <summary>
    /// A value in another type: to a narrower format it is rounded, as an integer it is the one next to it towards 0 as far as there is
    /// one that kernels compute with, of which a narrower type has the lower bits, and any other holds what the oracle computes.
    /// </summary>
    static double Cast(double value, ElementType type) => type == ElementType.Bool ? value != 0 ? 1 : 0
        : type.Info().Integer is { } integers ? LowerBits(Truncated(value, type.Arithmetic().Info().Integer!), integers)
        : type.IsNarrow() && type.IsFloat() ? Rounded(value, type)
        : value;

    static long Truncated(double value, IntegerForm form) => double.IsNaN(value) ? 0
        : value >= form.Largest ? form.Largest
        : value <= form.Least ? form.Least
        : (long)value;

    static long LowerBits(long integer, IntegerForm form)
    {
        if (form.Least == long.MinValue)
            return integer;
        long count = form.Largest - form.Least + 1, place = (integer - form.Least) % count;
        return (place < 0 ? place + count : place) + form.Least;
    }

    /// <summary>
    /// The nearest number of a format, ties to even, of the nearest single-precision number: what is rounded is always a value
    /// that kernels hold in single precision.
    /// </summary>
    public static double Rounded(double value, ElementType format)
    {
        double x = (float)value;
        if (!format.IsNarrow() || x == 0 || double.IsNaN(x))
            return x;
        var (mantissaBits, smallestExponent, largest, hasInfinity) = format.Info().Float!;
        double beyond = hasInfinity ? Math.Sign(x) * double.PositiveInfinity : double.NaN;
        if (double.IsInfinity(x))
            return beyond;
        // The exponent is read from the bits of the double, to which every single-precision number is a normal one.
        int exponent = (int)((BitConverter.DoubleToInt64Bits(x) >> 52) & 0x7FF) - 1023;
        double quantum = Math.Pow(2, Math.Max(exponent, smallestExponent) - mantissaBits);
        double rounded = Math.Round(x / quantum, MidpointRounding.ToEven) * quantum;
        return Math.Abs(rounded) <= largest ? rounded : beyond;
    }
}
