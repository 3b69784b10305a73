using System.Runtime.Intrinsics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;
using GraphCompiler.Ptx.Memory;

namespace GraphCompiler.Ptx.Operations;

// Fragments of m16n8k16 and m16n8k8, with g = lane / 4 and t = lane % 4, in units of 4 bytes of depth (two numbers of 16 bits or one
// of 32): A has (row g, unit t), (g + 8, t), (g, t + 4), (g + 8, t + 4); B has (unit t, column g), (t + 4, g); the sums are
// (row g, columns 2t and 2t + 1), (row g + 8, the same). m16n8k8 of 16 bits has the first four units only. Products and their sum are computed in double
// precision and rounded once, which is at least as exact as any device.

/// <summary>The numbers that an operand of 4 bytes holds.</summary>
interface ITensorNumbers
{
    /// <summary>How many there are in 4 bytes.</summary>
    static abstract int Count { get; }

    static abstract double Of(uint unit, int index);
}

readonly struct BFloat16Numbers : ITensorNumbers
{
    public static int Count => 2;

    public static double Of(uint unit, int index) => BitConverter.UInt32BitsToSingle((index == 0 ? unit << 16 : unit) & 0xFFFF_0000);
}

readonly struct Float16Numbers : ITensorNumbers
{
    public static int Count => 2;

    public static double Of(uint unit, int index) => (double)(float)BitConverter.UInt16BitsToHalf((ushort)(index == 0 ? unit : unit >> 16));
}

/// <summary>Of a float the first 19 bits.</summary>
readonly struct TensorFloat32Numbers : ITensorNumbers
{
    public static int Count => 1;

    public static double Of(uint unit, int index) => BitConverter.UInt32BitsToSingle(unit & ~0x1FFFu);
}

/// <summary>Products of small matrices by the lanes of a warp.</summary>
static unsafe class TensorCore
{
    const int Rows = 16, Columns = 8;

    /// <summary>Places: four sums, A (four, or two of half the depth), B (half as many), four sums to add to.</summary>
    public static void Multiply<TNumbers, TDepth>(Warp warp, Instruction* instruction)
        where TNumbers : ITensorNumbers
        where TDepth : ITensorDepth
    {
        CheckAll(warp);
        int depths = TDepth.Units * TNumbers.Count;
        double* left = stackalloc double[Rows * 16], right = stackalloc double[Columns * 16];
        int* places = instruction->Places + 4;
        for (int i = 0; i < TDepth.Units / 2; i++)
        {
            uint* units = (uint*)(warp.Registers + places[i]);
            for (int lane = 0; lane < 32; lane++)
            {
                for (int k = 0; k < TNumbers.Count; k++)
                    left[(lane / 4 + i % 2 * 8) * depths + (lane % 4 + i / 2 * 4) * TNumbers.Count + k] = TNumbers.Of(units[lane], k);
            }
        }
        places += TDepth.Units / 2;
        for (int i = 0; i < TDepth.Units / 4; i++)
        {
            uint* units = (uint*)(warp.Registers + places[i]);
            for (int lane = 0; lane < 32; lane++)
            {
                for (int k = 0; k < TNumbers.Count; k++)
                    right[((lane % 4 + i * 4) * TNumbers.Count + k) * Columns + lane / 4] = TNumbers.Of(units[lane], k);
            }
        }
        Add(warp, instruction->Places, places + TDepth.Units / 4, left, right, depths);
    }

    static void Add(Warp warp, int* targets, int* sums, double* left, double* right, int depths)
    {
        for (int half = 0; half < 2; half++)
        {
            float* first = (float*)(warp.Registers + sums[2 * half]), second = (float*)(warp.Registers + sums[2 * half + 1]);
            float* firstTarget = (float*)(warp.Registers + targets[2 * half]), secondTarget = (float*)(warp.Registers + targets[2 * half + 1]);
            for (int row = 0; row < 8; row++)
            {
                var low = Vector256.Create(first[4 * row], second[4 * row], first[4 * row + 1], (double)second[4 * row + 1]);
                var high = Vector256.Create(first[4 * row + 2], second[4 * row + 2], first[4 * row + 3], (double)second[4 * row + 3]);
                double* numbers = left + (row + 8 * half) * depths;
                for (int depth = 0; depth < depths; depth++)
                {
                    var number = Vector256.Create(numbers[depth]);
                    low += number * Vector256.Load(right + depth * Columns);
                    high += number * Vector256.Load(right + depth * Columns + 4);
                }
                var rounded = Floats.Canonical(Vector256.Narrow(low, high));
                for (int i = 0; i < 4; i++)
                {
                    firstTarget[4 * row + i] = rounded[2 * i];
                    secondTarget[4 * row + i] = rounded[2 * i + 1];
                }
            }
        }
    }

    static void CheckAll(Warp warp)
    {
        if (warp.Active != uint.MaxValue)
            throw warp.Fault("all 32 lanes are to execute it.");
    }

    /// <summary>Matrix i is eight rows of 16 bytes, at the addresses of lanes 8i to 8i + 7; a lane gets 4 bytes of row lane / 4.</summary>
    public static void LoadMatrices<TWidth>(Warp warp, Instruction* instruction)
        where TWidth : IAddressWidth
    {
        CheckAll(warp);
        byte* rows = stackalloc byte[16 * 32];
        var addresses = stackalloc ulong[32];
        int lanes = 8 * instruction->Count;
        for (int lane = 0; lane < lanes; lane++)
        {
            addresses[lane] = TWidth.IsWide
                ? ((ulong*)(warp.Registers + instruction->First))[lane] + (ulong)instruction->Number
                : (uint)(((uint*)(warp.Registers + instruction->First))[lane] + (ulong)instruction->Number);
            if (addresses[lane] % 16 != 0)
                throw warp.Fault($"16 bytes at {addresses[lane]} are not aligned.", lane);
        }
        uint asked = lanes == 32 ? uint.MaxValue : (1u << lanes) - 1;
        SharedSpace.Find(warp, addresses, 16, asked, out nint displacement, out Shadow? shadow);
        shadow?.Read(warp, addresses, 16, asked);
        for (int lane = 0; lane < lanes; lane++)
            ((Vector128<byte>*)rows)[lane] = *(Vector128<byte>*)((nint)addresses[lane] + displacement);
        for (int matrix = 0; matrix < instruction->Count; matrix++)
            Give(warp, instruction, matrix, rows + 128 * matrix);
    }

    static void Give(Warp warp, Instruction* instruction, int matrix, byte* rows)
    {
        uint* target = (uint*)(warp.Registers + instruction->Places[matrix]);
        if (instruction->Second == 0)
        {
            Buffer.MemoryCopy(rows, target, 128, 128);
            return;
        }
        ushort* numbers = (ushort*)rows;
        for (int lane = 0; lane < 32; lane++)
        {
            int row = lane % 4 * 2, column = lane / 4;
            target[lane] = numbers[8 * row + column] | (uint)numbers[8 * row + 8 + column] << 16;
        }
    }
}

/// <summary>How many units of 4 bytes a product is deep.</summary>
interface ITensorDepth
{
    static abstract int Units { get; }
}

readonly struct EightUnits : ITensorDepth
{
    public static int Units => 8;
}

readonly struct FourUnits : ITensorDepth
{
    public static int Units => 4;
}
