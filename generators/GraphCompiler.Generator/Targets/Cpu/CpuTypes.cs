using System;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>The C# types of what kernels of the CPU are passed.</summary>
internal static class CpuTypes
{
    /// <summary>The type of a parameter.</summary>
    public static string Of(KernelParameter parameter) => parameter switch
    {
        BufferParameter buffer => PointerTo(buffer.Node.Type),
        WorkspaceParameter => "float*",
        DimensionParameter => "int",
        RandomStreamParameter => "uint",
        RandomSeedParameter or RandomStepParameter => "ulong",
        _ => throw new InvalidOperationException($"The CPU target passes no {parameter}."),
    };

    /// <summary>The type of a pointer to elements; truth values lie in memory as the floats 1 and 0.</summary>
    public static string PointerTo(ElementType type) => type == ElementType.Int32 ? "int*" : "float*";

    /// <summary>A parameter, or the field of an operator struct, as it is declared.</summary>
    public static string Declaration(KernelParameter parameter) => $"{Of(parameter)} {parameter.Name}";
}
