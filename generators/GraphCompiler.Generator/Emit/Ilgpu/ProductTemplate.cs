namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>Which of the library's tiled products computes a result of a given size.</summary>
internal static class ProductTemplate
{
    /// <summary>Products with at least so many rows and columns use the large tiles.</summary>
    const int SmallestForLargeTiles = 64;

    const string Large = "LargeProduct", Small = "SmallProduct";

    /// <summary>The class in the library of kernels.</summary>
    public static string Choose(long rows, long columns) => rows >= SmallestForLargeTiles && columns >= SmallestForLargeTiles ? Large : Small;

    /// <summary>Rows and columns of its tiles.</summary>
    public static int TileOf(string template) => template == Large ? 128 : 16;
}
