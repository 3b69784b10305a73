using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// An element of a tensor: its place in row-major order, or in each axis, as C#. The one is worked out from the other
/// where it is asked for.
/// </summary>
internal sealed class ElementPlace
{
    readonly Shape shape;
    readonly Expression? linear;
    readonly Expression[]? axes;
    readonly ProgramNames names;

    ElementPlace(Shape shape, Expression? linear, Expression[]? axes, ProgramNames names) =>
        (this.shape, this.linear, this.axes, this.names) = (shape, linear, axes, names);

    /// <param name="shape">The tensor's shape.</param>
    /// <param name="linear">The place in row-major order.</param>
    /// <param name="names">What named dimensions are called.</param>
    public static ElementPlace At(Shape shape, Expression linear, ProgramNames names) => new(shape, linear, null, names);

    /// <summary>Where the element lies in memory.</summary>
    public Expression Linear => linear ?? Sum(axes!.Select((place, axis) => shape[axis].IsOne ? Expression.None : Product(place, shape.Product(axis + 1, shape.Rank))));

    public Expression Axis(int axis)
    {
        if (axes is not null)
            return axes[axis];
        if (shape[axis].IsOne)
            return Expression.Zero;
        Dim inner = shape.Product(axis + 1, shape.Rank);
        var place = inner.IsOne ? linear!.Value : linear!.Value / names.SizeExpression(inner);
        return shape.Product(0, axis).IsOne ? place : place % names.SizeExpression(shape[axis]);
    }

    /// <summary>The element of what a layout operation reads.</summary>
    public ElementPlace Through(Node layout)
    {
        var source = layout.Inputs[0].Shape;
        switch (layout.Op)
        {
            case Op.Reshape:
                return At(source, Linear, names);
            case Op.Broadcast:
                // Where only axes of size 1 come in front, or all is one value, the order stays as it is.
                return source.Size == shape.Size ? At(source, Linear, names)
                    : source.Size.IsOne ? At(source, Expression.Zero, names)
                    : new(source, null, [.. Enumerable.Range(0, source.Rank).Select(axis => source[axis].IsOne ? Expression.Zero : Axis(axis))], names);
            case Op.Permute:
                return new(source, null, [.. Enumerable.Range(0, source.Rank).Select(axis => Axis(Array.IndexOf([.. layout.Order], axis)))], names);
            case Op.Slice:
                var part = layout.Part;
                var start = Sum([Expression.Integer(part.Start), part.Offset.Coefficient == 0 ? Expression.None : names.SizeExpression(part.Offset)]);
                return new(source, null, [.. Enumerable.Range(0, source.Rank).Select(axis => axis == part.Axis ? Sum([Product(Axis(axis), part.Step), start]) : Axis(axis))],
                    names);
            default:
                throw new InvalidOperationException($"{layout} moves no integers.");
        }
    }

    static Expression Sum(IEnumerable<Expression> terms) => Expression.Sum([.. terms]) is { IsNone: false } sum ? sum : Expression.Zero;

    Expression Product(Expression place, Dim factor) => place == Expression.Zero ? Expression.None : place.Times(factor, names.Size);
}

/// <summary>
/// Writes an element of a tensor of integers that is computed where a program is called, in 64-bit arithmetic. A value
/// that is used again, or whose expression would be long, is a variable.
/// </summary>
/// <param name="writer">Where variables are declared.</param>
/// <param name="names">What the program calls inputs and named dimensions.</param>
/// <param name="arrayOf">The span of an array of constants.</param>
internal sealed class IndexExpression(SourceWriter writer, ProgramNames names, Func<Node, string> arrayOf)
{
    const int LongestOperand = 40;

    readonly Dictionary<(Node, Expression), Expression> operands = [];

    public Expression Write(Node x, ElementPlace place)
    {
        switch (x.Op)
        {
            case Op.Input:
                var element = Expression.Primary($"{names[x.Name]}[{place.Linear}]");
                return x.Type.IsWide() ? element : Expression.Convert("long", element);
            case Op.ConstantArray:
                return Expression.Convert("long", Expression.Primary($"{arrayOf(x)}[{place.Linear}]"));
            case Op.Constant:
                long number = checked((long)x.Value);
                return Expression.Literal(Literals.Integer(number) + (number == (int)number ? "" : "L"), number < 0);
            case Op.Size:
                return Expression.Convert("long", names.SizeExpression(x.Get<SizeAttributes>().Dim));
            case Op.Iota:
                return Expression.Convert("long", place.Axis(x.Axis));
            case Op.Copy or Op.Index:
                return Write(x.Inputs[0], place);
            case Op.Reshape or Op.Broadcast or Op.Permute or Op.Slice:
                return Write(x.Inputs[0], place.Through(x));
            default:
                return Arithmetic(x, [.. x.Inputs.Select(input => Operand(input, place))]);
        }
    }

    /// <summary>An operand is short, as it may be used again, and what is used again is computed once.</summary>
    Expression Operand(Node x, ElementPlace place)
    {
        var key = (x, place.Linear);
        if (operands.TryGetValue(key, out var operand))
            return operand;
        operand = Write(x, place);
        if (operand.Text.Length > LongestOperand)
        {
            string name = names.Unique("value");
            writer.Line($"{(x.Type == ElementType.Bool ? "bool" : "long")} {name} = {operand};");
            operand = Expression.Primary(name);
        }
        return operands[key] = operand;
    }

    static Expression Arithmetic(Node x, Expression[] operands) => x.Op switch
    {
        Op.Add or Op.Subtract or Op.Multiply or Op.Negate or Op.Equal or Op.NotEqual or Op.Select => Expression.Of(x.Op, operands),
        Op.Maximum => Expression.Primary($"global::System.Math.Max({operands[0]}, {operands[1]})"),
        Op.Minimum => Expression.Primary($"global::System.Math.Min({operands[0]}, {operands[1]})"),
        _ => throw new InvalidOperationException($"{x} cannot be computed before the program runs, and so index nothing."),
    };

    /// <summary>Whether 64 bits hold every value on the way to x, whatever the arguments are.</summary>
    public static bool FitsInLong(Node x)
    {
        var ranges = new Dictionary<Node, (double Least, double Largest)>();
        bool fits = true;
        (double Least, double Largest) RangeOf(Node node)
        {
            if (ranges.TryGetValue(node, out var known))
                return known;
            var operands = node.Inputs.Select(RangeOf).ToArray();
            var range = Range(node, operands);
            fits &= Math.Max(-range.Least, range.Largest) < 1L << 62;
            return ranges[node] = range;
        }
        RangeOf(x);
        return fits;
    }

    static (double Least, double Largest) Range(Node x, (double Least, double Largest)[] operands)
    {
        var (a, b) = (operands.FirstOrDefault(), operands.LastOrDefault());
        switch (x.Op)
        {
            case Op.Input:
                return x.Type.Info().Integer is { } integers ? (integers.Least, integers.Largest) : (0, 1);
            case Op.Constant:
                return (x.Value, x.Value);
            case Op.ConstantArray:
                var numbers = x.Get<ConstantArrayAttributes>().Numbers.All;
                return (numbers.Min(), numbers.Max());
            case Op.Size:
                return (x.Get<SizeAttributes>().Dim.Coefficient, x.Get<SizeAttributes>().Dim.Max);
            case Op.Iota:
                return (0, x.Shape[x.Axis].Max);
            case Op.Add:
                return (a.Least + b.Least, a.Largest + b.Largest);
            case Op.Subtract:
                return (a.Least - b.Largest, a.Largest - b.Least);
            case Op.Negate:
                return (-a.Largest, -a.Least);
            case Op.Equal or Op.NotEqual:
                return (0, 1);
            case Op.Multiply:
                double[] corners = [a.Least * b.Least, a.Least * b.Largest, a.Largest * b.Least, a.Largest * b.Largest];
                return (corners.Min(), corners.Max());
            default:
                return (operands.Min(o => o.Least), operands.Max(o => o.Largest));
        }
    }
}
