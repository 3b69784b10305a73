using System.Numerics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

/// <summary>How a lane finds the one it takes from.</summary>
interface IExchange
{
    static abstract (int Source, bool IsInside) Of(int lane, int operand, int clamp, int segment);
}

readonly struct FromAbove : IExchange
{
    public static (int Source, bool IsInside) Of(int lane, int operand, int clamp, int segment) =>
        (lane + operand, lane + operand <= (lane & segment | clamp & ~segment));
}

readonly struct FromBelow : IExchange
{
    public static (int Source, bool IsInside) Of(int lane, int operand, int clamp, int segment) =>
        (lane - operand, lane - operand >= (lane & segment | clamp & ~segment));
}

readonly struct FromOpposite : IExchange
{
    public static (int Source, bool IsInside) Of(int lane, int operand, int clamp, int segment) =>
        (lane ^ operand, (lane ^ operand) <= (lane & segment | clamp & ~segment));
}

readonly struct FromNamed : IExchange
{
    public static (int Source, bool IsInside) Of(int lane, int operand, int clamp, int segment)
    {
        int source = lane & segment | operand & ~segment;
        return (source, source <= (lane & segment | clamp & ~segment));
    }
}

/// <summary>What lanes of a warp tell each other.</summary>
static unsafe class Exchanges
{
    /// <summary>A lane whose source lies outside its part of the warp keeps its own number.</summary>
    public static void Shuffle<TExchange>(Warp warp, Instruction* instruction)
        where TExchange : IExchange
    {
        uint* target = (uint*)(warp.Registers + instruction->Target), source = (uint*)(warp.Registers + instruction->First);
        uint* operands = (uint*)(warp.Registers + instruction->Second), clamps = (uint*)(warp.Registers + instruction->Third);
        uint* values = stackalloc uint[32];
        uint inside = 0;
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            var (from, isInside) = TExchange.Of(lane, (int)(operands[lane] & 31), (int)(clamps[lane] & 31), (int)(clamps[lane] >> 8 & 31));
            if (!isInside)
                from = lane;
            else if ((warp.Active >> from & 1) == 0)
                throw warp.Fault($"lane {from}, whose number is asked for, does not take part.", lane);
            inside |= (isInside ? 1u : 0) << lane;
            values[lane] = source[from];
        }
        for (uint left = warp.Active; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            target[lane] = values[lane];
        }
        if (instruction->Number >= 0)
            Comparisons.Set(warp, (int)instruction->Number, inside);
    }

    /// <summary>The lanes for which a predicate holds.</summary>
    public static void Ballot(Warp warp, Instruction* instruction) => Give(warp, instruction->Target, Vote(warp, instruction));

    public static void All(Warp warp, Instruction* instruction) => Comparisons.Set(warp, instruction->Target, Vote(warp, instruction) == warp.Active ? uint.MaxValue : 0);

    public static void Any(Warp warp, Instruction* instruction) => Comparisons.Set(warp, instruction->Target, Vote(warp, instruction) != 0 ? uint.MaxValue : 0);

    public static void Uniform(Warp warp, Instruction* instruction)
    {
        uint vote = Vote(warp, instruction);
        Comparisons.Set(warp, instruction->Target, vote == 0 || vote == warp.Active ? uint.MaxValue : 0);
    }

    static uint Vote(Warp warp, Instruction* instruction) => *(uint*)(warp.Registers + instruction->First) & warp.Active;

    public static void ActiveLanes(Warp warp, Instruction* instruction) => Give(warp, instruction->Target, warp.Active);

    static void Give(Warp warp, int place, uint value)
    {
        for (uint left = warp.Active; left != 0; left &= left - 1)
            ((uint*)(warp.Registers + place))[BitOperations.TrailingZeroCount(left)] = value;
    }
}
