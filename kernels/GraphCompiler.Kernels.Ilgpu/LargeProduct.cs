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

/// <summary>
/// A product of m x k by k x n, for each item of a batch, in tiles of 128 x 128 sums: 256 threads with 8 x 8 sums each,
/// 8 products deep a step, double buffered.
/// </summary>
public static class LargeProduct
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    public const int Tile = 128;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 256;

    const int Depth = 8, Stride = Tile + 4, Half = Tile / 2, Across = 16;

    /// <summary>Computes the tile of this group.</summary>
    public static void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
    {
        var lefts = SharedMemory.Allocate<float>(2 * Depth * Stride);
        var rights = SharedMemory.Allocate<float>(2 * Depth * Stride);
        int tilesDown = (m + Tile - 1) / Tile, tilesAcross = (n + Tile - 1) / Tile;
        int item = Grid.IdxX / (tilesDown * tilesAcross), tile = Grid.IdxX % (tilesDown * tilesAcross);
        int firstRow = tile / tilesAcross * Tile, firstColumn = tile % tilesAcross * Tile;
        int thread = Group.IdxX, row = thread / Across * 4, column = thread % Across * 4;

        // Four elements of each operand a thread and step. Along the operand's own direction neighbours read neighbours.
        int leftPlace = left.IsRowMajor ? thread / Depth : thread % Tile, leftDepth = left.IsRowMajor ? thread % Depth : thread / Tile;
        int rightPlace = right.IsRowMajor ? thread % Tile : thread / Depth, rightDepth = right.IsRowMajor ? thread / Tile : thread % Depth;
        int leftPlaceStep = left.IsRowMajor ? Threads / Depth : 0, leftDepthStep = left.IsRowMajor ? 0 : Threads / Tile;
        int rightPlaceStep = right.IsRowMajor ? 0 : Threads / Depth, rightDepthStep = right.IsRowMajor ? Threads / Tile : 0;

        Four s00 = default, s10 = default, s20 = default, s30 = default, s40 = default, s50 = default, s60 = default, s70 = default;
        Four s01 = default, s11 = default, s21 = default, s31 = default, s41 = default, s51 = default, s61 = default, s71 = default;
        Four nextLeft = LoadLeft(left, item, m, k, firstRow + leftPlace, leftDepth, leftPlaceStep, leftDepthStep);
        Four nextRight = LoadRight(right, item, n, k, firstColumn + rightPlace, rightDepth, rightPlaceStep, rightDepthStep);
        int buffer = 0;
        for (int start = 0; start < k; start += Depth)
        {
            Store(lefts, buffer + leftDepth * Stride + leftPlace, leftDepthStep * Stride + leftPlaceStep, nextLeft);
            Store(rights, buffer + rightDepth * Stride + rightPlace, rightDepthStep * Stride + rightPlaceStep, nextRight);
            Group.Barrier();
            if (start + Depth < k)
            {
                nextLeft = LoadLeft(left, item, m, k, firstRow + leftPlace, start + Depth + leftDepth, leftPlaceStep, leftDepthStep);
                nextRight = LoadRight(right, item, n, k, firstColumn + rightPlace, start + Depth + rightDepth, rightPlaceStep, rightDepthStep);
            }
            for (int depth = 0; depth < Depth; depth++)
            {
                int at = buffer + depth * Stride;
                Four a = Four.Read(lefts, at + row), b = Four.Read(lefts, at + Half + row);
                Four c = Four.Read(rights, at + column), d = Four.Read(rights, at + Half + column);
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
            buffer = Depth * Stride - buffer;
        }
        int top = firstRow + row, side = firstColumn + column;
        StoreRow(epilogue, item, m, n, top, side, s00, s01);
        StoreRow(epilogue, item, m, n, top + 1, side, s10, s11);
        StoreRow(epilogue, item, m, n, top + 2, side, s20, s21);
        StoreRow(epilogue, item, m, n, top + 3, side, s30, s31);
        StoreRow(epilogue, item, m, n, top + Half, side, s40, s41);
        StoreRow(epilogue, item, m, n, top + Half + 1, side, s50, s51);
        StoreRow(epilogue, item, m, n, top + Half + 2, side, s60, s61);
        StoreRow(epilogue, item, m, n, top + Half + 3, side, s70, s71);
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

    static void StoreRow<TEpilogue>(TEpilogue epilogue, int item, int m, int n, int row, int column, Four left, Four right)
        where TEpilogue : struct, IProductEpilogue
    {
        if (row >= m)
            return;
        StoreFour(epilogue, item, n, row, column, left);
        StoreFour(epilogue, item, n, row, column + Half, right);
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
