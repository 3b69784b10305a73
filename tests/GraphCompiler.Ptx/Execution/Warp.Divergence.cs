using System.Numerics;
using System.Runtime.CompilerServices;
using GraphCompiler.Ptx.Decoding;

namespace GraphCompiler.Ptx.Execution;

/// <summary>The lanes of a warp that are at one block, and whether they wait there for others.</summary>
record struct WaitingLanes(int Block, uint Lanes, bool Waits);

// A warp executes an instruction for all lanes that are at it. Where lanes part, those whose block comes first in the kernel's order
// go on, and the others stand by; they are together again when they come to the same block. Lanes that come to an instruction in
// which a warp meets wait until all that the instruction names are there. A warp whose turn has become long stops in the middle, and
// lanes that stood by go on in the next: whoever waits in a loop for what others do gets it.

/// <summary>Lanes that part and meet again.</summary>
sealed unsafe partial class Warp
{
    /// <summary>How many instructions a turn may have.</summary>
    const long Turn = 1 << 16;

    readonly List<WaitingLanes> others = [];
    int lowest = int.MaxValue;
    int current;

    /// <summary>The lanes end. Others may have waited for nobody else.</summary>
    void End()
    {
        Live &= ~Active;
        for (int i = 0; i < others.Count; i++)
            others[i] = others[i] with { Waits = false };
        Select();
    }

    void Branch(ref Block block)
    {
        uint taken = Active & (*(uint*)(Registers + block.Condition) ^ block.ConditionFlip);
        if (taken == Active)
        {
            Continue(block.Taken);
        }
        else if (taken == 0)
        {
            Continue(block.Next);
        }
        else
        {
            Statement = block.Statement;
            if (block.IsUniform)
                throw Fault($"lanes {Describe(taken)} take a branch that is said to be uniform, lanes {Describe(Active & ~taken)} do not.");
            Add(block.Taken, taken, false);
            Active &= ~taken;
            Continue(block.Next);
        }
    }

    void BranchByTable(ref Block block)
    {
        Statement = block.Statement;
        uint* indices = (uint*)(Registers + block.Condition);
        uint left = Active;
        while (true)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            uint index = indices[lane], same = LanesWith(indices, index, left);
            if (index >= (uint)block.Targets.Length)
                throw Fault($"the table has no entry {index}.", lane);
            if (block.IsUniform && same != Active)
                throw Fault($"lanes {Describe(same)} take a branch that is said to be uniform, lanes {Describe(Active & ~same)} do not.");
            if (same == left)
            {
                Active = same;
                Continue(block.Targets[index]);
                return;
            }
            Add(block.Targets[index], same, false);
            left &= ~same;
        }
    }

    /// <summary>Goes to a block, if nobody is further behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Continue(int block)
    {
        current = block;
        if (block >= lowest)
        {
            Add(block, Active, false);
            Select();
        }
    }

    void StandBy(bool waits)
    {
        Add(current, Active, waits);
        Select();
    }

    void Add(int block, uint lanes, bool waits)
    {
        int at = others.FindIndex(o => o.Block == block);
        if (at >= 0)
            others[at] = new WaitingLanes(block, others[at].Lanes | lanes, waits);
        else
            others.Add(new WaitingLanes(block, lanes, waits));
        lowest = Math.Min(lowest, block);
    }

    /// <summary>Lets those go on who are furthest behind and do not wait.</summary>
    void Select()
    {
        int best = -1;
        for (int i = 0; i < others.Count; i++)
        {
            if (!others[i].Waits && (best < 0 || others[i].Block < others[best].Block))
                best = i;
        }
        if (best < 0)
        {
            if (!PassWarpBarrier())
                (current, Active) = (-1, 0);
            return;
        }
        (current, Active) = (others[best].Block, others[best].Lanes);
        others.RemoveAt(best);
        lowest = int.MaxValue;
        foreach (var other in others)
            lowest = Math.Min(lowest, other.Block);
    }

    /// <summary>Lets those go on who have stood by the longest; for a turn they look for nobody.</summary>
    void TakeTurns()
    {
        if (steps > Group.Options.MaxInstructions)
            throw Fault("the budget of instructions is spent; the kernel does not come to an end.");
        int next = others.FindIndex(o => !o.Waits);
        if (next < 0)
            return;
        var standing = others[next];
        others.RemoveAt(next);
        Add(current, Active, false);
        (current, Active) = (standing.Block, standing.Lanes);
        lowest = int.MaxValue;
    }

    /// <summary>A barrier of a warp may be met in different places.</summary>
    bool PassWarpBarrier()
    {
        uint waiting = 0, named = 0;
        foreach (var other in others)
        {
            ref var block = ref kernel.Blocks[other.Block];
            if (!block.IsWarpBarrier)
                continue;
            waiting |= other.Lanes;
            named |= ((uint*)(Registers + block.Condition))[BitOperations.TrailingZeroCount(other.Lanes)];
        }
        if (waiting == 0 || waiting != (named & Live))
            return false;
        Active = waiting;
        Operations.Barriers.Warp(this, null);
        for (int i = 0; i < others.Count; i++)
        {
            if ((others[i].Lanes & waiting) != 0)
                others[i] = new WaitingLanes(kernel.Blocks[others[i].Block].Next, others[i].Lanes, false);
        }
        Select();
        return true;
    }

    /// <summary>Whether the whole warp waits at one barrier of the group; everything else can never go on.</summary>
    bool SelectBarrier()
    {
        var first = others[0];
        Statement = kernel.Blocks[first.Block].Statement;
        if (others.Count > 1)
        {
            var second = kernel.Statement(kernel.Blocks[others[1].Block].Statement);
            throw Fault($"lanes {Describe(first.Lanes)} wait here, and lanes {Describe(others[1].Lanes)} at line {second.Line}, '{second.Text}': they can never go on.",
                BitOperations.TrailingZeroCount(first.Lanes));
        }
        if (kernel.Blocks[first.Block].Ends != BlockEnd.GroupBarrier)
            throw Fault($"lanes {Describe(first.Lanes)} wait for lanes that never come.", BitOperations.TrailingZeroCount(first.Lanes));
        if (first.Lanes != Present)
            throw Fault($"the barrier is met by lanes {Describe(first.Lanes)}, but lanes {Describe(Present & ~first.Lanes)} have ended.",
                BitOperations.TrailingZeroCount(first.Lanes));
        (current, Active) = (first.Block, first.Lanes);
        others.Clear();
        lowest = int.MaxValue;
        return true;
    }
}
