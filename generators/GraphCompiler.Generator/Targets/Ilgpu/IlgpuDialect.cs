using System;
using System.Collections.Generic;
using System.Globalization;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// How each elementwise operation is written over single numbers or fours, from functions alone that every device of ILGPU
/// has or that our own kernels define. Bool values are C# bools, and are turned into numbers by a condition only: their
/// conversion is wrong on some devices. An operation without a row is the function of DeviceMath of its name.
/// </summary>
/// <param name="lanes">How many elements a thread has at a time.</param>
internal sealed class IlgpuDialect(int lanes) : Dialect
{
    static readonly Dictionary<Op, string> Templates = new()
    {
        [Op.Negate] = "-{0}",
        [Op.Abs] = "MathF.Abs({0})",
        [Op.Sqrt] = "MathF.Sqrt({0})",
        [Op.ReciprocalSqrt] = "1f / MathF.Sqrt({0})",
        [Op.Floor] = "MathF.Floor({0})",
        [Op.Not] = "!{0}",
        [Op.Copy] = "{0}",
        [Op.Add] = "{0} + {1}",
        [Op.Subtract] = "{0} - {1}",
        [Op.Multiply] = "{0} * {1}",
        [Op.Divide] = "{0} / {1}",
        [Op.Maximum] = "DeviceMath.Max({0}, {1})",
        [Op.Minimum] = "DeviceMath.Min({0}, {1})",
        [Op.Less] = "{0} < {1}",
        [Op.LessOrEqual] = "{0} <= {1}",
        [Op.Greater] = "{0} > {1}",
        [Op.GreaterOrEqual] = "{0} >= {1}",
        [Op.Equal] = "{0} == {1}",
        [Op.NotEqual] = "{0} != {1}",
        [Op.And] = "{0} & {1}",
        [Op.Or] = "{0} | {1}",
        [Op.Select] = "{0} ? {1} : {2}",
    };

    /// <summary>What C# does not write over fours as over single numbers.</summary>
    static readonly Dictionary<Op, string> FourTemplates = new()
    {
        [Op.Abs] = "DeviceMath.Abs({0})",
        [Op.Sqrt] = "DeviceMath.Sqrt({0})",
        [Op.ReciprocalSqrt] = "1f / DeviceMath.Sqrt({0})",
        [Op.Floor] = "DeviceMath.Floor({0})",
        [Op.Equal] = "Four.Equal({0}, {1})",
        [Op.NotEqual] = "Four.NotEqual({0}, {1})",
        [Op.Select] = "Four.Select({0}, {1}, {2})",
    };

    /// <summary>What is written differently where the operands are integers.</summary>
    static readonly Dictionary<Op, string> IntegerTemplates = new()
    {
        [Op.Maximum] = "Math.Max({0}, {1})",
        [Op.Minimum] = "Math.Min({0}, {1})",
    };

    /// <summary>What C# does not write over four integers as over single ones.</summary>
    static readonly Dictionary<Op, string> FourIntegersTemplates = new()
    {
        [Op.Maximum] = "FourIntegers.Max({0}, {1})",
        [Op.Minimum] = "FourIntegers.Min({0}, {1})",
        [Op.Equal] = "FourIntegers.Equal({0}, {1})",
        [Op.NotEqual] = "FourIntegers.NotEqual({0}, {1})",
        [Op.Select] = "FourIntegers.Select({0}, {1}, {2})",
    };

    public override string TypeOf(Node node) => ElementLanes.TypeOf(node.Type, lanes);

    public override string Expression(Node node, IReadOnlyList<string> operands)
    {
        if (node.Op == Op.Cast)
            return Cast(node, operands[0], lanes);
        return TemplateOf(node, lanes) is { } template
            ? string.Format(CultureInfo.InvariantCulture, template, [.. operands])
            : $"DeviceMath.{node.Op}({string.Join(", ", operands)})";
    }

    static string? TemplateOf(Node node, int lanes)
    {
        // The last operand of a choice is what it chooses; of all others, all operands have one type.
        bool areIntegers = node.Inputs[node.Inputs.Count - 1].Type == ElementType.Int32;
        var special = areIntegers ? lanes == 1 ? IntegerTemplates : FourIntegersTemplates : lanes == 1 ? null : FourTemplates;
        return (special is not null && special.TryGetValue(node.Op, out string? template)) || Templates.TryGetValue(node.Op, out template) ? template : null;
    }

    static string Cast(Node node, string operand, int lanes) => (node.Inputs[0].Type, node.Type) switch
    {
        (ElementType.Bool, ElementType.Bool) => operand,
        (ElementType.Bool, ElementType.Int32) => lanes == 1 ? $"{operand} ? 1 : 0" : $"FourIntegers.Select({operand}, 1, 0)",
        (ElementType.Bool, _) => Number(operand, lanes),
        (ElementType.Int32, ElementType.Bool) => lanes == 1 ? $"{operand} != 0" : $"FourIntegers.NotEqual({operand}, 0)",
        (_, ElementType.Bool) => lanes == 1 ? $"{operand} != 0f" : $"Four.NotEqual({operand}, 0f)",
        (_, ElementType.Int32) => lanes == 1 ? $"DeviceMath.ToInteger({operand})" : $"FourIntegers.Truncate({operand})",
        (ElementType.Int32, ElementType.Float32) => ToFloat(operand, lanes),
        (ElementType.Int32, var type) => $"DeviceFormats.RoundTo{type}({ToFloat(operand, lanes)})",
        var (_, type) when type.IsNarrow() => $"DeviceFormats.RoundTo{type}({operand})",
        _ => operand,
    };

    static string ToFloat(string integer, int lanes) => lanes > 1 ? $"FourIntegers.ToFloats({integer})"
        : integer.Contains(" ") ? $"(float)({integer})" : $"(float){integer}";

    static string Number(string flag, int lanes) => lanes == 1 ? $"{flag} ? 1f : 0f" : $"Four.Select({flag}, 1f, 0f)";

    /// <summary>The statement that takes a value into a running total.</summary>
    public static string Accumulate(Op reduction, string total, string value) => reduction is Op.ReduceSum or Op.ReduceMean
        ? $"{total} += {value};"
        : $"{total} = {FunctionOf(reduction)}({total}, {value});";

    static string FunctionOf(Op reduction) => reduction == Op.ReduceMax ? "DeviceMath.Max" : "DeviceMath.Min";

    /// <summary>
    /// What elements contribute to a mean that is measured from an origin (the CPU's VectorMath.Mean.cs has the arithmetic):
    /// half of how far they are from it, divided by their number, which is given as a factor.
    /// </summary>
    public static string ShareOfMean(string value, string origin, string count) => $"({value} * 0.5f - {origin} * 0.5f) * (1f / {count})";

    /// <summary>The name of the function that combines numbers: what a mean takes in is added up.</summary>
    static string NameOf(Op reduction) => reduction == Op.ReduceMean ? "Sum" : reduction.ToString().Replace("Reduce", "");

    /// <summary>The totals of a thread's elements combined to one number.</summary>
    public static string CombineLanes(Op reduction, string total, int lanes) => lanes == 1 ? total : $"{total}.{NameOf(reduction)}()";

    /// <summary>The totals of so many threads combined to one number.</summary>
    public static string CombineThreads(Op reduction, string total, string threads) =>
        $"reduction.{NameOf(reduction)}({total}, shared, {threads})";

    /// <summary>A value as it lies in memory.</summary>
    public static string Stored(Node node, string value, int lanes) => node.Type == ElementType.Bool ? Number(value, lanes) : value;
}
