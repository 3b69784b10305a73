using System.Collections.Generic;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>The small words that templates of devices write as they are, so that nothing else in a kernel is called so.</summary>
internal static class DeviceNames
{
    /// <summary>Of kernel methods and of operator structs.</summary>
    public static IReadOnlyCollection<string> OfKernels { get; } =
    [
        "arguments", "i", "r", "c", "k", "o", "item", "row", "column", "start", "reduction", "shared", "slice", "slices", "tile", "tiles", "total",
        "sum", "sums", "isInside", "shape", "rowCount", "stride", "label", "loss", "order", "length", "place",
    ];
}
