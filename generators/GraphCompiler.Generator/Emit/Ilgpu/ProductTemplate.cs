namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>Which of the library's tiled products computes a result of a given size.</summary>
internal static class ProductTemplate
{
    /// <summary>Products with at least so many rows and columns use the large tiles.</summary>
    const int SmallestForLargeTiles = 64;

    const int SmallestForTensorCores = 32, DeepestStep = 16;

    /// <summary>So many tiles of 128 x 128 keep a large device busy.</summary>
    const int ManyTiles = 132;

    const string Large = "LargeProduct", Small = "SmallProduct";

    /// <summary>The class in the library of kernels.</summary>
    public static string Choose(long rows, long columns) => rows >= SmallestForLargeTiles && columns >= SmallestForLargeTiles ? Large : Small;

    /// <summary>On tensor cores, whose smallest tiles are 64 x 64; null where these would lie idle.</summary>
    public static string? ChooseOnTensorCores(long items, long rows, long columns, long depth) =>
        rows < SmallestForTensorCores || columns < SmallestForTensorCores || depth < DeepestStep ? null
        : items * Tiles(rows) * Tiles(columns) >= ManyTiles ? "TensorProduct" : "SmallTensorProduct";

    static long Tiles(long size) => (size + 127) / 128;

    /// <summary>Rows and columns of its tiles.</summary>
    public static int TileOf(string template) => template == Large ? 128 : 16;
}
