using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Reads an element of an operand of a matrix product: from memory, or computed from what lies there.</summary>
public interface IProductOperand
{
    /// <summary>Whether elements of one row, rather than of one column, lie next to each other.</summary>
    bool IsRowMajor { get; }

    /// <summary>The element of one of the products of a batch.</summary>
    float Load(int item, int row, int column);

    /// <summary>
    /// Whether four neighbours are read at a time wherever the first one's place along them is a multiple of four, as aligned
    /// bytes or computed from such. Behind the last of them memory goes on to such a place; what it holds there does not matter. A constant.
    /// </summary>
    bool IsVector { get; }

    /// <summary>An element and the three that follow in memory; only called if <see cref="IsVector"/>.</summary>
    Four LoadFour(int item, int row, int column);
}

/// <summary>Takes the finished sums of a matrix product: stores them, or what is computed from them.</summary>
public interface IProductEpilogue
{
    /// <summary>Takes one sum.</summary>
    void Store(int item, int row, int column, float sum);

    /// <summary>
    /// Whether four neighbours of a row are taken at a time: its columns are whole fours, or it has memory for them; what sums of
    /// columns that there are not become does not matter. A constant.
    /// </summary>
    bool IsVector { get; }

    /// <summary>Takes the sums of four columns, the first of which is a multiple of four; only called if <see cref="IsVector"/>.</summary>
    void StoreFour(int item, int row, int column, Four sums);
}

/// <summary>
/// A product of m x k by k x n, for each item of a batch, in tiles of 16 x 16 sums: 64 threads with 2 x 2 sums each. For
/// matrices that are smaller than the large tiles.
/// </summary>
public static class SmallProduct
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    public const int Tile = ProductContract.SmallTile;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 64;

    const int Depth = 16, Across = Tile / 2, Stride = Tile + 1;

    /// <summary>Computes the tile of this group; slices are those of <see cref="IProductTemplate"/>.</summary>
    public static void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
    {
        var lefts = SharedMemory.Allocate<float>(Depth * Stride);
        var rights = SharedMemory.Allocate<float>(Depth * Stride);
        var place = new TileOfProduct(Tile, m, n, k, slices);
        int item = place.Item, firstRow = place.FirstRow, firstColumn = place.FirstColumn, end = place.EndDepth;
        int thread = Group.IdxX, row = thread / Across, column = thread % Across;
        float sum00 = 0f, sum01 = 0f, sum10 = 0f, sum11 = 0f;
        for (int start = place.FirstDepth; start < end; start += Depth)
        {
            for (int i = thread; i < Depth * Tile; i += Threads)
            {
                // Neighbouring threads read neighbouring elements, whichever way the operand lies.
                int across = i % Depth, along = i / Depth;
                int depth = left.IsRowMajor ? across : along, offset = left.IsRowMajor ? along : across;
                lefts[depth * Stride + offset] = firstRow + offset < m && start + depth < end ? left.Load(item, firstRow + offset, start + depth) : 0f;
                depth = right.IsRowMajor ? along : across;
                offset = right.IsRowMajor ? across : along;
                rights[depth * Stride + offset] = firstColumn + offset < n && start + depth < end ? right.Load(item, start + depth, firstColumn + offset) : 0f;
            }
            Group.Barrier();
            for (int depth = 0; depth < Depth; depth++)
            {
                float left0 = lefts[depth * Stride + row], left1 = lefts[depth * Stride + row + Across];
                float right0 = rights[depth * Stride + column], right1 = rights[depth * Stride + column + Across];
                sum00 += left0 * right0;
                sum01 += left0 * right1;
                sum10 += left1 * right0;
                sum11 += left1 * right1;
            }
            Group.Barrier();
        }
        row += firstRow;
        column += firstColumn;
        if (row < m && column < n)
            epilogue.Store(place.Result, row, column, sum00);
        if (row < m && column + Across < n)
            epilogue.Store(place.Result, row, column + Across, sum01);
        if (row + Across < m && column < n)
            epilogue.Store(place.Result, row + Across, column, sum10);
        if (row + Across < m && column + Across < n)
            epilogue.Store(place.Result, row + Across, column + Across, sum11);
    }
}
