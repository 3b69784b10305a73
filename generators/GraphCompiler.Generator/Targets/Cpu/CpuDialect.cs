using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// How each elementwise operation is written over vectors of type V. Bool values are masks of all ones or zeros; Int32
/// values are the lanes' bits. An operation without a row is an operator, or the function of V of its name; integers may have a row of their own,
/// and lanes of 64 bits are those of <c>Longs</c> and <c>Doubles</c>.
/// </summary>
internal sealed class CpuDialect : Dialect
{
    public static CpuDialect Instance { get; } = new();

    /// <summary>What vectors have operators for.</summary>
    static readonly HashSet<Op> Operators = [Op.Negate, Op.Copy, Op.Add, Op.Subtract, Op.Multiply, Op.Divide];

    static readonly Dictionary<Op, string> Calls = new()
    {
        [Op.Maximum] = "V.Max({0}, {1})",
        [Op.Minimum] = "V.Min({0}, {1})",
        [Op.Less] = "V.LessThan({0}, {1})",
        [Op.LessOrEqual] = "V.LessThanOrEqual({0}, {1})",
        [Op.Greater] = "V.GreaterThan({0}, {1})",
        [Op.GreaterOrEqual] = "V.GreaterThanOrEqual({0}, {1})",
    };

    /// <summary>What is written differently where the operands are integers.</summary>
    static readonly Dictionary<Op, string> IntegerCalls = new()
    {
        [Op.Negate] = "V.SubtractBits(V.Zero, {0})",
        [Op.Add] = "V.AddBits({0}, {1})",
        [Op.Subtract] = "V.SubtractBits({0}, {1})",
        [Op.Multiply] = "V.MultiplyBits({0}, {1})",
        [Op.Maximum] = "V.MaxBits({0}, {1})",
        [Op.Minimum] = "V.MinBits({0}, {1})",
        [Op.Less] = "V.LessThanBits({0}, {1})",
        [Op.LessOrEqual] = "V.Not(V.LessThanBits({1}, {0}))",
        [Op.Greater] = "V.LessThanBits({1}, {0})",
        [Op.GreaterOrEqual] = "V.Not(V.LessThanBits({0}, {1}))",
        [Op.Equal] = "V.EqualBits({0}, {1})",
        [Op.NotEqual] = "V.Not(V.EqualBits({0}, {1}))",
    };

    public override string TypeOf(Node node) => "var";

    public override bool MultipliesAndAdds => true;

    public override string MultiplyAdd(string left, string right, string addend) => $"V.FusedMultiplyAdd({left}, {right}, {addend})";

    public override Expression Write(Node node, IReadOnlyList<Expression> operands)
    {
        if (node.Op == Op.Cast)
            return Cast(node, operands[0]) is { } cast ? Expression.Primary(cast) : operands[0];
        // The last operand of a choice is what it chooses; of all others, all operands have one type.
        var type = node.Inputs[node.Inputs.Count - 1].Type;
        string? call = null;
        if (type.IsInteger() && !type.IsWide())
            IntegerCalls.TryGetValue(node.Op, out call);
        if (call is null && Operators.Contains(node.Op))
            return Expression.Of(node.Op, operands);
        return Expression.Primary(call is not null || Calls.TryGetValue(node.Op, out call)
            ? string.Format(CultureInfo.InvariantCulture, type.IsWide() ? call.Replace("V.", CpuTypes.LanesOf(type) + ".") : call, [.. operands.Select(operand => operand.Text)])
            : $"{CpuTypes.LanesOf(type)}.{node.Op}({string.Join(", ", operands)})");
    }

    /// <summary>The call that converts lanes, and takes of a narrower type what it holds; null where they stay as they are.</summary>
    static string? Cast(Node node, string operand)
    {
        ElementType from = node.Inputs[0].Type, to = node.Type;
        string? converted = (from.Arithmetic(), to.Arithmetic()) switch
        {
            (ElementType.Bool, ElementType.Float64) => $"Doubles<V>.FromMask({operand})",
            (ElementType.Int32, ElementType.Float64) => $"Doubles<V>.FromIntegers({operand})",
            (ElementType.Int64, ElementType.Float64) => $"Doubles<V>.FromLongs({operand})",
            (ElementType.Float32, ElementType.Float64) => $"Doubles<V>.FromSingle({operand})",
            (ElementType.Float64, ElementType.Bool) => $"Doubles<V>.NotEqual({operand}, Doubles<V>.Zero)",
            (ElementType.Float64, ElementType.Int32) => $"Doubles<V>.ToIntegers({operand})",
            (ElementType.Float64, ElementType.Int64) => $"Doubles<V>.ToLongs({operand})",
            (ElementType.Float64, ElementType.Float32) => $"Doubles<V>.ToSingle({operand})",
            (ElementType.Bool, ElementType.Int64) => $"Longs<V>.FromMask({operand})",
            (ElementType.Int32, ElementType.Int64) => $"Longs<V>.FromIntegers({operand})",
            (ElementType.Float32, ElementType.Int64) => $"Longs<V>.Truncate({operand})",
            (ElementType.Int64, ElementType.Bool) => $"Longs<V>.NotEqual({operand}, Longs<V>.Zero)",
            (ElementType.Int64, ElementType.Int32) => $"Longs<V>.ToIntegers({operand})",
            (ElementType.Int64, ElementType.Float32) => $"Longs<V>.ToSingle({operand})",
            (ElementType.Bool, ElementType.Int32) => $"V.And({operand}, V.SplatBits(1))",
            (ElementType.Bool, ElementType.Float32) => $"V.Select({operand}, V.Splat(1f), V.Zero)",
            (ElementType.Int32, ElementType.Bool) => $"V.Not(V.EqualBits({operand}, V.Zero))",
            (ElementType.Int32, ElementType.Float32) => $"V.ConvertBitsToSingle({operand})",
            (ElementType.Float32, ElementType.Bool) => $"V.NotEqual({operand}, V.Zero)",
            (ElementType.Float32, ElementType.Int32) => $"V.TruncateToBits({operand})",
            _ => null,
        };
        return !to.IsNarrow() || to.Holds(from) ? converted : $"{CpuTypes.ElementOf(to)}.Narrow({converted ?? operand})";
    }

    public static Expression Combine(Op reduction, Expression total, Expression value) => reduction switch
    {
        Op.ReduceSum or Op.ReduceMean => total + value,
        Op.ReduceMax => Expression.Primary($"V.Max({total}, {value})"),
        _ => Expression.Primary($"V.Min({total}, {value})"),
    };

    /// <summary>The statement that takes a value into a running total.</summary>
    public static string Accumulate(Op reduction, string total, Expression value) => reduction == Op.ReduceSum
        ? $"{total} += {value};"
        : $"{total} = {Combine(reduction, Expression.Primary(total), value)};";

    /// <summary>A reduction's lanes combined to one number.</summary>
    public static string CombineLanes(Op reduction, string total) => reduction switch
    {
        Op.ReduceSum or Op.ReduceMean => $"V.SumLanes({total})",
        Op.ReduceMax => $"V.MaxLanes({total})",
        _ => $"V.MinLanes({total})",
    };
}
