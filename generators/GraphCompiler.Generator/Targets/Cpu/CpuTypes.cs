using System;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>The C# types of what kernels of the CPU are passed.</summary>
internal static class CpuTypes
{
    /// <summary>The type of a parameter.</summary>
    public static string Of(KernelParameter parameter) => parameter switch
    {
        BufferParameter buffer => buffer.IsInteger ? "int*" : "float*",
        WorkspaceParameter => "float*",
        DimensionParameter => "int",
        RandomStreamParameter => "uint",
        RandomSeedParameter or RandomStepParameter => "ulong",
        _ => throw new InvalidOperationException($"The CPU target passes no {parameter}."),
    };

    /// <summary>A parameter, or the field of an operator struct, as it is declared.</summary>
    public static string Declaration(KernelParameter parameter) => $"{Of(parameter)} {parameter.Name}";
}
