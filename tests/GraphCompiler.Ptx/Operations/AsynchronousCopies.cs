using System.Numerics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

/// <summary>Copies from global to shared memory that arrive when they are waited for.</summary>
static unsafe class AsynchronousCopies
{
    /// <summary>Number and Places[1] are added to the two addresses; Second is the source's, Third how many bytes are read, or negative for all of them.</summary>
    public static void Ask<TTargetWidth>(Warp warp, Instruction* instruction)
        where TTargetWidth : IAddressWidth
    {
        int bytes = instruction->Count;
        var source = stackalloc ulong[32];
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            ulong target = TTargetWidth.IsWide
                ? ((ulong*)(warp.Registers + instruction->First))[lane] + (ulong)instruction->Number
                : (uint)(((uint*)(warp.Registers + instruction->First))[lane] + (ulong)instruction->Number);
            source[lane] = ((ulong*)(warp.Registers + instruction->Second))[lane] + (ulong)(long)instruction->Places[0];
            int sourceBytes = instruction->Third < 0 ? bytes : (int)((uint*)(warp.Registers + instruction->Third))[lane];
            Ask(warp, lane, target, source, sourceBytes, bytes);
        }
    }

    static void Ask(Warp warp, int lane, ulong target, ulong* sources, int sourceBytes, int bytes)
    {
        if (target % (ulong)bytes != 0 || sources[lane] % (ulong)bytes != 0)
            throw warp.Fault($"a copy of {bytes} bytes from {sources[lane]:x} to {target} is not aligned.", lane);
        if (sourceBytes < 0 || sourceBytes > bytes)
            throw warp.Fault($"a copy of {bytes} bytes reads {sourceBytes}.", lane);
        if (!warp.Group.Shared.Holds(target, bytes))
            throw warp.Fault($"a copy of {bytes} bytes to {(long)target - MemoryLayout.SharedBegin} leaves the {warp.Group.Shared.Bytes} bytes of shared memory.", lane);
        if (sourceBytes > 0)
        {
            GlobalSpace.Find(warp, sources, sourceBytes, 1u << lane, out _, out var shadow);
            shadow?.Read(warp, sources, sourceBytes, 1u << lane);
        }
        warp.Copies.Ask(warp, lane, target, (nint)sources[lane], sourceBytes, bytes);
    }

    public static void Commit(Warp warp, Instruction* instruction) => warp.Copies.Commit(warp.Active);

    public static void Wait(Warp warp, Instruction* instruction) => warp.Copies.Wait(warp, warp.Active, (int)instruction->Number);
}
