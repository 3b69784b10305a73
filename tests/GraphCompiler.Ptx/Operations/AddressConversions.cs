using System.Numerics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

static unsafe class AddressConversions
{
    /// <summary>Into the window of a state space, or out of it.</summary>
    public static void Move(Warp warp, Instruction* instruction)
    {
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            ((ulong*)(warp.Registers + instruction->Target))[lane] = ((ulong*)(warp.Registers + instruction->First))[lane] + (ulong)instruction->Number;
        }
    }
}
