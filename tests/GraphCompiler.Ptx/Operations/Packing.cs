using System.Numerics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

/// <summary>Several numbers in one register, the first in its lowest bits.</summary>
static unsafe class Packing
{
    public static void Pack<TPart, TWhole>(Warp warp, Instruction* instruction)
        where TPart : unmanaged, IBinaryInteger<TPart>
        where TWhole : unmanaged, IBinaryInteger<TWhole>
    {
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            var whole = TWhole.Zero;
            for (int i = 0; i < instruction->Count; i++)
                whole |= TWhole.CreateTruncating(Lanes.Get<TPart>(warp.Registers + instruction->Places[i], lane)) << 8 * sizeof(TPart) * i;
            Lanes.Set(warp.Registers + instruction->Target, lane, whole);
        }
    }

    public static void Unpack<TPart, TWhole>(Warp warp, Instruction* instruction)
        where TPart : unmanaged, IBinaryInteger<TPart>
        where TWhole : unmanaged, IBinaryInteger<TWhole>
    {
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            var whole = Lanes.Get<TWhole>(warp.Registers + instruction->First, lane);
            for (int i = 0; i < instruction->Count; i++)
            {
                if (instruction->Places[i] >= 0)
                    Lanes.Set(warp.Registers + instruction->Places[i], lane, TPart.CreateTruncating(whole >> 8 * sizeof(TPart) * i));
            }
        }
    }
}
