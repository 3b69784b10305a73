using System;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>The C# types of what kernels of the CPU are passed, and how values are loaded from memory and stored there.</summary>
internal static class CpuTypes
{
    /// <summary>The type of a parameter.</summary>
    public static string Of(KernelParameter parameter) => parameter switch
    {
        BufferParameter buffer => ElementOf(buffer.Node) + "*",
        WorkspaceParameter => "float*",
        DimensionParameter => "int",
        RandomStreamParameter => "uint",
        RandomSeedParameter or RandomStepParameter => "ulong",
        _ => throw new InvalidOperationException($"The CPU target passes no {parameter}."),
    };

    /// <summary>A parameter, or the field of an operator struct, as it is declared.</summary>
    public static string Declaration(KernelParameter parameter) => $"{Of(parameter)} {parameter.Name}";

    /// <summary>The type of an element of a stored value: a primitive, or a struct that says how it is loaded and stored (IElement).</summary>
    public static string ElementOf(Node node) => ElementOf(node.Type);

    /// <summary>The type of an element in memory; .NET has types of the names of narrow integers.</summary>
    public static string ElementOf(ElementType type) => type switch
    {
        ElementType.Float32 => "float",
        ElementType.Int32 => "int",
        ElementType.Int64 => "long",
        ElementType.Float64 => "double",
        _ => (type.IsInteger() ? "Packed" : "") + type,
    };

    /// <summary>Whether a value's elements are a struct's to load and store.</summary>
    static bool IsStruct(Node node) => node.Type is not (ElementType.Float32 or ElementType.Int32 or ElementType.Int64 or ElementType.Float64);

    /// <summary>The type of lanes: a vector, or what has lanes of 64 bits.</summary>
    public static string LanesOf(ElementType type) => type switch
    {
        ElementType.Int64 => "Longs<V>",
        ElementType.Float64 => "Doubles<V>",
        _ => "V",
    };

    /// <summary>The expression that loads lanes.</summary>
    /// <param name="node">The value.</param>
    /// <param name="address">Where the first lane lies.</param>
    /// <param name="stride">How far lanes are apart; null where they are neighbours.</param>
    /// <param name="count">How many lanes are loaded; null for all.</param>
    public static string Load(Node node, string address, string? stride, string? count)
    {
        string method = "Load" + (stride is null ? "" : "Strided") + (count is null ? "" : "Partial");
        string arguments = address + (stride is null ? "" : ", " + stride) + (count is null ? "" : ", " + count);
        return IsStruct(node) ? $"{ElementOf(node)}.{method}<V>({arguments})" : $"{LanesOf(node.Type)}.{method}({arguments})";
    }

    /// <summary>The expression that spreads an element over the lanes; lanes of truth values are masks.</summary>
    public static string Spread(Node node, string element) =>
        node.Type == ElementType.Bool ? $"V.NotEqual({Splat(node, element)}, V.Zero)" : Splat(node, element);

    /// <summary>The expression that spreads a number over the lanes.</summary>
    public static string Splat(Node node, string number) => node.Type.IsInteger() && !node.Type.IsWide() ? $"V.SplatBits({number})" : $"{LanesOf(node.Type)}.Splat({number})";

    /// <summary>The statement that stores lanes, which hold numbers of the value's type.</summary>
    public static string Store(Node node, string address, string? count, string value)
    {
        string type = IsStruct(node) ? ElementOf(node) : LanesOf(node.Type);
        return count is null ? $"{type}.Store({address}, {value});" : $"{type}.StorePartial({address}, {count}, {value});";
    }

    /// <summary>The element that a variable holds in one of its lanes.</summary>
    public static string Lane(Node node, string lanes, string index) => IsStruct(node)
        ? $"({ElementOf(node)})(({ElementOf(node.Type.IsInteger() ? ElementType.Int32 : ElementType.Float32)}*)&{lanes})[{index}]"
        : $"(({ElementOf(node)}*)&{lanes})[{index}]";

    /// <summary>The type that says how packed weights are read.</summary>
    public static string Weights(WeightFormat format) => $"{format}Weights";

    /// <summary>The type of the struct that reads a stored matrix.</summary>
    public static string Matrix(Node node, bool isRowMajor) => $"{(isRowMajor ? "Row" : "Column")}MajorMatrix{(IsStruct(node) ? $"<{ElementOf(node)}>" : "")}";

    /// <summary>The type of the struct that reads a matrix stored in single precision as numbers of another type.</summary>
    public static string RoundedMatrix(ElementType type, bool isRowMajor) => $"{(isRowMajor ? "Row" : "Column")}MajorMatrix<{RoundedElement(type)}>";

    /// <summary>Memory of floats, as such a matrix takes it.</summary>
    public static string Rounded(ElementType type, string start) => $"({RoundedElement(type)}*)({start})";

    static string RoundedElement(ElementType type) => $"Rounded<{ElementOf(type)}>";

    /// <summary>A further type argument of a template whose operands are not in single precision.</summary>
    public static string TypeArgument(Node operand) => IsStruct(operand) ? ", " + ElementOf(operand) : "";

    /// <summary>A block of floats, as the start of memory in which a value's elements lie.</summary>
    public static string Block(Node node, string block) => node.Type == ElementType.Float32 ? block : $"({ElementOf(node)}*){block}";

    /// <summary>The caller's memory, as the start of memory in which a value's elements lie.</summary>
    public static string CallersMemory(Node node, string memory) => node.Type.Info().ShortName == ElementOf(node) ? memory : $"({ElementOf(node)}*){memory}";
}
