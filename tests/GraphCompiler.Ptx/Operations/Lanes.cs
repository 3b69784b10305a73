using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

interface IVectorUnary<T>
{
    static abstract Vector256<T> Of(Vector256<T> a);
}

interface IVectorBinary<T>
{
    static abstract Vector256<T> Of(Vector256<T> a, Vector256<T> b);
}

interface IVectorTernary<T>
{
    static abstract Vector256<T> Of(Vector256<T> a, Vector256<T> b, Vector256<T> c);
}

interface IUnary<TFrom, TTo>
{
    static abstract TTo Of(TFrom a);
}

interface IBinary<TFirst, TSecond, TTo>
{
    static abstract TTo Of(TFirst a, TSecond b);
}

interface ITernary<TFirst, TSecond, TThird, TTo>
{
    static abstract TTo Of(TFirst a, TSecond b, TThird c);
}

// The vector forms compute all lanes and keep the results of the active ones; the others compute these alone.

/// <summary>Executes what each lane computes from its own registers.</summary>
static unsafe class Lanes
{
    public static void Copy<T>(Warp warp, Instruction* instruction)
        where T : unmanaged
    {
        byte* target = warp.Registers + instruction->Target, source = warp.Registers + instruction->First;
        if (warp.Active == uint.MaxValue)
        {
            for (int at = 0; at < 32 * sizeof(T); at += 64)
                Vector512.Store(Vector512.Load(source + at), target + at);
            return;
        }
        for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
            Keep(warp, (T*)target, lane, Vector256.Load((T*)source + lane));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Keep<T>(Warp warp, T* target, int lane, Vector256<T> value)
        where T : unmanaged
        => Vector256.Store(Vector256.ConditionalSelect(warp.Mask<T>(lane), value, Vector256.Load(target + lane)), target + lane);

    public static void Unary<T, TOperation>(Warp warp, Instruction* instruction)
        where T : unmanaged
        where TOperation : IVectorUnary<T>
    {
        T* target = (T*)(warp.Registers + instruction->Target), first = (T*)(warp.Registers + instruction->First);
        if (warp.Active == uint.MaxValue)
        {
            for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
                Vector256.Store(TOperation.Of(Vector256.Load(first + lane)), target + lane);
            return;
        }
        for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
            Keep(warp, target, lane, TOperation.Of(Vector256.Load(first + lane)));
    }

    public static void Binary<T, TOperation>(Warp warp, Instruction* instruction)
        where T : unmanaged
        where TOperation : IVectorBinary<T>
    {
        T* target = (T*)(warp.Registers + instruction->Target), first = (T*)(warp.Registers + instruction->First), second = (T*)(warp.Registers + instruction->Second);
        if (warp.Active == uint.MaxValue)
        {
            for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
                Vector256.Store(TOperation.Of(Vector256.Load(first + lane), Vector256.Load(second + lane)), target + lane);
            return;
        }
        for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
            Keep(warp, target, lane, TOperation.Of(Vector256.Load(first + lane), Vector256.Load(second + lane)));
    }

    public static void Ternary<T, TOperation>(Warp warp, Instruction* instruction)
        where T : unmanaged
        where TOperation : IVectorTernary<T>
    {
        T* target = (T*)(warp.Registers + instruction->Target), first = (T*)(warp.Registers + instruction->First);
        T* second = (T*)(warp.Registers + instruction->Second), third = (T*)(warp.Registers + instruction->Third);
        if (warp.Active == uint.MaxValue)
        {
            for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
                Vector256.Store(TOperation.Of(Vector256.Load(first + lane), Vector256.Load(second + lane), Vector256.Load(third + lane)), target + lane);
            return;
        }
        for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
            Keep(warp, target, lane, TOperation.Of(Vector256.Load(first + lane), Vector256.Load(second + lane), Vector256.Load(third + lane)));
    }

    public static void Each<TFrom, TTo, TOperation>(Warp warp, Instruction* instruction)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TOperation : IUnary<TFrom, TTo>
    {
        byte* target = warp.Registers + instruction->Target, first = warp.Registers + instruction->First;
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            Set(target, lane, TOperation.Of(Get<TFrom>(first, lane)));
        }
    }

    public static void Each<TFirst, TSecond, TTo, TOperation>(Warp warp, Instruction* instruction)
        where TFirst : unmanaged
        where TSecond : unmanaged
        where TTo : unmanaged
        where TOperation : IBinary<TFirst, TSecond, TTo>
    {
        byte* target = warp.Registers + instruction->Target, first = warp.Registers + instruction->First, second = warp.Registers + instruction->Second;
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            Set(target, lane, TOperation.Of(Get<TFirst>(first, lane), Get<TSecond>(second, lane)));
        }
    }

    public static void Each<TFirst, TSecond, TThird, TTo, TOperation>(Warp warp, Instruction* instruction)
        where TFirst : unmanaged
        where TSecond : unmanaged
        where TThird : unmanaged
        where TTo : unmanaged
        where TOperation : ITernary<TFirst, TSecond, TThird, TTo>
    {
        byte* target = warp.Registers + instruction->Target, first = warp.Registers + instruction->First;
        byte* second = warp.Registers + instruction->Second, third = warp.Registers + instruction->Third;
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            Set(target, lane, TOperation.Of(Get<TFirst>(first, lane), Get<TSecond>(second, lane), Get<TThird>(third, lane)));
        }
    }

    /// <summary>A lane's number in a register: 8 bytes lie apart by 8, others by 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Get<T>(byte* register, int lane)
        where T : unmanaged
        => *(T*)(register + lane * (sizeof(T) == 8 ? 8 : 4));

    /// <summary>Sets a lane's number; above fewer than 32 bits are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<T>(byte* register, int lane, T value)
        where T : unmanaged
    {
        if (sizeof(T) < 4)
            ((uint*)register)[lane] = sizeof(T) == 2 ? Unsafe.BitCast<T, ushort>(value) : Unsafe.BitCast<T, byte>(value);
        else
            *(T*)(register + lane * sizeof(T)) = value;
    }
}
