using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// How each elementwise operation is written over vectors of type V. Bool values are masks of all ones or zeros; Int32
/// values are the lanes' bits. An operation without a row is the function of V of its name; integers may have a row of their own.
/// </summary>
internal sealed class CpuDialect : Dialect
{
    public static CpuDialect Instance { get; } = new();

    static readonly Dictionary<Op, string> Templates = new()
    {
        [Op.Negate] = "-{0}",
        [Op.Copy] = "{0}",
        [Op.Add] = "{0} + {1}",
        [Op.Subtract] = "{0} - {1}",
        [Op.Multiply] = "{0} * {1}",
        [Op.Divide] = "{0} / {1}",
        [Op.Maximum] = "V.Max({0}, {1})",
        [Op.Minimum] = "V.Min({0}, {1})",
        [Op.Less] = "V.LessThan({0}, {1})",
        [Op.LessOrEqual] = "V.LessThanOrEqual({0}, {1})",
        [Op.Greater] = "V.GreaterThan({0}, {1})",
        [Op.GreaterOrEqual] = "V.GreaterThanOrEqual({0}, {1})",
    };

    /// <summary>What is written differently where the operands are integers.</summary>
    static readonly Dictionary<Op, string> IntegerTemplates = new()
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

    public override string Expression(Node node, IReadOnlyList<string> operands)
    {
        if (node.Op == Op.Cast)
            return Cast(node, operands[0]);
        string? template = null;
        if (node.Inputs[0].Type == ElementType.Int32)
            IntegerTemplates.TryGetValue(node.Op, out template);
        return template is not null || Templates.TryGetValue(node.Op, out template)
            ? string.Format(System.Globalization.CultureInfo.InvariantCulture, template, [.. operands])
            : $"V.{node.Op}({string.Join(", ", operands)})";
    }

    static string Cast(Node node, string operand) => (node.Inputs[0].Type, node.Type) switch
    {
        (ElementType.Bool, ElementType.Bool) => operand,
        (ElementType.Bool, ElementType.Int32) => $"V.And({operand}, V.SplatBits(1))",
        (ElementType.Bool, _) => $"V.Select({operand}, V.Splat(1f), V.Zero)",
        (ElementType.Int32, ElementType.Bool) => $"V.Not(V.EqualBits({operand}, V.Zero))",
        (_, ElementType.Bool) => $"V.NotEqual({operand}, V.Zero)",
        (_, ElementType.Int32) => $"V.TruncateToBits({operand})",
        (ElementType.Int32, ElementType.Float32) => $"V.ConvertBitsToSingle({operand})",
        (ElementType.Int32, var type) => $"V.RoundTo{type}(V.ConvertBitsToSingle({operand}))",
        var (_, type) when type.IsNarrow() => $"V.RoundTo{type}({operand})",
        _ => operand,
    };

    public static string Combine(Op reduction, string total, string value) => reduction switch
    {
        Op.ReduceSum or Op.ReduceMean => total.Contains(" ? ") ? $"({total}) + {value}" : $"{total} + {value}",
        Op.ReduceMax => $"V.Max({total}, {value})",
        _ => $"V.Min({total}, {value})",
    };

    /// <summary>The statement that takes a value into a running total.</summary>
    public static string Accumulate(Op reduction, string total, string value) => reduction == Op.ReduceSum
        ? $"{total} += {value};"
        : $"{total} = {Combine(reduction, total, value)};";

    /// <summary>A reduction's lanes combined to one number.</summary>
    public static string CombineLanes(Op reduction, string total) => reduction switch
    {
        Op.ReduceSum or Op.ReduceMean => $"V.SumLanes({total})",
        Op.ReduceMax => $"V.MaxLanes({total})",
        _ => $"V.MinLanes({total})",
    };
}
