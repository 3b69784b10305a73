using GraphCompiler.Contracts;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorRegisters;

namespace GraphCompiler.Kernels.Ilgpu;

// Four warps share a tile, 2 x 2, with 64 x 64 sums each in registers (or 32 x 32). A step is 64 bytes of depth. Its parts of both
// operands pass through three stages of shared memory: while a step is multiplied, the copies of the next two are under way, so
// one barrier a step suffices: behind it this step's copies of all threads are there, and the stage of the step before, which is
// filled next, has been read by all. An operand that is computed on the way takes the same way through registers: it is read
// before half a step's multiplications and stored behind them.
//
// The finished sums go through shared memory once more, 32 rows at a time, so that the epilogue meets them row by row: neighbouring
// threads have neighbouring columns.
//
// ILGPU has no name for the registers of tensor cores, and gives results of inline PTX back through memory only. So sums and
// fragments are registers that the PTX itself declares, and C# knows the places in shared memory alone.

/// <summary>How large the tiles of a <see cref="TensorProduct"/> are.</summary>
public interface ITensorTileSize
{
    /// <summary>Rows and columns of a tile: 128 or 64.</summary>
    int Size { get; }
}

/// <summary>128 x 128 sums a group.</summary>
public readonly struct TensorTile128 : ITensorTileSize
{
    /// <inheritdoc/>
    public int Size => 128;
}

/// <summary>64 x 64 sums a group.</summary>
public readonly struct TensorTile64 : ITensorTileSize
{
    /// <inheritdoc/>
    public int Size => 64;
}

/// <summary>
/// A product of m x k by k x n, for each item of a batch, on the tensor cores of CUDA devices of compute capability 8.0 or more:
/// operands rounded to a format of fewer bits, sums in float32. A kernel that calls it allocates no other shared memory.
/// </summary>
public static class TensorProduct
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    public const int Tile = ProductContract.LargeTile;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 128;

    const int Stages = 3;

    /// <summary>Computes the tile of this group.</summary>
    public static void Multiply<TFormat, TLeft, TRight, TEpilogue>(TFormat format, int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TFormat : struct, ITensorFormat
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => Multiply(default(TensorTile128), format, m, n, k, left, right, epilogue, slices);

    /// <summary>Computes the tile of this group.</summary>
    public static void Multiply<TTile, TFormat, TLeft, TRight, TEpilogue>(TTile tiles, TFormat format, int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue,
        int slices = 1)
        where TTile : struct, ITensorTileSize
        where TFormat : struct, ITensorFormat
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
    {
        int size = tiles.Size, partBytes = size * TensorTile<LeftSide<TLeft>, TFormat>.DepthBytes, stageBytes = 2 * partBytes;
        // The permutation of pieces takes an address apart into bits.
        var shared = SharedMemory.Allocate<Four>(Stages * stageBytes / 16).AsAligned(256);
        CudaAsm.Emit(Declare);
        CudaAsm.Emit("mov.u32 tiles, __shared_alloca0;");
        var place = new TileOfProduct(size, m, n, k, slices);
        int first = place.FirstDepth, end = place.EndDepth;
        var lefts = new TensorTile<LeftSide<TLeft>, TFormat>(new(left), format, 0, size, place.Item, place.FirstRow, m, first, end);
        var rights = new TensorTile<RightSide<TRight>, TFormat>(new(right), format, partBytes, size, place.Item, place.FirstColumn, n, first, end);
        int depth = TensorTile<LeftSide<TLeft>, TFormat>.DepthBytes / format.ElementBytes, steps = (end - first + depth - 1) / depth;
        int rounds = size / 32;
        lefts.BeginFragments(((Group.IdxX >> 5) & 1) * (size / 2));
        rights.BeginFragments((Group.IdxX >> 6) * (size / 2));
        CudaAsm.Emit(Clear);
        for (int step = 0; step < Stages - 1; step++)
        {
            Fill(lefts, step * stageBytes, first + step * depth, rounds);
            Fill(rights, step * stageBytes, first + step * depth, rounds);
            CudaAsm.Emit("cp.async.commit_group;");
        }
        int read = 0, written = (Stages - 1) * stageBytes;
        for (int step = 0; step < steps; step++)
        {
            CudaAsm.Emit("cp.async.wait_group 1;");
            Group.Barrier();
            int ahead = first + (step + Stages - 1) * depth;
            TensorPieces pieces = default;
            if (lefts.IsStored)
                lefts.Copy(written, rounds);
            else
                pieces = lefts.Load(ahead, rounds);
            if (rights.IsStored)
                rights.Copy(written, rounds);
            CudaAsm.Emit("cp.async.commit_group;");
            CudaAsm.Emit("add.u32 leftAt, leftFirst, %0; add.u32 rightAt, rightFirst, %0;", read);
            LoadLeft(lefts, size);
            LoadRight(rights, size);
            MultiplyFragments(format, size);
            if (!lefts.IsStored)
                lefts.Store(written, rounds, pieces);
            if (!rights.IsStored)
                pieces = rights.Load(ahead, rounds);
            CudaAsm.Emit("add.u32 leftAt, leftSecond, %0; add.u32 rightAt, rightSecond, %0;", read);
            LoadLeft(lefts, size);
            LoadRight(rights, size);
            MultiplyFragments(format, size);
            if (!rights.IsStored)
                rights.Store(written, rounds, pieces);
            written = read;
            read = read == (Stages - 1) * stageBytes ? 0 : read + stageBytes;
        }
        CudaAsm.Emit("cp.async.wait_group 0;");
        Group.Barrier();
        Finish(shared, size, place, m, n, epilogue);
    }

    static void Fill<TSide, TFormat>(TensorTile<TSide, TFormat> tile, int stage, int depth, int rounds)
        where TSide : struct, IProductSide
        where TFormat : struct, ITensorFormat
    {
        if (tile.IsStored)
            tile.Copy(stage, rounds);
        else
            tile.Store(stage, rounds, tile.Load(depth, rounds));
    }

    static void MultiplyFragments<TFormat>(TFormat format, int size)
        where TFormat : struct, ITensorFormat
    {
        format.MultiplyQuarter();
        if (size == 128)
            format.MultiplyRest();
    }

    static void LoadLeft<TSide, TFormat>(TensorTile<TSide, TFormat> tile, int size)
        where TSide : struct, IProductSide
        where TFormat : struct, ITensorFormat
    {
        if (tile.ReadsSingles)
        {
            CudaAsm.Emit("add.u32 leftFurther, leftAt, %0;", tile.Further);
            CudaAsm.Emit(LeftWideSingle01);
            if (size == 128)
                CudaAsm.Emit(LeftWideSingle23);
        }
        else if (tile.IsDeep)
        {
            CudaAsm.Emit(LeftDeep01);
            if (size == 128)
                CudaAsm.Emit(LeftDeep23);
        }
        else
        {
            CudaAsm.Emit(LeftWide01);
            if (size == 128)
                CudaAsm.Emit(LeftWide23);
        }
    }

    static void LoadRight<TSide, TFormat>(TensorTile<TSide, TFormat> tile, int size)
        where TSide : struct, IProductSide
        where TFormat : struct, ITensorFormat
    {
        if (tile.ReadsSingles)
        {
            CudaAsm.Emit("add.u32 rightFurther, rightAt, %0;", tile.Further);
            CudaAsm.Emit(RightWideSingle01);
            if (size == 128)
                CudaAsm.Emit(RightWideSingle23);
        }
        else if (tile.IsDeep)
        {
            CudaAsm.Emit(RightDeep01);
            if (size == 128)
                CudaAsm.Emit(RightDeep23);
        }
        else
        {
            CudaAsm.Emit(RightWide01);
            if (size == 128)
                CudaAsm.Emit(RightWide23);
        }
    }

    /// <summary>
    /// Hands the sums to the epilogue, 16 rows of each warp at a time, through two buffers in turn: one barrier each. Rows are
    /// eight floats longer than the tile, so that the four rows of a half warp's stores meet different banks.
    /// </summary>
    static void Finish<TEpilogue>(ArrayView<Four> shared, int size, TileOfProduct place, int m, int n, TEpilogue epilogue)
        where TEpilogue : struct, IProductEpilogue
    {
        int width = size + 8, lane = Group.IdxX & 31, warpRow = (Group.IdxX >> 5) & 1, warpColumn = Group.IdxX >> 6;
        int from = (warpRow * 16 + (lane >> 2)) * width + warpColumn * (size / 2) + (lane & 3) * 2;
        CudaAsm.Emit("add.u32 leftFirst, tiles, %0; add.u32 rightFirst, leftFirst, %1;", from * sizeof(float), 8 * width * sizeof(float));
        // Half of the threads take the upper warps' rows, half the lower ones'. Places are counted in what a thread takes at a time.
        int unit = epilogue.IsVector ? Four.Count : 1, across = epilogue.IsVector ? size / Four.Count : Threads / 2, line = width / unit;
        int half = Group.IdxX >> 6, thread = Group.IdxX & 63, rowOfThread = thread / across, rowStep = Threads / 2 / across;
        int columnOfTile = (thread & (across - 1)) * unit, column = place.FirstColumn + columnOfTile;
        for (int part = 0; part < size / 32; part++)
        {
            int buffer = (part & 1) * 32 * width;
            CudaAsm.Emit("add.u32 leftAt, leftFirst, %0; add.u32 rightAt, rightFirst, %0;", buffer * sizeof(float));
            StoreSums(part, size);
            Group.Barrier();
            if (column >= n)
                continue;
            int first = place.FirstRow + half * (size / 2) + part * 16, end = first + 16 < m ? first + 16 : m;
            int at = (buffer + columnOfTile) / unit + (half * 16 + rowOfThread) * line;
            for (int row = first + rowOfThread; row < end; row += rowStep)
            {
                if (epilogue.IsVector)
                    epilogue.StoreFour(place.Result, row, column, shared[at]);
                else
                    StoreOnes(shared.Cast<float>(), at, size, place.Result, n, row, column, epilogue);
                at += rowStep * line;
            }
        }
    }

    /// <summary>The sum of a column, and in large tiles that of the column half a tile further.</summary>
    static void StoreOnes<TEpilogue>(ArrayView<float> sums, int at, int size, int result, int n, int row, int column, TEpilogue epilogue)
        where TEpilogue : struct, IProductEpilogue
    {
        epilogue.Store(result, row, column, sums[at]);
        if (size == 128 && column + 64 < n)
            epilogue.Store(result, row, column + 64, sums[at + 64]);
    }

    static void StoreSums(int part, int size)
    {
        if (part == 0)
        {
            CudaAsm.Emit(Store0);
            if (size == 128)
                CudaAsm.Emit(Store0Right);
        }
        else if (part == 1)
        {
            CudaAsm.Emit(Store1);
            if (size == 128)
                CudaAsm.Emit(Store1Right);
        }
        else if (size == 128 && part == 2)
        {
            CudaAsm.Emit(Store2);
            CudaAsm.Emit(Store2Right);
        }
        else if (size == 128)
        {
            CudaAsm.Emit(Store3);
            CudaAsm.Emit(Store3Right);
        }
    }
}

/// <summary>The same in tiles of 64 x 64 sums: for results that have too few larger tiles to occupy a device.</summary>
public static class SmallTensorProduct
{
    /// <summary>Rows and columns of a tile of the result.</summary>
    public const int Tile = ProductContract.MediumTile;

    /// <summary>Threads of a group.</summary>
    public const int Threads = TensorProduct.Threads;

    /// <summary>Computes the tile of this group.</summary>
    public static void Multiply<TFormat, TLeft, TRight, TEpilogue>(TFormat format, int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TFormat : struct, ITensorFormat
        where TLeft : struct, ITensorOperand
        where TRight : struct, ITensorOperand
        where TEpilogue : struct, IProductEpilogue
        => TensorProduct.Multiply(default(TensorTile64), format, m, n, k, left, right, epilogue, slices);
}
