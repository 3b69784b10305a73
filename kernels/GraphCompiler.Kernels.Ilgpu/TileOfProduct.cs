using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Which tile of which product of a batch a group computes. Groups go down bands of eight tiles: what runs at a time then reads
/// about as many rows of the left operand as columns of the right one, which the cache of the device keeps for all of them.
/// </summary>
readonly struct TileOfProduct
{
    const int Band = 8;

    public readonly int Item, FirstRow, FirstColumn;

    public TileOfProduct(int size, int m, int n)
    {
        int down = (m + size - 1) / size, across = (n + size - 1) / size;
        Item = Grid.IdxX / (down * across);
        int tile = Grid.IdxX % (down * across), top = tile / (Band * across) * Band, among = tile % (Band * across);
        int rows = down - top < Band ? down - top : Band;
        FirstRow = (top + among % rows) * size;
        FirstColumn = among / rows * size;
    }
}
