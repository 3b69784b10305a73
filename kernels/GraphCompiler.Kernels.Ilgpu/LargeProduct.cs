using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// Each thread has 8 x 8 sums in registers, as two halves of four rows and two of four columns that lie half a tile apart:
// so neighbouring threads read neighbouring shared memory, 16 bytes each. A warp's threads are four rows of eight, which reads
// the fewest different numbers. The operands of the next step are loaded into registers while this step is computed, and
// stored to the other of two buffers, so one barrier a step suffices.
//
// A step's part of an operand lies in shared memory as rows of one depth each, a tile's places long and four numbers longer:
// so that threads which read an operand along its depth, and store it across these rows, meet different banks.

/// <summary>How large the tiles of a <see cref="LargeProduct"/> are; everything else follows from that.</summary>
public interface IProductTile
{
    /// <summary>Rows and columns of a tile of the result: a power of two, at least 64: whole warps share a tile, and a column of it has no
    /// more elements than the group has threads.</summary>
    int Size { get; }
}

/// <summary>256 threads, 8 products deep a step.</summary>
public readonly struct Tile128 : IProductTile
{
    /// <inheritdoc/>
    public int Size => 128;
}

/// <summary>64 threads, 4 products deep a step.</summary>
public readonly struct Tile64 : IProductTile
{
    /// <inheritdoc/>
    public int Size => 64;
}

/// <summary>
/// A product of m x k by k x n, for each item of a batch, in tiles of 128 x 128 sums: 256 threads with 8 x 8 sums each,
/// 8 products deep a step, double buffered. Other sizes of tiles have as many sums a thread.
/// </summary>
public static class LargeProduct
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    public const int Tile = ProductContract.LargeTile;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 256;

    /// <summary>Computes the tile of this group.</summary>
    public static void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
        => Multiply(default(Tile128), m, n, k, left, right, epilogue, slices);

    /// <summary>Computes the tile of this group, which has (size / 8)² threads.</summary>
    public static void Multiply<TTile, TLeft, TRight, TEpilogue>(TTile tiles, int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TTile : struct, IProductTile
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
    {
        // A step is so deep that each thread loads four elements of each operand.
        int size = tiles.Size, half = size / 2, stepDepth = size / 16, stride = size / 4 + 1;
        var lefts = SharedMemory.Allocate<Four>(2 * stepDepth * stride);
        var rights = SharedMemory.Allocate<Four>(2 * stepDepth * stride);
        var place = new TileOfProduct(size, m, n, k, slices);
        int item = place.Item, firstRow = place.FirstRow, firstColumn = place.FirstColumn, end = place.EndDepth;
        var leftPart = new OperandPart(size, left.IsRowMajor, left.IsVector);
        var rightPart = new OperandPart(size, !right.IsRowMajor, right.IsVector);
        // Masks, not remainders: those are divisions on a device.
        int warp = Group.IdxX >> 5, lane = Group.IdxX & 31, warpsAcross = size / 64;
        int row = warp / warpsAcross * 4 + (lane >> 3), column = (warp & (warpsAcross - 1)) * 8 + (lane & 7);

        ProductSums sums = default;
        Four nextLeft = LoadLeft(left, leftPart, item, m, end, firstRow, place.FirstDepth), nextRight = LoadRight(right, rightPart, item, n, end, firstColumn, place.FirstDepth);
        int buffer = 0;
        for (int start = place.FirstDepth; start < end; start += stepDepth)
        {
            leftPart.Store(lefts, buffer, stride, nextLeft);
            rightPart.Store(rights, buffer, stride, nextRight);
            Group.Barrier();
            if (start + stepDepth < end)
            {
                nextLeft = LoadLeft(left, leftPart, item, m, end, firstRow, start + stepDepth);
                nextRight = LoadRight(right, rightPart, item, n, end, firstColumn, start + stepDepth);
            }
            int reach = (stepDepth - 1) * stride + half / 4 + 1;
            var reader = new SumReader(lefts.SubView(buffer + row, reach), rights.SubView(buffer + column, reach), half / 4, stride);
            sums = reader.Add(reader.Add(reader.Add(reader.Add(sums, 0), 1), 2), 3);
            if (stepDepth == 8)
                sums = reader.Add(reader.Add(reader.Add(reader.Add(sums, 4), 5), 6), 7);
            buffer = stepDepth * stride - buffer;
        }
        int top = firstRow + row * 4, side = firstColumn + column * 4;
        // A loop that shifts the sums up a row: what is fused with a product is inlined twice, not for each of the sixteen fours.
        for (int i = 0; i < 8; i++)
        {
            int rowOfSums = top + (i < 4 ? i : half + i - 4);
            if (rowOfSums < m)
            {
                StoreFour(epilogue, place.Result, n, rowOfSums, side, sums.Left0);
                StoreFour(epilogue, place.Result, n, rowOfSums, side + half, sums.Right0);
            }
            sums = sums.Next();
        }
    }

    /// <summary>The sums of a thread: eight rows of four columns on the left and four on the right.</summary>
    struct ProductSums
    {
        public Four Left0, Left1, Left2, Left3, Left4, Left5, Left6, Left7;
        public Four Right0, Right1, Right2, Right3, Right4, Right5, Right6, Right7;

        /// <summary>The sums with the second row in place of the first, and so on.</summary>
        public readonly ProductSums Next() => new()
        {
            Left0 = Left1,
            Left1 = Left2,
            Left2 = Left3,
            Left3 = Left4,
            Left4 = Left5,
            Left5 = Left6,
            Left6 = Left7,
            Left7 = Left7,
            Right0 = Right1,
            Right1 = Right2,
            Right2 = Right3,
            Right3 = Right4,
            Right4 = Right5,
            Right5 = Right6,
            Right6 = Right7,
            Right7 = Right7,
        };
    }

    /// <summary>
    /// Reads what a thread multiplies at a depth of a step. ILGPU unrolls no loops, so each depth is a call; places are constants
    /// behind the first, which become parts of the instructions.
    /// </summary>
    readonly struct SumReader(ArrayView<Four> lefts, ArrayView<Four> rights, int half, int stride)
    {
        public ProductSums Add(ProductSums sums, int depth)
        {
            int at = depth * stride;
            Four a = lefts[at], b = lefts[at + half], c = rights[at], d = rights[at + half];
            return new()
            {
                Left0 = Four.MultiplyAdd(a.X, c, sums.Left0),
                Left1 = Four.MultiplyAdd(a.Y, c, sums.Left1),
                Left2 = Four.MultiplyAdd(a.Z, c, sums.Left2),
                Left3 = Four.MultiplyAdd(a.W, c, sums.Left3),
                Left4 = Four.MultiplyAdd(b.X, c, sums.Left4),
                Left5 = Four.MultiplyAdd(b.Y, c, sums.Left5),
                Left6 = Four.MultiplyAdd(b.Z, c, sums.Left6),
                Left7 = Four.MultiplyAdd(b.W, c, sums.Left7),
                Right0 = Four.MultiplyAdd(a.X, d, sums.Right0),
                Right1 = Four.MultiplyAdd(a.Y, d, sums.Right1),
                Right2 = Four.MultiplyAdd(a.Z, d, sums.Right2),
                Right3 = Four.MultiplyAdd(a.W, d, sums.Right3),
                Right4 = Four.MultiplyAdd(b.X, d, sums.Right4),
                Right5 = Four.MultiplyAdd(b.Y, d, sums.Right5),
                Right6 = Four.MultiplyAdd(b.Z, d, sums.Right6),
                Right7 = Four.MultiplyAdd(b.W, d, sums.Right7),
            };
        }
    }

    /// <summary>
    /// Which four elements of a step's part of an operand a thread loads: neighbours where the operand is read 16 bytes at a
    /// time, else elements so far apart that neighbouring threads read neighbours, whichever way the operand lies.
    /// </summary>
    readonly struct OperandPart
    {
        readonly bool isDeep, isVector;
        public readonly int Place, Depth, PlaceStep, DepthStep;

        /// <param name="size">The size of a tile.</param>
        /// <param name="isDeep">Whether neighbours in memory follow the depth of the product.</param>
        /// <param name="isVector">Whether four neighbours are read at a time.</param>
        public OperandPart(int size, bool isDeep, bool isVector)
        {
            this.isDeep = isDeep;
            this.isVector = isVector;
            int thread = Group.IdxX, stepDepth = size / 16, threads = size * size / 64, along = isVector ? 4 : 1;
            int across = isDeep ? stepDepth / along : size / along, position = (thread & (across - 1)) * along, line = thread / across;
            Place = isDeep ? line : position;
            Depth = isDeep ? position : line;
            PlaceStep = isVector ? (isDeep ? 0 : 1) : isDeep ? threads / stepDepth : 0;
            DepthStep = isVector ? (isDeep ? 1 : 0) : isDeep ? 0 : threads / size;
        }

        public void Store(ArrayView<Four> shared, int buffer, int stride, Four values)
        {
            if (isVector && !isDeep)
            {
                shared[buffer + Depth * stride + Place / 4] = values;
                return;
            }
            var floats = shared.Cast<float>();
            int at = (buffer + Depth * stride) * 4 + Place, step = DepthStep * stride * 4 + PlaceStep;
            floats[at] = values.X;
            floats[at + step] = values.Y;
            floats[at + 2 * step] = values.Z;
            floats[at + 3 * step] = values.W;
        }
    }

    static Four LoadLeft<TLeft>(TLeft left, OperandPart part, int item, int m, int k, int firstRow, int firstDepth)
        where TLeft : struct, IProductOperand
    {
        int row = firstRow + part.Place, depth = firstDepth + part.Depth;
        if (left.IsVector)
        {
            var four = row < m && depth < k ? left.LoadFour(item, row, depth) : default;
            return left.IsRowMajor ? Four.First(four, k - depth) : four;
        }
        return new()
        {
            X = LeftAt(left, item, m, k, row, depth),
            Y = LeftAt(left, item, m, k, row + part.PlaceStep, depth + part.DepthStep),
            Z = LeftAt(left, item, m, k, row + 2 * part.PlaceStep, depth + 2 * part.DepthStep),
            W = LeftAt(left, item, m, k, row + 3 * part.PlaceStep, depth + 3 * part.DepthStep),
        };
    }

    static float LeftAt<TLeft>(TLeft left, int item, int m, int k, int row, int depth)
        where TLeft : struct, IProductOperand
        => row < m && depth < k ? left.Load(item, row, depth) : 0f;

    static Four LoadRight<TRight>(TRight right, OperandPart part, int item, int n, int k, int firstColumn, int firstDepth)
        where TRight : struct, IProductOperand
    {
        int column = firstColumn + part.Place, depth = firstDepth + part.Depth;
        if (right.IsVector)
        {
            var four = column < n && depth < k ? right.LoadFour(item, depth, column) : default;
            return right.IsRowMajor ? four : Four.First(four, k - depth);
        }
        return new()
        {
            X = RightAt(right, item, n, k, column, depth),
            Y = RightAt(right, item, n, k, column + part.PlaceStep, depth + part.DepthStep),
            Z = RightAt(right, item, n, k, column + 2 * part.PlaceStep, depth + 2 * part.DepthStep),
            W = RightAt(right, item, n, k, column + 3 * part.PlaceStep, depth + 3 * part.DepthStep),
        };
    }

    static float RightAt<TRight>(TRight right, int item, int n, int k, int column, int depth)
        where TRight : struct, IProductOperand
        => column < n && depth < k ? right.Load(item, depth, column) : 0f;

    internal static void StoreFour<TEpilogue>(TEpilogue epilogue, int item, int n, int row, int column, Four sums)
        where TEpilogue : struct, IProductEpilogue
    {
        if (epilogue.IsVector)
        {
            if (column < n)
                epilogue.StoreFour(item, row, column, sums);
            return;
        }
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

/// <summary>The same in tiles of 64 x 64 sums: for results that have too few larger tiles to occupy a device.</summary>
public static class MediumProduct
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    public const int Tile = ProductContract.MediumTile;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 64;

    /// <summary>Computes the tile of this group.</summary>
    public static void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
        => LargeProduct.Multiply(default(Tile64), m, n, k, left, right, epilogue, slices);
}
