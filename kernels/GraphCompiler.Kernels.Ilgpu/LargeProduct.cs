using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// Each thread has 8 x 8 sums in registers, as two halves of four rows and two of four columns that lie half a tile apart:
// so neighbouring threads read neighbouring shared memory. The operands of the next step are loaded into registers while
// this step is computed, and stored to the other of two buffers, so one barrier a step suffices.

/// <summary>Four numbers in registers.</summary>
public struct Four
{
    /// <summary>The numbers.</summary>
    public float X, Y, Z, W;

    /// <summary>Adds the products of a number with four others.</summary>
    public static Four MultiplyAdd(float factor, Four factors, Four sums) => new()
    {
        X = sums.X + factor * factors.X,
        Y = sums.Y + factor * factors.Y,
        Z = sums.Z + factor * factors.Z,
        W = sums.W + factor * factors.W,
    };

    /// <summary>Reads four neighbours.</summary>
    public static Four Read(ArrayView<float> view, int index) => new() { X = view[index], Y = view[index + 1], Z = view[index + 2], W = view[index + 3] };
}

/// <summary>How large the tiles of a <see cref="LargeProduct"/> are; everything else follows from that.</summary>
public interface IProductTile
{
    /// <summary>Rows and columns of a tile of the result: a power of two, at least 64: a column of a tile has no more elements than the group has threads.</summary>
    int Size { get; }
}

/// <summary>The tiles of emitted kernels: 256 threads, 8 products deep a step.</summary>
public readonly struct Tile128 : IProductTile
{
    /// <inheritdoc/>
    public int Size => 128;
}

/// <summary>
/// A product of m x k by k x n, for each item of a batch, in tiles of 128 x 128 sums: 256 threads with 8 x 8 sums each,
/// 8 products deep a step, double buffered. Other sizes of tiles have as many sums a thread.
/// </summary>
public static class LargeProduct
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    public const int Tile = 128;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 256;

    /// <summary>Computes the tile of this group.</summary>
    public static void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
        => Multiply(default(Tile128), m, n, k, left, right, epilogue);

    /// <summary>Computes the tile of this group, which has (size / 8)² threads.</summary>
    public static void Multiply<TTile, TLeft, TRight, TEpilogue>(TTile tiles, int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TTile : struct, IProductTile
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
    {
        // A step is so deep that each thread loads four elements of each operand.
        int size = tiles.Size, half = size / 2, across = size / 8, threads = across * across, stepDepth = size / 16, stride = size + 4;
        var lefts = SharedMemory.Allocate<float>(2 * stepDepth * stride);
        var rights = SharedMemory.Allocate<float>(2 * stepDepth * stride);
        int tilesDown = (m + size - 1) / size, tilesAcross = (n + size - 1) / size;
        int item = Grid.IdxX / (tilesDown * tilesAcross), tile = Grid.IdxX % (tilesDown * tilesAcross);
        int firstRow = tile / tilesAcross * size, firstColumn = tile % tilesAcross * size;
        int thread = Group.IdxX, row = thread / across * 4, column = thread % across * 4;

        // Along the operand's own direction neighbours read neighbours.
        int leftPlace = left.IsRowMajor ? thread / stepDepth : thread % size, leftDepth = left.IsRowMajor ? thread % stepDepth : thread / size;
        int rightPlace = right.IsRowMajor ? thread % size : thread / stepDepth, rightDepth = right.IsRowMajor ? thread / size : thread % stepDepth;
        int leftPlaceStep = left.IsRowMajor ? threads / stepDepth : 0, leftDepthStep = left.IsRowMajor ? 0 : threads / size;
        int rightPlaceStep = right.IsRowMajor ? 0 : threads / stepDepth, rightDepthStep = right.IsRowMajor ? threads / size : 0;

        Four s00 = default, s10 = default, s20 = default, s30 = default, s40 = default, s50 = default, s60 = default, s70 = default;
        Four s01 = default, s11 = default, s21 = default, s31 = default, s41 = default, s51 = default, s61 = default, s71 = default;
        Four nextLeft = LoadLeft(left, item, m, k, firstRow + leftPlace, leftDepth, leftPlaceStep, leftDepthStep);
        Four nextRight = LoadRight(right, item, n, k, firstColumn + rightPlace, rightDepth, rightPlaceStep, rightDepthStep);
        int buffer = 0;
        for (int start = 0; start < k; start += stepDepth)
        {
            Store(lefts, buffer + leftDepth * stride + leftPlace, leftDepthStep * stride + leftPlaceStep, nextLeft);
            Store(rights, buffer + rightDepth * stride + rightPlace, rightDepthStep * stride + rightPlaceStep, nextRight);
            Group.Barrier();
            if (start + stepDepth < k)
            {
                nextLeft = LoadLeft(left, item, m, k, firstRow + leftPlace, start + stepDepth + leftDepth, leftPlaceStep, leftDepthStep);
                nextRight = LoadRight(right, item, n, k, firstColumn + rightPlace, start + stepDepth + rightDepth, rightPlaceStep, rightDepthStep);
            }
            for (int depth = 0; depth < stepDepth; depth++)
            {
                int at = buffer + depth * stride;
                Four a = Four.Read(lefts, at + row), b = Four.Read(lefts, at + half + row);
                Four c = Four.Read(rights, at + column), d = Four.Read(rights, at + half + column);
                s00 = Four.MultiplyAdd(a.X, c, s00);
                s01 = Four.MultiplyAdd(a.X, d, s01);
                s10 = Four.MultiplyAdd(a.Y, c, s10);
                s11 = Four.MultiplyAdd(a.Y, d, s11);
                s20 = Four.MultiplyAdd(a.Z, c, s20);
                s21 = Four.MultiplyAdd(a.Z, d, s21);
                s30 = Four.MultiplyAdd(a.W, c, s30);
                s31 = Four.MultiplyAdd(a.W, d, s31);
                s40 = Four.MultiplyAdd(b.X, c, s40);
                s41 = Four.MultiplyAdd(b.X, d, s41);
                s50 = Four.MultiplyAdd(b.Y, c, s50);
                s51 = Four.MultiplyAdd(b.Y, d, s51);
                s60 = Four.MultiplyAdd(b.Z, c, s60);
                s61 = Four.MultiplyAdd(b.Z, d, s61);
                s70 = Four.MultiplyAdd(b.W, c, s70);
                s71 = Four.MultiplyAdd(b.W, d, s71);
            }
            buffer = stepDepth * stride - buffer;
        }
        int top = firstRow + row, side = firstColumn + column;
        StoreRow(epilogue, item, m, n, half, top, side, s00, s01);
        StoreRow(epilogue, item, m, n, half, top + 1, side, s10, s11);
        StoreRow(epilogue, item, m, n, half, top + 2, side, s20, s21);
        StoreRow(epilogue, item, m, n, half, top + 3, side, s30, s31);
        StoreRow(epilogue, item, m, n, half, top + half, side, s40, s41);
        StoreRow(epilogue, item, m, n, half, top + half + 1, side, s50, s51);
        StoreRow(epilogue, item, m, n, half, top + half + 2, side, s60, s61);
        StoreRow(epilogue, item, m, n, half, top + half + 3, side, s70, s71);
    }

    static Four LoadLeft<TLeft>(TLeft left, int item, int m, int k, int row, int depth, int rowStep, int depthStep)
        where TLeft : struct, IProductOperand
        => new()
        {
            X = LeftAt(left, item, m, k, row, depth),
            Y = LeftAt(left, item, m, k, row + rowStep, depth + depthStep),
            Z = LeftAt(left, item, m, k, row + 2 * rowStep, depth + 2 * depthStep),
            W = LeftAt(left, item, m, k, row + 3 * rowStep, depth + 3 * depthStep),
        };

    static float LeftAt<TLeft>(TLeft left, int item, int m, int k, int row, int depth)
        where TLeft : struct, IProductOperand
        => row < m && depth < k ? left.Load(item, row, depth) : 0f;

    static Four LoadRight<TRight>(TRight right, int item, int n, int k, int column, int depth, int columnStep, int depthStep)
        where TRight : struct, IProductOperand
        => new()
        {
            X = RightAt(right, item, n, k, column, depth),
            Y = RightAt(right, item, n, k, column + columnStep, depth + depthStep),
            Z = RightAt(right, item, n, k, column + 2 * columnStep, depth + 2 * depthStep),
            W = RightAt(right, item, n, k, column + 3 * columnStep, depth + 3 * depthStep),
        };

    static float RightAt<TRight>(TRight right, int item, int n, int k, int column, int depth)
        where TRight : struct, IProductOperand
        => column < n && depth < k ? right.Load(item, depth, column) : 0f;

    static void Store(ArrayView<float> shared, int at, int step, Four values)
    {
        shared[at] = values.X;
        shared[at + step] = values.Y;
        shared[at + 2 * step] = values.Z;
        shared[at + 3 * step] = values.W;
    }

    static void StoreRow<TEpilogue>(TEpilogue epilogue, int item, int m, int n, int half, int row, int column, Four left, Four right)
        where TEpilogue : struct, IProductEpilogue
    {
        if (row >= m)
            return;
        StoreFour(epilogue, item, n, row, column, left);
        StoreFour(epilogue, item, n, row, column + half, right);
    }

    static void StoreFour<TEpilogue>(TEpilogue epilogue, int item, int n, int row, int column, Four sums)
        where TEpilogue : struct, IProductEpilogue
    {
        if (column < n)
            epilogue.Store(item, row, column, sums.X);
        if (column + 1 < n)
            epilogue.Store(item, row, column + 1, sums.Y);
        if (column + 2 < n)
            epilogue.Store(item, row, column + 2, sums.Z);
        if (column + 3 < n)
            epilogue.Store(item, row, column + 3, sums.W);
    }
}
