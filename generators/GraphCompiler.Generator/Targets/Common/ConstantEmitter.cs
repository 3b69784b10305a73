using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// Writes the class that holds a model's arrays of constants: each as data of the assembly, copied once into one block, where kernels
/// read them like parameters. So a kernel that layers share is passed a place, whichever array lies there.
/// </summary>
internal static class ConstantEmitter
{
    /// <summary>The class, beside the programs.</summary>
    public const string Class = "Constants";

    /// <summary>The member that gives the block.</summary>
    public const string Block = Class + ".Block";

    const string Type = "global::GraphCompiler.Runtime.ConstantBlock";
    const int NumbersOfLine = 12;

    /// <summary>The array as a span.</summary>
    public static string Array(string name) => $"{Class}.{EmittedNames.OfUsers(name)}";

    public static void Write(SourceWriter writer, ConstantBlock constants)
    {
        if (constants.Buffers.Count == 0)
            return;
        writer.Line("/// <summary>The arrays of constants that programs read, in one block.</summary>");
        using (writer.Open($"internal static unsafe class {Class}"))
        {
            string sets = string.Concat(constants.Buffers.Select(b => $"\n    .Set({Literals.Integer(b.Offset)}, {EmittedNames.OfUsers(b.Name)})"));
            writer.Lines($"public static readonly {Type} Block = new {Type}({Literals.Integer(constants.Size)}){sets};");
            writer.Line();
            writer.Line("/// <summary>Where the block begins.</summary>");
            writer.Line("public static float* Start => (float*)Block.Pointer;");
            foreach (var buffer in constants.Buffers)
            {
                writer.Line();
                WriteArray(writer, buffer);
            }
        }
        writer.Line();
    }

    static void WriteArray(SourceWriter writer, ConstantBuffer buffer)
    {
        string[] numbers = [.. buffer.Numbers.All.Select(number => Literal(buffer.Type, number))];
        string declaration = $"public static ReadOnlySpan<{buffer.Type.Info().FullName}> {EmittedNames.OfUsers(buffer.Name)} =>";
        if (numbers.Length <= NumbersOfLine)
        {
            writer.Line($"{declaration} [{string.Join(", ", numbers)}];");
        }
        else
        {
            writer.Line(declaration);
            writer.Line("[");
            for (int first = 0; first < numbers.Length; first += NumbersOfLine)
                writer.Line("    " + string.Join(", ", numbers.Skip(first).Take(NumbersOfLine)) + ",");
            writer.Line("];");
        }
    }

    static string Literal(ElementType type, double number) => type switch
    {
        ElementType.Bool => number != 0 ? "true" : "false",
        ElementType.Float64 => Literals.Double(number),
        _ when type.IsInteger() => Literals.Integer((long)number),
        _ when type.IsWide() => Literals.Double(number),
        _ => Literals.Float(number),
    };
}
