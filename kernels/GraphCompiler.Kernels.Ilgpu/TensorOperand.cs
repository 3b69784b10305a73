using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorRegisters;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>An operand of a product on tensor cores.</summary>
public interface ITensorOperand : IProductOperand
{
    /// <summary>
    /// Whether the elements lie in memory in the format of the product (the bits of 16-bit numbers, or floats for TF32), the
    /// neighbours of a row next to each other if rows are the major axis, else those of a column, with <see cref="Address"/>
    /// and the bytes of <see cref="Stride"/> multiples of 16. They are then copied as they are, and nothing else is called. A constant.
    /// </summary>
    bool IsStored { get; }

    /// <summary>Elements from one row to the next if rows are the major axis, else from one column to the next.</summary>
    int Stride { get; }

    /// <summary>The device address of the first element of one of the products of a batch.</summary>
    nuint Address(int item);
}

/// <summary>Addresses of what lies in the memory of a device.</summary>
public static unsafe class TensorMemory
{
    /// <summary>Where a float lies.</summary>
    public static nuint Address(ref float element)
    {
        fixed (float* place = &element)
            return (nuint)place;
    }

    /// <summary>Where a number of 16 bits lies.</summary>
    public static nuint Address(ref ushort element)
    {
        fixed (ushort* place = &element)
            return (nuint)place;
    }

    /// <summary>Where a byte lies.</summary>
    public static nuint Address(ref byte element)
    {
        fixed (byte* place = &element)
            return (nuint)place;
    }
}

/// <summary>How far the rows that a thread copies from begin behind an address.</summary>
struct TensorRows
{
    public long First, Second, Third, Fourth;
}

/// <summary>An operand seen from the sums: each of its elements has a place, the row or the column of the sums it adds to, and a depth.</summary>
interface IProductSide
{
    /// <summary>Whether neighbours in memory follow the depth.</summary>
    bool IsDeep { get; }

    bool IsVector { get; }

    bool IsStored { get; }

    int Stride { get; }

    /// <summary>Whether it is the left operand, whose fragments are those of A.</summary>
    bool IsLeft { get; }

    /// <summary>The device address of the first element of one of the products of a batch.</summary>
    nuint Address(int item);

    /// <summary>Copies go to a place of a stage, and begin so far behind an address; of the depth there are so many bytes.</summary>
    void BeginDeep(int place, nuint address, TensorRows from, int rest);

    /// <summary>The same where rows are depths: so far apart, and with so many bytes each. Of the depth there is so much, counted as 16 for each row that is copied.</summary>
    void BeginWide(int place, nuint address, long from, long line, int bytes, int rest);

    /// <summary>Copies a step's part to a stage, in the background, two pieces or four; what lies beyond the operand becomes zero.</summary>
    void Copy(int stage, bool copiesFour);

    /// <summary>Fragments lie at these places of a stage, those of each half of a step's depth.</summary>
    void BeginFragments(int first, int second);

    float Load(int item, int place, int depth);

    Four LoadFour(int item, int place, int depth);
}

readonly struct LeftSide<TOperand>(TOperand operand) : IProductSide
    where TOperand : struct, ITensorOperand
{
    public bool IsDeep => operand.IsRowMajor;

    public bool IsVector => operand.IsVector;

    public bool IsStored => operand.IsStored;

    public int Stride => operand.Stride;

    public bool IsLeft => true;

    public nuint Address(int item) => operand.Address(item);

    public void BeginDeep(int place, nuint address, TensorRows from, int rest)
    {
        CudaAsm.Emit("add.u32 leftPlace, tiles, %0; mov.u32 leftRest, %1;", place, rest);
        CudaAsm.Emit("add.s64 leftFrom0, %0, %1; add.s64 leftFrom1, %0, %2;", address, from.First, from.Second);
        CudaAsm.Emit("add.s64 leftFrom2, %0, %1; add.s64 leftFrom3, %0, %2;", address, from.Third, from.Fourth);
    }

    public void BeginWide(int place, nuint address, long from, long line, int bytes, int rest)
    {
        CudaAsm.Emit("add.u32 leftPlace, tiles, %0; mov.u32 leftRest, %1; mov.u32 leftBytes, %2;", place, rest, bytes);
        CudaAsm.Emit("add.s64 leftFrom0, %0, %1; mov.u64 leftLine, %2;", address, from, line);
    }

    public void Copy(int stage, bool copiesFour)
    {
        CudaAsm.Emit("add.u32 at, leftPlace, %0;", stage);
        if (IsDeep)
        {
            CudaAsm.Emit(LeftCopyDeep01);
            if (copiesFour)
                CudaAsm.Emit(LeftCopyDeep23);
            return;
        }
        CudaAsm.Emit(LeftCopyWide01);
        if (copiesFour)
            CudaAsm.Emit(LeftCopyWide23);
        CudaAsm.Emit("sub.s32 leftRest, leftRest, %0;", copiesFour ? 64 : 32);
    }

    public void BeginFragments(int first, int second) => CudaAsm.Emit("add.u32 leftFirst, tiles, %0; add.u32 leftSecond, tiles, %1;", first, second);

    public float Load(int item, int place, int depth) => operand.Load(item, place, depth);

    public Four LoadFour(int item, int place, int depth) => operand.LoadFour(item, place, depth);
}

readonly struct RightSide<TOperand>(TOperand operand) : IProductSide
    where TOperand : struct, ITensorOperand
{
    public bool IsDeep => !operand.IsRowMajor;

    public bool IsVector => operand.IsVector;

    public bool IsStored => operand.IsStored;

    public int Stride => operand.Stride;

    public bool IsLeft => false;

    public nuint Address(int item) => operand.Address(item);

    public void BeginDeep(int place, nuint address, TensorRows from, int rest)
    {
        CudaAsm.Emit("add.u32 rightPlace, tiles, %0; mov.u32 rightRest, %1;", place, rest);
        CudaAsm.Emit("add.s64 rightFrom0, %0, %1; add.s64 rightFrom1, %0, %2;", address, from.First, from.Second);
        CudaAsm.Emit("add.s64 rightFrom2, %0, %1; add.s64 rightFrom3, %0, %2;", address, from.Third, from.Fourth);
    }

    public void BeginWide(int place, nuint address, long from, long line, int bytes, int rest)
    {
        CudaAsm.Emit("add.u32 rightPlace, tiles, %0; mov.u32 rightRest, %1; mov.u32 rightBytes, %2;", place, rest, bytes);
        CudaAsm.Emit("add.s64 rightFrom0, %0, %1; mov.u64 rightLine, %2;", address, from, line);
    }

    public void Copy(int stage, bool copiesFour)
    {
        CudaAsm.Emit("add.u32 at, rightPlace, %0;", stage);
        if (IsDeep)
        {
            CudaAsm.Emit(RightCopyDeep01);
            if (copiesFour)
                CudaAsm.Emit(RightCopyDeep23);
            return;
        }
        CudaAsm.Emit(RightCopyWide01);
        if (copiesFour)
            CudaAsm.Emit(RightCopyWide23);
        CudaAsm.Emit("sub.s32 rightRest, rightRest, %0;", copiesFour ? 64 : 32);
    }

    public void BeginFragments(int first, int second) => CudaAsm.Emit("add.u32 rightFirst, tiles, %0; add.u32 rightSecond, tiles, %1;", first, second);

    public float Load(int item, int place, int depth) => operand.Load(item, depth, place);

    public Four LoadFour(int item, int place, int depth) => operand.LoadFour(item, depth, place);
}
