using System.Numerics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

/// <summary>Changes of memory that nothing comes between.</summary>
static unsafe class Atomics
{
    /// <summary>Lanes take their turns in the order of warps. Target is negative if nobody asks for the old number; Third is the operand of a comparison.</summary>
    public static void Change<TSpace, T, TOperation>(Warp warp, Instruction* instruction)
        where TSpace : ISpace
        where T : unmanaged
        where TOperation : ITernary<T, T, T, T>
    {
        var address = stackalloc ulong[32];
        uint all = warp.Active;
        for (int i = 0; i < 32; i++)
        {
            int lane = warp.Group.Options.Backwards ? 31 - i : i;
            if ((all >> lane & 1) == 0)
                continue;
            address[lane] = ((ulong*)(warp.Registers + instruction->First))[lane] + (ulong)instruction->Number;
            if (address[lane] % (ulong)sizeof(T) != 0)
                throw warp.Fault($"{sizeof(T)} bytes at {address[lane]:x} are not aligned.", lane);
            TSpace.Find(warp, address, sizeof(T), 1u << lane, out nint displacement, out var shadow);
            shadow?.Change(warp, address[lane], sizeof(T), lane);
            ref var place = ref *(T*)((nint)address[lane] + displacement);
            var old = place;
            place = TOperation.Of(old, Lanes.Get<T>(warp.Registers + instruction->Second, lane),
                instruction->Third < 0 ? default : Lanes.Get<T>(warp.Registers + instruction->Third, lane));
            if (instruction->Target >= 0)
                Lanes.Set(warp.Registers + instruction->Target, lane, old);
        }
    }

    public static void ChangeGeneric<T, TOperation>(Warp warp, Instruction* instruction)
        where T : unmanaged
        where TOperation : ITernary<T, T, T, T>
        => MemoryAccess.Distribute(warp, instruction, &Change<GlobalSpace, T, TOperation>, &Change<SharedSpace, T, TOperation>, &OfOwnMemory);

    static void OfOwnMemory(Warp warp, Instruction* instruction) => throw warp.Fault("an atomic change of a thread's own memory.");
}

readonly struct AtomicAdd<T> : ITernary<T, T, T, T>
    where T : INumber<T>
{
    public static T Of(T a, T b, T c) => unchecked(a + b);
}

readonly struct AtomicExchange<T> : ITernary<T, T, T, T>
{
    public static T Of(T a, T b, T c) => b;
}

/// <summary>The second operand, if the place has the first.</summary>
readonly struct AtomicCompareExchange<T> : ITernary<T, T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b, T c) => a == b ? c : a;
}

readonly struct AtomicSmaller<T> : ITernary<T, T, T, T>
    where T : INumber<T>
{
    public static T Of(T a, T b, T c) => T.Min(a, b);
}

readonly struct AtomicLarger<T> : ITernary<T, T, T, T>
    where T : INumber<T>
{
    public static T Of(T a, T b, T c) => T.Max(a, b);
}

readonly struct AtomicAnd<T> : ITernary<T, T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b, T c) => a & b;
}

readonly struct AtomicOr<T> : ITernary<T, T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b, T c) => a | b;
}

readonly struct AtomicXor<T> : ITernary<T, T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b, T c) => a ^ b;
}
