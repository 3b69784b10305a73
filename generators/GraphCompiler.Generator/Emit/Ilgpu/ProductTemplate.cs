namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>Which of the library's tiled products computes a result of a given size.</summary>
internal static class ProductTemplate
{
    /// <summary>Products with at least so many rows and columns have sums enough for many a thread.</summary>
    const int SmallestForManySums = 64;

    const int SmallestForTensorCores = 32, DeepestStep = 16;

    /// <summary>So many tiles of 128 x 128 keep a large device busy.</summary>
    const int ManyTiles = 132;

    const string Large = "LargeProduct", Medium = "MediumProduct", Small = "SmallProduct";

    /// <summary>The class in the library of kernels.</summary>
    public static string Choose(long items, long rows, long columns) =>
        rows < SmallestForManySums || columns < SmallestForManySums ? Small
        : items * Tiles(rows) * Tiles(columns) >= ManyTiles ? Large : Medium;

    /// <summary>On tensor cores, whose smallest tiles are 64 x 64; null where these would lie idle.</summary>
    public static string? ChooseOnTensorCores(long items, long rows, long columns, long depth) =>
        rows < SmallestForTensorCores || columns < SmallestForTensorCores || depth < DeepestStep ? null
        : items * Tiles(rows) * Tiles(columns) >= ManyTiles ? "TensorProduct" : "SmallTensorProduct";

    static long Tiles(long size) => (size + 127) / 128;

    /// <summary>Rows and columns of its tiles.</summary>
    public static int TileOf(string template) => template switch { Large => 128, Medium => 64, _ => 16 };
}
