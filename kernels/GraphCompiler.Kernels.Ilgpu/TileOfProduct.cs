using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Which tile of which product of a batch a group computes, and which slice of its depth. Groups go down bands of eight tiles: what
/// runs at a time then reads about as many rows of the left operand as columns of the right one, which the cache of the device keeps
/// for all of them.
/// </summary>
readonly struct TileOfProduct
{
    const int Band = 8;

    /// <summary>The product of the batch, and the result that the group computes: a product's slices are so many results.</summary>
    public readonly int Item, Result;

    public readonly int FirstRow, FirstColumn, FirstDepth, EndDepth;

    public TileOfProduct(int size, int m, int n, int k, int slices)
        : this(size, size, m, n, k, slices)
    {
    }

    public TileOfProduct(int height, int width, int m, int n, int k, int slices)
    {
        int down = (m + height - 1) / height, across = (n + width - 1) / width;
        Result = Grid.IdxX / (down * across);
        int tile = Grid.IdxX % (down * across), top = tile / (Band * across) * Band, among = tile % (Band * across);
        int rows = down - top < Band ? down - top : Band;
        FirstRow = (top + among % rows) * height;
        FirstColumn = among / rows * width;
        Item = slices == 1 ? Result : Result / slices;
        FirstDepth = slices == 1 ? 0 : (Result - Item * slices) * DepthSlices.Depth(k, slices);
        EndDepth = slices == 1 ? k : DepthSlices.End(k, slices, FirstDepth);
    }
}
