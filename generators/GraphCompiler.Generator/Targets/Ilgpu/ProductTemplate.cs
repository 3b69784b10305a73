using System;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Which of the library's tiled products computes a result of a given size, and in how many slices of its depth.</summary>
/// <param name="Name">The class in the library of kernels.</param>
/// <param name="OnTensorCores">The class where the device has tensor cores and may use them; null where these would lie idle.</param>
/// <param name="Format">The format of both operands in memory; single precision stands for TF32 on tensor cores.</param>
/// <param name="Slices">Into how many slices the depth is cut at most; 1 if it is not.</param>
internal sealed record ProductTemplate(string Name, string? OnTensorCores, ElementType Format, int Slices)
{
    /// <summary>So many rows are few: a product of them has templates of its own, if its right operand is large enough to wait for.</summary>
    const int FewRows = 8, FewestColumnsOfFewRows = 32, ShallowestOfFewRows = 64;

    const string FewRowsProduct = "FewRowsProduct";

    /// <summary>Products with at least so many rows and columns have sums enough for many a thread.</summary>
    const int SmallestForManySums = 64;

    const int SmallestForTensorCores = 32, DeepestStep = 16;

    /// <summary>So many tiles of 128 x 128 keep a large device busy.</summary>
    const int ManyTiles = 132;

    /// <summary>From this depth on slices are worth the launch that adds them.</summary>
    const int DeepForSlices = 1024;

    const int LargeTile = ProductContract.LargeTile, MediumTile = ProductContract.MediumTile, SmallTile = ProductContract.SmallTile;

    /// <summary>Where there may be few rows or many: the host decides when it launches.</summary>
    bool MayHaveFewRows { get; init; }

    /// <summary>The constant that says how many columns of few rows a group has.</summary>
    string ColumnsOfFewRows { get; init; } = "";

    /// <summary>What multiplies with packed weights, whatever the sizes.</summary>
    public static ProductTemplate OfPackedWeights { get; } = new("QuantizedProduct", null, ElementType.Float32, 1);

    /// <summary>The choice for the largest sizes.</summary>
    public static ProductTemplate Choose(ElementType format, long items, long rows, long columns, long depth)
    {
        long Tiles(int size) => items * ((rows + size - 1) / size) * ((columns + size - 1) / size);
        bool hasTensorCores = rows >= SmallestForTensorCores && columns >= SmallestForTensorCores && depth >= DeepestStep;
        bool isSmall = rows < SmallestForManySums || columns < SmallestForManySums;
        long large = Tiles(LargeTile), medium = Tiles(MediumTile);
        int slices = 1;
        // Large tiles do the most products for what they read, unless half of them hangs over the edges.
        bool isFilled = 8 * large <= 3 * medium, isLarge = isFilled && large >= ManyTiles;
        if (large < ManyTiles && depth >= DeepForSlices)
        {
            int slicesOfLarge = MostSlices(large, LargeTile, depth);
            isLarge = isFilled && large * slicesOfLarge >= ManyTiles;
            slices = isLarge ? slicesOfLarge
                : hasTensorCores || !isSmall ? MostSlices(medium, MediumTile, depth)
                : MostSlices(Tiles(SmallTile), SmallTile, depth);
        }
        return new ProductTemplate(
            isSmall ? "SmallProduct" : isLarge ? "LargeProduct" : "MediumProduct",
            !hasTensorCores ? null : isLarge ? "TensorProduct" : "SmallTensorProduct", format, slices);
    }

    /// <summary>The same for rows that are few, or that may be.</summary>
    /// <param name="rows">The rows of the result.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="depth">How many products a sum has.</param>
    /// <param name="isRightRowMajor">Whether the right operand's rows, rather than its columns, lie one after the other.</param>
    public ProductTemplate ForFewRows(Dim rows, Dim columns, Dim depth, bool isRightRowMajor)
    {
        if (rows.Coefficient > FewRows || columns.Max < FewestColumnsOfFewRows || depth.Max < ShallowestOfFewRows)
            return this;
        string ofGroup = $"{FewRowsProduct}.{(isRightRowMajor ? "ColumnsOfRows" : "Columns")}";
        return rows.Max > FewRows ? this with { MayHaveFewRows = true, ColumnsOfFewRows = ofGroup }
            // A group of columns has many threads along the depth.
            : this with { Name = FewRowsProduct, OnTensorCores = null, Slices = isRightRowMajor ? Slices : 1, ColumnsOfFewRows = ofGroup };
    }

    /// <summary>So many that each multiprocessor of a large device has the groups that it can run at a time: two of the largest.</summary>
    static int MostSlices(long tiles, int size, long depth)
    {
        int groups = ManyTiles * (size == LargeTile ? 2 : size == MediumTile ? 4 : 8);
        return (int)Math.Max(1, Math.Min(groups / tiles, depth / ProductContract.FewestOfSlice));
    }

    /// <summary>Whose Multiply computes a tile, and who knows its size, in the text of a kernel.</summary>
    public string Text => Choice is null ? Name : "default(TProduct)";

    /// <summary>Into how many slices a depth is cut.</summary>
    public string SlicesOf(string depth) => Slices == 1 ? "1" : $"DepthSlices.Count({depth}, {Literals.Integer(Slices)})";

    /// <summary>The last argument of Multiply, where there are slices.</summary>
    public string SlicesArgument(string depth) => Slices == 1 ? "" : ", " + SlicesOf(depth);

    /// <summary>The parts that slices leave, as results that lie one after the other.</summary>
    public long FloatsOfParts(long items, long rows, long columns) => Slices == 1 ? 0 : Slices * items * rows * columns;

    /// <summary>What the host decides; null if there is nothing.</summary>
    public KernelChoice? Choice => OnTensorCores is null && !MayHaveFewRows ? null
        : new KernelChoice("TProduct", "IProductTemplate", OnTensorCores is null ? [] : [new(Condition, $"{OnTensorCores}Template<{FormatName}>")], Name + "Template");

    /// <summary>What the host decides when it launches the kernel; null if there is nothing.</summary>
    /// <param name="rows">The rows of the result.</param>
    public LaunchChoice? ChoiceOfLaunch(string rows) => MayHaveFewRows ? new LaunchChoice(AreFew(rows), "FewRows", FewRowsProduct + "Template") : null;

    static string AreFew(string rows) => $"{rows} <= {Literals.Integer(FewRows)}";

    /// <summary>A group for each tile of each slice of each product.</summary>
    public string Groups(Expression items, string rows, string columns, string depth)
    {
        Expression slices = Expression.Primary(SlicesOf(depth)), products = Slices == 1 ? items : items == Expression.One ? slices : items * slices;
        string Of(string template) => $"Tiles({products}, {rows}, {columns}, {template}.Tile, {template}.Threads)";
        string few = $"FewRows({products}, {rows}, {columns}, {ColumnsOfFewRows})";
        if (Name == FewRowsProduct)
            return few;
        string many = OnTensorCores is null ? Of(Name) : $"{Condition} ? {Of(OnTensorCores)} : {Of(Name)}";
        return MayHaveFewRows ? $"{AreFew(rows)} ? {few} : {many}" : many;
    }

    string Condition => Format == ElementType.Float32 ? "UsesTensorFloat32" : "UsesTensorCores";

    string FormatName => (Format == ElementType.Float32 ? "TensorFloat32" : Format.ToString()) + "Format";
}
