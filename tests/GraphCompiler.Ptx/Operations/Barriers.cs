using System.Numerics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

/// <summary>What happens when threads meet at barriers.</summary>
static unsafe class Barriers
{
    public const int None = 0, Count = 1, All = 2, Any = 3;

    /// <summary>What the lanes did before it comes before what they do after it.</summary>
    public static void Warp(Warp warp, Instruction* instruction)
    {
        if (warp.Active == warp.Live)
            warp.Group.PassWarpBarrier(warp);
        else if (warp.Group.Options.CheckRaces)
            throw warp.Fault("a barrier of some lanes of a warp is more than the race check knows.");
    }

    /// <summary>Never executed: warps stop before the barrier of a group.</summary>
    public static void Group(Warp warp, Instruction* instruction) => throw new InvalidOperationException("Warps stop at barriers.");

    public static void Fence(Warp warp, Instruction* instruction)
    {
    }

    /// <summary>Gives all threads what a barrier computes of the predicates of all.</summary>
    public static void Reduce(ReadOnlySpan<Warp> warps)
    {
        var instruction = warps[0].BarrierInstruction;
        if (instruction->Count == None)
            return;
        uint count = 0, threads = 0;
        foreach (var warp in warps)
        {
            count += (uint)BitOperations.PopCount(*(uint*)(warp.Registers + instruction->First) & warp.Present);
            threads += (uint)BitOperations.PopCount(warp.Present);
        }
        foreach (var warp in warps)
        {
            if (instruction->Count == Count)
                new Span<uint>(warp.Registers + instruction->Target, 32).Fill(count);
            else
                *(uint*)(warp.Registers + instruction->Target) = (instruction->Count == All ? count == threads : count > 0) ? uint.MaxValue : 0;
        }
    }
}
