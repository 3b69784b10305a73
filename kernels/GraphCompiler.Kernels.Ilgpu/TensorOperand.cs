using ILGPU.Runtime.Cuda;

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

    /// <summary>Copies begin at the operand's first element of a product of the batch.</summary>
    void BeginCopies(int item);

    /// <summary>Copies 16 bytes so far from there into shared memory; those beyond a number become zeros.</summary>
    void Copy(int at, long from, int bytes);

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

    public void BeginCopies(int item) => CudaAsm.Emit("mov.u64 leftFrom, %0;", operand.Address(item));

    public void Copy(int at, long from, int bytes) => CudaAsm.Emit(
        "{ .reg .b32 place; .reg .b64 source; add.u32 place, tiles, %0; add.s64 source, leftFrom, %1; cp.async.cg.shared.global [place], [source], 16, %2; }", at, from, bytes);

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

    public void BeginCopies(int item) => CudaAsm.Emit("mov.u64 rightFrom, %0;", operand.Address(item));

    public void Copy(int at, long from, int bytes) => CudaAsm.Emit(
        "{ .reg .b32 place; .reg .b64 source; add.u32 place, tiles, %0; add.s64 source, rightFrom, %1; cp.async.cg.shared.global [place], [source], 16, %2; }", at, from, bytes);

    public float Load(int item, int place, int depth) => operand.Load(item, depth, place);

    public Four LoadFour(int item, int place, int depth) => operand.LoadFour(item, depth, place);
}
