using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>How tightly the outermost operator of an expression binds, the loosest first.</summary>
internal enum Precedence
{
    Conditional,
    Or,
    And,
    Equality,
    Relational,
    Additive,

    /// <summary>Quotients and remainders, which as factors of a product have parentheses for the reader.</summary>
    Quotient,
    Product,
    Unary,
    Cast,
    Primary,

    /// <summary>A literal, whose type a suffix or the place where it stands decides.</summary>
    Literal,
}

/// <summary>
/// An expression of C#, as text, and how tightly it binds: whoever builds a larger one of it sees by that, and not by the text,
/// whether it needs parentheses there.
/// </summary>
/// <param name="Text">The expression.</param>
/// <param name="Precedence">How tightly its outermost operator binds.</param>
internal readonly record struct Expression(string Text, Precedence Precedence)
{
    /// <summary>No expression: a term that a sum does not have.</summary>
    public static Expression None { get; } = Primary("");

    public static Expression Zero { get; } = Integer(0);

    public static Expression One { get; } = Integer(1);

    public bool IsNone => Text.Length == 0;

    /// <summary>What never needs parentheses: a name, a call, an element, what is in parentheses.</summary>
    public static Expression Primary(string text) => new(text, Precedence.Primary);

    /// <summary>A number's literal; that of a negative one begins with an operator.</summary>
    public static Expression Literal(string literal, bool isNegative) => new(literal, isNegative ? Precedence.Unary : Precedence.Literal);

    public static Expression Integer(long value) => Literal(Literals.Integer(value), value < 0);

    /// <summary>A number in single precision.</summary>
    public static Expression Float(double value) =>
        Literal(Literals.Float(value), !float.IsInfinity((float)value) && (value < 0 || (value == 0 && 1 / value < 0)));

    /// <summary>A constant of a type of numbers.</summary>
    public static Expression Number(double value, ElementType type) => type.IsInteger() ? WrappedInteger(value, type.IsWide())
        : type.IsWide() ? Double(value)
        : Float(value);

    /// <summary>A number in double precision.</summary>
    public static Expression Double(double value) => Literal(Literals.Double(value), !double.IsInfinity(value) && (value < 0 || (value == 0 && 1 / value < 0)));

    /// <summary>An integer of 32 bits, of which what is beyond its range has wrapped, or one of 64.</summary>
    public static Expression WrappedInteger(double value, bool isWide)
    {
        string text = Literals.WrappedInteger(value, isWide);
        return Literal(text, text[0] == '-');
    }

    /// <summary>A dimension over the variables that stand for its names.</summary>
    public static Expression Size(Dim dim, Func<string, string> variableOf) => dim.IsConstant
        ? Integer(dim.Value)
        : new(Literals.Size(dim, variableOf), dim.Symbols.Length + (dim.Coefficient != 1 ? 1 : 0) > 1 ? Precedence.Product : Precedence.Primary);

    /// <summary>The sum of the terms that there are and that are not zero; none if none is left. The terms are integers or a pointer: their order does not matter.</summary>
    public static Expression Sum(params Expression[] terms)
    {
        var left = Array.FindAll(terms, term => !term.IsNone && term != Zero);
        return left.Length switch
        {
            0 => None,
            1 => left[0],
            _ => new(string.Join(" + ", left.Select(term => term.Within(Precedence.Additive))), Precedence.Additive),
        };
    }

    /// <summary>The product with a size; none for a size of 0.</summary>
    /// <param name="size">The size.</param>
    /// <param name="write">How it is written.</param>
    public Expression Times(Dim size, Func<Dim, string> write) => size.Coefficient == 0 ? None
        : size.IsOne ? this
        : new($"{Within(Precedence.Product)} * {write(size)}", Precedence.Product);

    /// <summary>The conversion to an integer type that has all values of the expression, which C# makes of literals by itself.</summary>
    public static Expression Widen(string type, Expression operand) => operand.Precedence == Precedence.Literal ? operand : Convert(type, operand);

    public static Expression Convert(string type, Expression operand) => new($"({type}){operand.Within(Precedence.Cast)}", Precedence.Cast);

    /// <summary>The one value or the other.</summary>
    public static Expression Choice(Expression condition, Expression one, Expression other) =>
        new($"{condition.Within(Precedence.Or)} ? {one.Within(Precedence.Or)} : {other.Within(Precedence.Or)}", Precedence.Conditional);

    public Expression Member(string name) => Primary($"{Within(Precedence.Primary)}.{name}");

    public Expression IsNot(string literal) => Binary(this, "!=", Primary(literal), Precedence.Equality);

    /// <summary>An elementwise operation by the operator of C# that it has.</summary>
    public static Expression Of(Op op, IReadOnlyList<Expression> operands) => op switch
    {
        Op.Copy => operands[0],
        Op.Negate => -operands[0],
        Op.Not => !operands[0],
        Op.Add => operands[0] + operands[1],
        Op.Subtract => operands[0] - operands[1],
        Op.Multiply => operands[0] * operands[1],
        Op.Divide => operands[0] / operands[1],
        Op.Less => Comparison(operands[0], "<", operands[1]),
        Op.LessOrEqual => Comparison(operands[0], "<=", operands[1]),
        Op.Greater => Comparison(operands[0], ">", operands[1]),
        Op.GreaterOrEqual => Comparison(operands[0], ">=", operands[1]),
        Op.Equal => Binary(operands[0], "==", operands[1], Precedence.Equality),
        Op.NotEqual => Binary(operands[0], "!=", operands[1], Precedence.Equality),
        Op.And => Binary(operands[0], "&", operands[1], Precedence.And),
        Op.Or => Binary(operands[0], "|", operands[1], Precedence.Or),
        Op.Select => Choice(operands[0], operands[1], operands[2]),
        _ => throw new InvalidOperationException($"C# has no operator for {op}."),
    };

    public static Expression operator -(Expression operand) => new("-" + operand.Within(Precedence.Cast), Precedence.Unary);

    public static Expression operator !(Expression operand) => new("!" + operand.Within(Precedence.Cast), Precedence.Unary);

    public static Expression operator +(Expression left, Expression right) => Binary(left, "+", right, Precedence.Additive);

    public static Expression operator -(Expression left, Expression right) => Binary(left, "-", right, Precedence.Additive);

    public static Expression operator *(Expression left, Expression right) => Binary(left, "*", right, Precedence.Product, Precedence.Unary);

    public static Expression operator /(Expression left, Expression right) => Binary(left, "/", right, Precedence.Quotient, Precedence.Unary);

    public static Expression operator %(Expression left, Expression right) => Binary(left, "%", right, Precedence.Quotient, Precedence.Unary);

    static Expression Binary(Expression left, string sign, Expression right, Precedence precedence) => Binary(left, sign, right, precedence, precedence + 1);

    /// <summary>Signs of comparisons that follow one another could be read as the brackets of type arguments.</summary>
    static Expression Comparison(Expression left, string sign, Expression right) =>
        new($"{left.Within(Precedence.Additive)} {sign} {right.Within(Precedence.Additive)}", Precedence.Relational);

    /// <summary>Operators of C# take their left operand first: the right one must bind more tightly.</summary>
    static Expression Binary(Expression left, string sign, Expression right, Precedence precedence, Precedence leastOfRight) =>
        new($"{left.Within(precedence)} {sign} {right.Within(leastOfRight)}", precedence);

    /// <summary>The text, in parentheses where it binds less tightly than asked for.</summary>
    public string Within(Precedence least) => Precedence < least ? $"({Text})" : Text;

    /// <summary>The text where nothing stands beside it: an argument, the right side of an assignment.</summary>
    public override string ToString() => Text;

    /// <inheritdoc cref="ToString"/>
    public static implicit operator string(Expression expression) => expression.Text;
}
