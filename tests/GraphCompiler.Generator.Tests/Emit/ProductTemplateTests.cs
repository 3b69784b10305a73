using GraphCompiler.Generator.Emit.Ilgpu;
using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Emit;

/// <summary>Which template of devices computes a product, and in how many slices.</summary>
public class ProductTemplateTests
{
    [Theory]
    // Few results: tiny, or too narrow for tensor cores.
    [InlineData(1, 8, 12, 64, "SmallProduct", null, 1)]
    [InlineData(1, 40, 50, 64, "SmallProduct", "SmallTensorProduct", 1)]
    // Enough large tiles, however deep; fewer; and so many that half of each would be idle.
    [InlineData(1, 4096, 4096, 65536, "LargeProduct", "TensorProduct", 1)]
    [InlineData(12, 256, 768, 768, "LargeProduct", "TensorProduct", 1)]
    [InlineData(1, 512, 768, 768, "MediumProduct", "SmallTensorProduct", 1)]
    [InlineData(1, 64, 50257, 768, "MediumProduct", "SmallTensorProduct", 1)]
    // Deep: as many groups as a large device runs at a time, of large tiles if these are filled.
    [InlineData(1, 768, 768, 8192, "LargeProduct", "TensorProduct", 7)]
    [InlineData(1, 1280, 768, 50257, "LargeProduct", "TensorProduct", 4)]
    [InlineData(1, 64, 64, 65536, "MediumProduct", "SmallTensorProduct", 256)]
    [InlineData(1, 128, 128, 8192, "MediumProduct", "SmallTensorProduct", 32)]
    [InlineData(1, 16, 784, 8192, "SmallProduct", null, 21)]
    // Not deep enough for a second launch.
    [InlineData(1, 64, 64, 1023, "MediumProduct", "SmallTensorProduct", 1)]
    public void The_largest_sizes_decide(int items, int rows, int columns, int depth, string expected, string? onTensorCores, int slices)
    {
        var template = ProductTemplate.Choose(FloatFormat.BFloat16, items, rows, columns, depth);

        Assert.Equal((expected, onTensorCores, slices), (template.Name, template.OnTensorCores, template.Slices));
        Assert.Equal(slices == 1 ? 0 : (long)slices * items * rows * columns, template.FloatsOfParts(items, rows, columns));
    }
}
