using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;
using GraphCompiler.Generator.Targets.Ilgpu;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

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
        var template = ProductTemplate.Choose(ElementType.BFloat16, items, rows, columns, depth);

        Assert.Equal((expected, onTensorCores, slices), (template.Name, template.OnTensorCores, template.Slices));
        Assert.Equal(slices == 1 ? 0 : (long)slices * items * rows * columns, template.FloatsOfParts(items, rows, columns));
    }

    static ProductTemplate ForFewRows(Dim rows, int columns, int depth, bool isRightRowMajor) =>
        ProductTemplate.Choose(ElementType.Float32, 1, rows.Max, columns, depth).ForFewRows(rows, columns, depth, isRightRowMajor);

    [Theory]
    [InlineData(1, 3072, 768, false, "FewRowsProduct", 1)]
    [InlineData(8, 768, 3072, false, "FewRowsProduct", 1)]
    // A group has some columns and all of the depth, or many columns and a slice.
    [InlineData(1, 768, 3072, true, "FewRowsProduct", 12)]
    [InlineData(9, 3072, 768, false, "SmallProduct", 1)]
    // Too small to wait for.
    [InlineData(1, 31, 768, false, "SmallProduct", 1)]
    [InlineData(1, 768, 63, false, "SmallProduct", 1)]
    public void Few_rows_have_a_template_of_their_own(int rows, int columns, int depth, bool isRightRowMajor, string expected, int slices)
    {
        var template = ForFewRows(rows, columns, depth, isRightRowMajor);

        Assert.Equal((expected, slices), (template.Name, template.Slices));
        Assert.Null(template.ChoiceOfLaunch("rows"));
        Assert.Equal(expected == "FewRowsProduct", template.Groups(Expression.One, "rows", "columns", "depth").StartsWith("FewRows(", StringComparison.Ordinal));
    }

    [Fact]
    public void The_host_chooses_where_rows_are_named()
    {
        var template = ForFewRows(Dim.Named("time", 1024), 3072, 768, isRightRowMajor: false);

        Assert.Equal(("LargeProduct", "TensorProduct"), (template.Name, template.OnTensorCores));
        Assert.Equal(("time <= 8", "FewRowsProductTemplate"), (template.ChoiceOfLaunch("time")!.Condition, template.ChoiceOfLaunch("time")!.Type));
        Assert.StartsWith("time <= 8 ? FewRows(1, time, 3072, FewRowsProduct.Columns) : UsesTensorFloat32 ? ", template.Groups(Expression.One, "time", "3072", "768"),
            StringComparison.Ordinal);
        // Never few: a batch has at least as many rows as each of its items.
        Assert.Null(ForFewRows(Dim.Named("batch", 4) * 64, 3072, 768, isRightRowMajor: false).ChoiceOfLaunch("batch"));
    }
}
