using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// How each elementwise operation is written over single numbers or fours, from functions alone that every device of ILGPU
/// has or that our own kernels define. Bool values are C# bools, and are turned into numbers by a condition only: their
/// conversion is wrong on some devices. An operation without a row is an operator, or the function of DeviceMath of its name.
/// </summary>
/// <param name="lanes">How many elements a thread has at a time.</param>
internal sealed class IlgpuDialect(int lanes) : Dialect
{
    /// <summary>What is written with an operator, unless there is a call for it below.</summary>
    static readonly HashSet<Op> Operators =
    [
        Op.Negate, Op.Not, Op.Copy, Op.Add, Op.Subtract, Op.Multiply, Op.Divide, Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual,
        Op.Equal, Op.NotEqual, Op.And, Op.Or, Op.Select,
    ];

    static readonly Dictionary<Op, string> Calls = new()
    {
        [Op.Abs] = "MathF.Abs({0})",
        [Op.Sqrt] = "MathF.Sqrt({0})",
        [Op.Floor] = "MathF.Floor({0})",
        [Op.Maximum] = "DeviceMath.Max({0}, {1})",
        [Op.Minimum] = "DeviceMath.Min({0}, {1})",
    };

    /// <summary>What is written differently where the operands are of double precision, which a thread has one of.</summary>
    static readonly Dictionary<Op, string> DoubleCalls = new()
    {
        [Op.Abs] = "Math.Abs({0})",
        [Op.Sqrt] = "Math.Sqrt({0})",
        [Op.Floor] = "Math.Floor({0})",
    };

    /// <summary>What C# does not write over fours as over single numbers.</summary>
    static readonly Dictionary<Op, string> FourCalls = new()
    {
        [Op.Abs] = "DeviceMath.Abs({0})",
        [Op.Sqrt] = "DeviceMath.Sqrt({0})",
        [Op.Floor] = "DeviceMath.Floor({0})",
        [Op.Equal] = "Four.Equal({0}, {1})",
        [Op.NotEqual] = "Four.NotEqual({0}, {1})",
        [Op.Select] = "Four.Select({0}, {1}, {2})",
    };

    /// <summary>What is written differently where the operands are integers.</summary>
    static readonly Dictionary<Op, string> IntegerCalls = new()
    {
        [Op.Maximum] = "Math.Max({0}, {1})",
        [Op.Minimum] = "Math.Min({0}, {1})",
    };

    /// <summary>What C# does not write over four integers as over single ones.</summary>
    static readonly Dictionary<Op, string> FourIntegersCalls = new()
    {
        [Op.Maximum] = "FourIntegers.Max({0}, {1})",
        [Op.Minimum] = "FourIntegers.Min({0}, {1})",
        [Op.Equal] = "FourIntegers.Equal({0}, {1})",
        [Op.NotEqual] = "FourIntegers.NotEqual({0}, {1})",
        [Op.Select] = "FourIntegers.Select({0}, {1}, {2})",
    };

    public override string TypeOf(Node node) => ElementLanes.TypeOf(node.Type, lanes);

    public override Expression Write(Node node, IReadOnlyList<Expression> operands)
    {
        if (node.Op == Op.Cast)
            return Cast(node, operands[0], lanes);
        if (node.Op == Op.ReciprocalSqrt)
            return Expression.Number(1, node.Type) / Call(Op.Sqrt, CallOf(Op.Sqrt, node.Type, lanes), operands);
        if (node.Op is Op.Equal or Op.NotEqual && node.Inputs[0] == node.Inputs[1] && lanes == 1)
            return WithItself(node, operands[0]);
        // The last operand of a choice is what it chooses; of all others, all operands have one type.
        string? call = CallOf(node.Op, node.Inputs[node.Inputs.Count - 1].Type, lanes);
        return call is null && Operators.Contains(node.Op) ? Expression.Of(node.Op, operands) : Call(node.Op, call, operands);
    }

    /// <summary>Only NaN is not equal to itself. C# warns of a variable that is compared with itself, in the user's build.</summary>
    static Expression WithItself(Node node, Expression operand)
    {
        if (!node.Inputs[0].Type.IsFloat())
            return Expression.Primary(node.Op == Op.Equal ? "true" : "false");
        var isNaN = Expression.Primary($"DeviceMath.IsNaN({operand})");
        return node.Op == Op.Equal ? !isNaN : isNaN;
    }

    static Expression Call(Op op, string? call, IReadOnlyList<Expression> operands) => Expression.Primary(call is not null
        ? string.Format(CultureInfo.InvariantCulture, call, [.. operands.Select(operand => operand.Text)])
        : $"DeviceMath.{op}({string.Join(", ", operands)})");

    static string? CallOf(Op op, ElementType type, int lanes)
    {
        var special = type.IsWideFloat() ? DoubleCalls
            : type.IsInteger() ? lanes == 1 ? IntegerCalls : FourIntegersCalls
            : lanes == 1 ? null : FourCalls;
        return (special is not null && special.TryGetValue(op, out string? call)) || Calls.TryGetValue(op, out call) ? call : null;
    }

    /// <summary>What converts numbers, and takes of a narrower type what it holds.</summary>
    static Expression Cast(Node node, Expression operand, int lanes)
    {
        ElementType from = node.Inputs[0].Type, to = node.Type;
        var converted = (from.Arithmetic(), to.Arithmetic()) switch
        {
            (ElementType.Bool, ElementType.Float64) => Either(operand, "1d", "0d", "", lanes),
            (ElementType.Int32 or ElementType.Int64 or ElementType.Float32, ElementType.Float64) => Expression.Convert("double", operand),
            (ElementType.Float64, ElementType.Bool) => operand.IsNot("0d"),
            (ElementType.Float64, ElementType.Int32) => Expression.Primary($"DeviceMath.ToInteger({operand})"),
            (ElementType.Float64, ElementType.Int64) => Expression.Primary($"DeviceMath.ToLong({operand})"),
            (ElementType.Float64, ElementType.Float32) => Expression.Convert("float", operand),
            (ElementType.Bool, ElementType.Int64) => Either(operand, "1L", "0L", "", lanes),
            (ElementType.Int32, ElementType.Int64) => Expression.Convert("long", operand),
            (ElementType.Float32, ElementType.Int64) => Expression.Primary($"DeviceMath.ToLong({operand})"),
            (ElementType.Int64, ElementType.Bool) => operand.IsNot("0"),
            (ElementType.Int64, ElementType.Int32) => Expression.Convert("int", operand),
            (ElementType.Int64, ElementType.Float32) => Expression.Convert("float", operand),
            (ElementType.Bool, ElementType.Int32) => Either(operand, "1", "0", "FourIntegers", lanes),
            (ElementType.Bool, ElementType.Float32) => Number(operand, lanes),
            (ElementType.Int32, ElementType.Bool) => lanes == 1 ? operand.IsNot("0") : Expression.Primary($"FourIntegers.NotEqual({operand}, 0)"),
            (ElementType.Int32, ElementType.Float32) => ToFloat(operand, lanes),
            (ElementType.Float32, ElementType.Bool) => lanes == 1 ? operand.IsNot("0f") : Expression.Primary($"Four.NotEqual({operand}, 0f)"),
            (ElementType.Float32, ElementType.Int32) => Expression.Primary(lanes == 1 ? $"DeviceMath.ToInteger({operand})" : $"FourIntegers.Truncate({operand})"),
            _ => operand,
        };
        return !to.IsNarrow() || to.Holds(from) ? converted : Expression.Primary($"{DeviceLibrary.ViewOf(to)}.Narrow({converted})");
    }

    static Expression ToFloat(Expression integer, int lanes) =>
        lanes > 1 ? Expression.Primary($"FourIntegers.ToFloats({integer})") : Expression.Convert("float", integer);

    static Expression Number(Expression flag, int lanes) => Either(flag, "1f", "0f", "Four", lanes);

    static Expression Either(Expression flag, string one, string other, string four, int lanes) => lanes == 1
        ? Expression.Choice(flag, Expression.Primary(one), Expression.Primary(other))
        : Expression.Primary($"{four}.Select({flag}, {one}, {other})");

    /// <summary>The statement that takes a value into a running total.</summary>
    public static string Accumulate(Op reduction, string total, string value) => reduction is Op.ReduceSum or Op.ReduceMean
        ? $"{total} += {value};"
        : $"{total} = {FunctionOf(reduction)}({total}, {value});";

    static string FunctionOf(Op reduction) => reduction == Op.ReduceMax ? "DeviceMath.Max" : "DeviceMath.Min";

    /// <summary>
    /// What elements contribute to a mean that is measured from an origin (the CPU's VectorMath.Mean.cs has the arithmetic):
    /// half of how far they are from it, divided by their number, which is given as a factor.
    /// </summary>
    public static Expression ShareOfMean(Expression value, string origin, Expression count)
    {
        var half = Expression.Primary("0.5f");
        return (value * half - Expression.Primary(origin) * half) * (Expression.Primary("1f") / count);
    }

    /// <summary>The name of the function that combines numbers: what a mean takes in is added up.</summary>
    static string NameOf(Op reduction) => reduction == Op.ReduceMean ? "Sum" : reduction.ToString().Replace("Reduce", "");

    /// <summary>The totals of a thread's elements combined to one number.</summary>
    public static Expression CombineLanes(Op reduction, Expression total, int lanes) => lanes == 1 ? total : total.Member(NameOf(reduction) + "()");

    /// <summary>The totals of so many threads combined to one number.</summary>
    public static string CombineThreads(Op reduction, string total, string threads) =>
        $"reduction.{NameOf(reduction)}({total}, shared, {threads})";
}
