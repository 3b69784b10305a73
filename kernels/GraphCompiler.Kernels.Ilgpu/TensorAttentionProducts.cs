using ILGPU;
using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionArithmetic;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionRegisters;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionTiles;

namespace GraphCompiler.Kernels.Ilgpu;

// Registers have names that no loop can count through, and no text takes one as an argument: so what is done for each fragment
// of a head is written out. A head's size is a constant of nearly every kernel, and what is beyond it then leaves no code.

/// <summary>The products of a warp's rows and a tile's columns, in all passes of attention on tensor cores.</summary>
static class TensorAttentionProducts
{
    /// <summary>Where a lane gives ldmatrix the rows of its warp.</summary>
    static int RowsAt()
    {
        int lane = Group.IdxX & 31, row = lane & 7;
        return (FirstRowOfWarp + ((lane >> 3) & 1) * 8 + row) * ColumnBytes + (((lane >> 4) ^ row) << 4);
    }

    /// <summary>Where a lane gives ldmatrix columns, to be multiplied with rows along a head.</summary>
    public static int ColumnsAt()
    {
        int lane = Group.IdxX & 31, row = lane & 7;
        return ((lane >> 4) * 8 + row) * ColumnBytes + ((((lane >> 3) & 1) ^ row) << 4);
    }

    /// <summary>Where a lane gives ldmatrix columns whose numbers are summed up, or, of 32 bits, reads them itself.</summary>
    public static int NumbersAt(int elementBytes)
    {
        int lane = Group.IdxX & 31, row = lane & 7;
        if (elementBytes == 2)
            return (((lane >> 3) & 1) * 8 + row) * ColumnBytes + (((lane >> 4) ^ row) << 4);
        // Of weights of 32 bits, a thread's neighbours are taken for the depths t and t + 4 of a fragment: so the columns 2t and 2t + 1 belong to these.
        int column = FirstColumn, number = UpperRow;
        return column * ColumnBytes + (((number >> 2) ^ column) << 4) + (number & 3) * sizeof(float);
    }

    /// <summary>Reads the group's rows from the tiles; all copies have arrived.</summary>
    public static void LoadFirst<TFormat>(TFormat format, TensorHead head)
        where TFormat : struct, ITensorFormat
    {
        LoadRow(format, 0);
        CudaAsm.Emit(KeepFirst0);
        if (head.Fragments > 1)
        {
            LoadRow(format, 32);
            CudaAsm.Emit(KeepFirst1);
        }
        if (head.Fragments > 2)
        {
            LoadRow(format, 64);
            CudaAsm.Emit(KeepFirst2);
        }
        if (head.Fragments > 3)
        {
            LoadRow(format, 96);
            CudaAsm.Emit(KeepFirst3);
        }
        if (head.Fragments > 4)
        {
            LoadRow(format, 128);
            CudaAsm.Emit(KeepFirst4);
        }
        if (head.Fragments > 5)
        {
            LoadRow(format, 160);
            CudaAsm.Emit(KeepFirst5);
        }
        if (head.Fragments > 6)
        {
            LoadRow(format, 192);
            CudaAsm.Emit(KeepFirst6);
        }
        if (head.Fragments > 7)
        {
            LoadRow(format, 224);
            CudaAsm.Emit(KeepFirst7);
        }
    }

    /// <summary>The same for the other matrix of rows.</summary>
    public static void LoadSecond<TFormat>(TFormat format, TensorHead head)
        where TFormat : struct, ITensorFormat
    {
        LoadRow(format, 0);
        CudaAsm.Emit(KeepSecond0);
        if (head.Fragments > 1)
        {
            LoadRow(format, 32);
            CudaAsm.Emit(KeepSecond1);
        }
        if (head.Fragments > 2)
        {
            LoadRow(format, 64);
            CudaAsm.Emit(KeepSecond2);
        }
        if (head.Fragments > 3)
        {
            LoadRow(format, 96);
            CudaAsm.Emit(KeepSecond3);
        }
        if (head.Fragments > 4)
        {
            LoadRow(format, 128);
            CudaAsm.Emit(KeepSecond4);
        }
        if (head.Fragments > 5)
        {
            LoadRow(format, 160);
            CudaAsm.Emit(KeepSecond5);
        }
        if (head.Fragments > 6)
        {
            LoadRow(format, 192);
            CudaAsm.Emit(KeepSecond6);
        }
        if (head.Fragments > 7)
        {
            LoadRow(format, 224);
            CudaAsm.Emit(KeepSecond7);
        }
    }

    static void LoadRow<TFormat>(TFormat format, int bytes)
        where TFormat : struct, ITensorFormat
    {
        CudaAsm.Emit("add.u32 at, tiles, %0;", RowsAt() ^ bytes);
        CudaAsm.Emit(LoadLeft);
        format.RoundRows();
    }

    /// <summary>The products of the warp's rows and 64 columns over a head, to the scores.</summary>
    public static void MultiplyScores<TFormat>(TFormat format, TensorHead head, int at)
        where TFormat : struct, ITensorFormat
    {
        CudaAsm.Emit(ClearScores);
        CudaAsm.Emit("add.u32 rightAt, tiles, %0;", at);
        CudaAsm.Emit(UseFirst0);
        format.MultiplyScores();
        if (head.Fragments > 1)
        {
            CudaAsm.Emit(UseFirst1);
            format.MultiplyScores();
        }
        if (head.Fragments > 2)
        {
            CudaAsm.Emit(UseFirst2);
            format.MultiplyScores();
        }
        if (head.Fragments > 3)
        {
            CudaAsm.Emit(UseFirst3);
            format.MultiplyScores();
        }
        if (head.Fragments > 4)
        {
            CudaAsm.Emit(UseFirst4);
            format.MultiplyScores();
        }
        if (head.Fragments > 5)
        {
            CudaAsm.Emit(UseFirst5);
            format.MultiplyScores();
        }
        if (head.Fragments > 6)
        {
            CudaAsm.Emit(UseFirst6);
            format.MultiplyScores();
        }
        if (head.Fragments > 7)
        {
            CudaAsm.Emit(UseFirst7);
            format.MultiplyScores();
        }
    }

    /// <summary>Those of the other matrix of rows, to the products.</summary>
    public static void MultiplyProducts<TFormat>(TFormat format, TensorHead head, int at)
        where TFormat : struct, ITensorFormat
    {
        CudaAsm.Emit(ClearProducts);
        CudaAsm.Emit("add.u32 rightAt, tiles, %0;", at);
        CudaAsm.Emit(UseSecond0);
        format.MultiplyProducts();
        if (head.Fragments > 1)
        {
            CudaAsm.Emit(UseSecond1);
            format.MultiplyProducts();
        }
        if (head.Fragments > 2)
        {
            CudaAsm.Emit(UseSecond2);
            format.MultiplyProducts();
        }
        if (head.Fragments > 3)
        {
            CudaAsm.Emit(UseSecond3);
            format.MultiplyProducts();
        }
        if (head.Fragments > 4)
        {
            CudaAsm.Emit(UseSecond4);
            format.MultiplyProducts();
        }
        if (head.Fragments > 5)
        {
            CudaAsm.Emit(UseSecond5);
            format.MultiplyProducts();
        }
        if (head.Fragments > 6)
        {
            CudaAsm.Emit(UseSecond6);
            format.MultiplyProducts();
        }
        if (head.Fragments > 7)
        {
            CudaAsm.Emit(UseSecond7);
            format.MultiplyProducts();
        }
    }

    /// <summary>Adds to the sums the columns' numbers times the scores.</summary>
    public static void AddScoresToSums<TFormat>(TFormat format, TensorHead head, int at)
        where TFormat : struct, ITensorFormat
    {
        format.RoundScores(0);
        AddSums(format, head, at, 0);
        format.RoundScores(1);
        AddSums(format, head, at, 1);
        format.RoundScores(2);
        AddSums(format, head, at, 2);
        format.RoundScores(3);
        AddSums(format, head, at, 3);
        if (format.ElementBytes == 2)
            return;
        format.RoundScores(4);
        AddSums(format, head, at, 4);
        format.RoundScores(5);
        AddSums(format, head, at, 5);
        format.RoundScores(6);
        AddSums(format, head, at, 6);
        format.RoundScores(7);
        AddSums(format, head, at, 7);
    }

    /// <summary>Adds to the sums the columns' numbers times the products.</summary>
    public static void AddProductsToSums<TFormat>(TFormat format, TensorHead head, int at)
        where TFormat : struct, ITensorFormat
    {
        format.RoundProducts(0);
        AddSums(format, head, at, 0);
        format.RoundProducts(1);
        AddSums(format, head, at, 1);
        format.RoundProducts(2);
        AddSums(format, head, at, 2);
        format.RoundProducts(3);
        AddSums(format, head, at, 3);
        if (format.ElementBytes == 2)
            return;
        format.RoundProducts(4);
        AddSums(format, head, at, 4);
        format.RoundProducts(5);
        AddSums(format, head, at, 5);
        format.RoundProducts(6);
        AddSums(format, head, at, 6);
        format.RoundProducts(7);
        AddSums(format, head, at, 7);
    }

    /// <summary>Adds to the other sums the columns' numbers times the scores.</summary>
    public static void AddScoresToOthers<TFormat>(TFormat format, TensorHead head, int at)
        where TFormat : struct, ITensorFormat
    {
        format.RoundScores(0);
        AddOthers(format, head, at, 0);
        format.RoundScores(1);
        AddOthers(format, head, at, 1);
        format.RoundScores(2);
        AddOthers(format, head, at, 2);
        format.RoundScores(3);
        AddOthers(format, head, at, 3);
        if (format.ElementBytes == 2)
            return;
        format.RoundScores(4);
        AddOthers(format, head, at, 4);
        format.RoundScores(5);
        AddOthers(format, head, at, 5);
        format.RoundScores(6);
        AddOthers(format, head, at, 6);
        format.RoundScores(7);
        AddOthers(format, head, at, 7);
    }

    static void AddSums<TFormat>(TFormat format, TensorHead head, int at, int part)
        where TFormat : struct, ITensorFormat
    {
        BeginPart(format, at, part);
        format.AddSums(0);
        if (head.Size > 32)
            format.AddSums(1);
        if (head.Size > 64)
            format.AddSums(2);
        if (head.Size > 96)
            format.AddSums(3);
    }

    static void AddOthers<TFormat>(TFormat format, TensorHead head, int at, int part)
        where TFormat : struct, ITensorFormat
    {
        BeginPart(format, at, part);
        format.AddOthers(0);
        if (head.Size > 32)
            format.AddOthers(1);
    }

    /// <summary>Where a part of the columns lies: as many as have 32 bytes of weights.</summary>
    static void BeginPart<TFormat>(TFormat format, int at, int part)
        where TFormat : struct, ITensorFormat
    {
        int place = at + part * (32 / format.ElementBytes) * ColumnBytes;
        CudaAsm.Emit("add.u32 rightAt, tiles, %0;", place);
        if (format.ElementBytes == 4)
            CudaAsm.Emit("add.u32 further, tiles, %0;", (place ^ 16) + ColumnBytes);
    }

    /// <summary>Multiplies 32 numbers' sums at a time by what their rows shrink by.</summary>
    public static void ShrinkSums(TensorHead head)
    {
        CudaAsm.Emit(ShrinkSums0);
        if (head.Size > 32)
            CudaAsm.Emit(ShrinkSums1);
        if (head.Size > 64)
            CudaAsm.Emit(ShrinkSums2);
        if (head.Size > 96)
            CudaAsm.Emit(ShrinkSums3);
    }
}
