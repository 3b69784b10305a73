using System.Collections.Generic;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>The small words that the CPU's templates write as they are, so that nothing else in a kernel is called so.</summary>
internal static class CpuNames
{
    /// <summary>Of kernel methods.</summary>
    public static IReadOnlyCollection<string> OfKernels { get; } =
        ["worker", "start", "end", "first", "last", "rest", "item", "V", "r", "c", "k", "o", "totals", "total", "row", "column", "count", "shape"];

    /// <summary>Of operator structs, which get the sum of a product.</summary>
    public static IReadOnlyCollection<string> OfStructs { get; } = [.. OfKernels, "sum"];
}
