using GraphCompiler.Contracts;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionRegisters;

namespace GraphCompiler.Kernels.Ilgpu;

// Shared memory has two tiles of 64 columns, 256 bytes each column: all numbers of a head, or, of heads of at most 128 bytes, two
// stages of them side by side, so that one is copied while the other is multiplied. Pieces of 16 bytes are permuted within 128
// bytes: piece p of column c lies at p ^ (c % 8). So the eight rows that a matrix of ldmatrix takes lie in different banks, along
// a head and across, and 32 bytes further in a head is an exclusive or.
//
// Before the first columns come, and behind the last, the same memory holds the group's rows, and the sums on their way to the epilogue.

/// <summary>How a head lies in shared memory.</summary>
readonly struct TensorHead(int headSize, int elementBytes)
{
    /// <summary>Bytes of a head that a column has room for in two stages.</summary>
    const int LargestOfTwoStages = 128;

    /// <summary>Its bytes, a multiple of 16.</summary>
    public int Bytes => headSize * elementBytes;

    /// <summary>How many fragments of 32 bytes it has.</summary>
    public int Fragments => (Bytes + 31) / 32;

    /// <summary>Whether two stages of it fit.</summary>
    public bool HasTwoStages => Bytes <= LargestOfTwoStages;

    /// <summary>How many numbers it has.</summary>
    public int Size => headSize;

    /// <summary>Bytes of each.</summary>
    public int ElementBytes => elementBytes;
}

/// <summary>How rows and columns come to shared memory, and sums from registers to memory, in all passes of attention on tensor cores.</summary>
static class TensorAttentionTiles
{
    /// <summary>Columns of a tile, and rows of a warp.</summary>
    public const int Columns = 64, RowsOfWarp = 16;

    /// <summary>Where the second tile begins, and from one stage to the other.</summary>
    public const int SecondTile = Columns * ColumnBytes, Stage = 128;

    /// <summary>The factor with which powers of two replace those of e.</summary>
    public const float Log2OfE = 1.44269502f;

    /// <summary>From a column to the next, and from a row.</summary>
    public const int ColumnBytes = AttentionContract.LargestTensorHeadBytes;

    const int MostRows = 128;

    /// <summary>Floats from a row of sums to the next: eight more than they are, so that the rows of a store meet different banks.</summary>
    const int SumsPitch = Columns + 8;

    /// <summary>Where two numbers of each row lie when the columns are done, and how many floats shared memory has.</summary>
    const int RowNumbersAt = MostRows * SumsPitch, SharedFloats = RowNumbersAt + MostRows * 2;

    /// <summary>The first row of this thread's warp, of its group's.</summary>
    public static int FirstRowOfWarp => (Group.IdxX >> 5) * RowsOfWarp;

    /// <summary>The first of this thread's two rows, of its warp's; the other is eight rows further.</summary>
    public static int UpperRow => (Group.IdxX & 31) >> 2;

    /// <summary>The first of this thread's columns, of a tile's, or of a head's numbers: two of eight.</summary>
    public static int FirstColumn => (Group.IdxX & 3) * 2;

    /// <summary>Declares the registers, and takes shared memory; the permutation of pieces takes its addresses apart into bits.</summary>
    public static ArrayView<Four> Begin()
    {
        var shared = SharedMemory.Allocate<Four>(SharedFloats / Four.Count).AsAligned(256);
        CudaAsm.Emit(Declare);
        CudaAsm.Emit("mov.u32 tiles, __shared_alloca0;");
        return shared;
    }

    /// <summary>Where two numbers of each column lie, behind the tiles: the first of all, then the second of all.</summary>
    public static int ColumnNumbersAt(int stage) => 2 * SecondTile + stage * (2 * Columns * sizeof(float) / Stage);

    /// <summary>Asks for the copy of some positions of a head to a tile; the rows behind the last become zeros.</summary>
    public static void Copy<TValues>(HeadTensor<TValues> tensor, int batch, int head, int firstTime, int count, int rows, TensorHead layout, int at)
        where TValues : struct, INumberView
    {
        int pieces = layout.HasTwoStages ? Stage / 16 : ColumnBytes / 16, piece = Group.IdxX & (pieces - 1), bytes = piece * 16 < layout.Bytes ? 16 : 0;
        // A thread's rows lie a multiple of eight apart, so its piece is permuted alike in all of them.
        int row = Group.IdxX / pieces, step = Group.DimX / pieces;
        long rowBytes = (long)tensor.TimeStride * layout.ElementBytes;
        CudaAsm.Emit("mov.u64 from, %0;", tensor.Values.Address(tensor.Offset + batch * tensor.BatchStride + firstTime * tensor.TimeStride + head * tensor.HeadStride));
        if (piece >= 2 * layout.Fragments)
            return;
        CudaAsm.Emit("add.u32 at, tiles, %0; add.s64 from, from, %1;", at + row * ColumnBytes + ((piece ^ (row & 7)) << 4), row * rowBytes + piece * 16);
        for (; row < rows; row += step)
        {
            CudaAsm.Emit("cp.async.cg.shared.global [at], [from], 16, %0;", row < count ? bytes : 0);
            CudaAsm.Emit("add.u32 at, at, %0; add.s64 from, from, %1;", step * ColumnBytes, step * rowBytes);
        }
    }

    /// <summary>Asks for the copies of a block of keys and of their values.</summary>
    public static void CopyKeys<TKey, TValue>(AttentionShape shape, HeadTensor<TKey> key, HeadTensor<TValue> value, int batch, int head, int firstKey, TensorHead layout, int stage)
        where TKey : struct, INumberView
        where TValue : struct, INumberView
    {
        int count = shape.KeyCount - firstKey;
        Copy(key, batch, head, firstKey, count, Columns, layout, stage);
        Copy(value, batch, head, firstKey, count, Columns, layout, SecondTile + stage);
    }

    /// <summary>Waits for all copies; behind it everybody may read them, and fill the stage that was read before.</summary>
    public static void Await()
    {
        CudaAsm.Emit("cp.async.commit_group; cp.async.wait_group 0;");
        Group.Barrier();
    }

    /// <summary>Hands the finished sums to a tensor through shared memory, 64 numbers of a head at a time, each row times a factor.</summary>
    public static void StoreSums(ArrayView<Four> shared, TensorHead head, HeadBlock<Float32View> block, float factor, bool dividesByTotals)
    {
        BeginStoring();
        CudaAsm.Emit(StoreSums0);
        Store(shared, block, 0, factor, dividesByTotals);
        if (head.Size <= Columns)
            return;
        BeginStoring();
        CudaAsm.Emit(StoreSums1);
        Store(shared, block, Columns, factor, dividesByTotals);
    }

    /// <summary>The same for the other sums, which heads of more than 64 numbers have not.</summary>
    public static void StoreOthers(ArrayView<Four> shared, HeadBlock<Float32View> block, float factor)
    {
        BeginStoring();
        CudaAsm.Emit(StoreOthers0);
        Store(shared, block, 0, factor, dividesByTotals: false);
    }

    /// <summary>What lies in shared memory has been read; a lane stores there its numbers of row g, and of row g + 8.</summary>
    static void BeginStoring()
    {
        Group.Barrier();
        int at = ((FirstRowOfWarp + UpperRow) * SumsPitch + FirstColumn) * sizeof(float);
        CudaAsm.Emit("add.u32 upperAt, tiles, %0; add.u32 lowerAt, tiles, %1;", at, at + 8 * SumsPitch * sizeof(float));
    }

    static void Store(ArrayView<Four> shared, HeadBlock<Float32View> block, int firstNumber, float factor, bool dividesByTotals)
    {
        Group.Barrier();
        for (int i = Group.IdxX; i < block.Count * (Columns / Four.Count); i += Group.DimX)
        {
            int row = i / (Columns / Four.Count), four = i & (Columns / Four.Count - 1);
            float total = dividesByTotals ? TotalOfRow(shared, row) : 1f;
            block.Store(row, firstNumber + four * Four.Count, shared[row * (SumsPitch / Four.Count) + four] * (total == 0f ? 0f : factor / total));
        }
    }

    /// <summary>Stores the largest score and the total of each row; behind a barrier everybody may read them.</summary>
    public static void StoreRowNumbers()
    {
        if ((Group.IdxX & 3) != 0)
            return;
        int at = (RowNumbersAt + (FirstRowOfWarp + UpperRow) * 2) * sizeof(float);
        CudaAsm.Emit("add.u32 upperAt, tiles, %0; add.u32 lowerAt, tiles, %1;", at, at + 8 * 2 * sizeof(float));
        CudaAsm.Emit("st.shared.v2.f32 [upperAt], {largest0, total0}; st.shared.v2.f32 [lowerAt], {largest1, total1};");
    }

    /// <summary>The largest score of a row, as a power of two.</summary>
    public static float LargestOfRow(ArrayView<Four> shared, int row) => shared.Cast<float>()[RowNumbersAt + 2 * row];

    /// <summary>The total of a row's weights relative to the largest one.</summary>
    public static float TotalOfRow(ArrayView<Four> shared, int row) => shared.Cast<float>()[RowNumbersAt + 2 * row + 1];
}
