using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Memory;

namespace GraphCompiler.Ptx.Execution;

/// <summary>Where a warp has stopped.</summary>
enum WarpStop
{
    Ended,
    AtBarrier,

    /// <summary>Its turn is over; it goes on in another.</summary>
    InTheMiddle,
}

/// <summary>The lanes of a warp that are at one block, and whether they wait there for others.</summary>
record struct WaitingLanes(int Block, uint Lanes, bool Waits);

// A warp executes an instruction for all lanes that are at it. Where lanes part, those whose block comes first in the kernel's order
// go on, and the others stand by; they are together again when they come to the same block. Lanes that come to an instruction in
// which a warp meets wait until all that the instruction names are there. A warp whose turn has become long stops in the middle, and
// lanes that stood by go on in the next: whoever waits in a loop for what others do gets it.

/// <summary>32 threads of a group.</summary>
sealed unsafe class Warp : IDisposable
{
    /// <summary>How many instructions a turn may have.</summary>
    const long Turn = 1 << 16;

    readonly List<WaitingLanes> others = [];
    readonly PtxKernel kernel;
    readonly NativeBlock registerBlock, localBlock;
    readonly Instruction* instructions;
    int lowest = int.MaxValue;
    int current;
    long steps;

    public Warp(Group group, int index, int threads)
    {
        Group = group;
        Index = index;
        kernel = group.Kernel;
        Present = threads >= 32 ? uint.MaxValue : (1u << threads) - 1;
        registerBlock = new NativeBlock(kernel.RegisterBytes);
        localBlock = new NativeBlock(32L * kernel.LocalBytes);
        Registers = registerBlock.Address;
        instructions = (Instruction*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(kernel.Instructions));
        foreach (var (place, bits, width) in kernel.Numbers)
        {
            for (int lane = 0; lane < 32; lane++)
                Unsafe.WriteUnaligned(Registers + place + lane * width, bits);
        }
    }

    public Group Group { get; }

    public int Index { get; }

    /// <summary>The registers of all lanes.</summary>
    public byte* Registers { get; }

    /// <summary>The lanes that execute the current instruction.</summary>
    public uint Active { get; set; }

    /// <summary>The lanes that there are.</summary>
    public uint Present { get; }

    /// <summary>Those that have not ended.</summary>
    public uint Live { get; private set; }

    /// <summary>The block at whose end the warp waits for the group.</summary>
    public ref Block Barrier => ref kernel.Blocks[current];

    public Instruction* BarrierInstruction => instructions + Barrier.Begin;

    /// <summary>What has happened before what the warp does now, for the race check.</summary>
    public AccessClock Clock { get; set; }

    /// <summary>Copies to shared memory that are under way.</summary>
    public BackgroundCopies Copies { get; } = new();

    /// <summary>The memory of a lane's own.</summary>
    public byte* LocalMemory => localBlock.Address;

    public int LocalBytes => kernel.LocalBytes;

    /// <summary>The region of global memory that was met last.</summary>
    public MemoryRegion? LastRegion { get; set; }

    /// <summary>The statement of the current instruction.</summary>
    int Statement { get; set; }

    /// <summary>Begins a group.</summary>
    public void Start()
    {
        others.Clear();
        lowest = int.MaxValue;
        current = 0;
        steps = 0;
        Live = Active = Present;
        Copies.Clear();
        foreach (var (place, special) in kernel.Specials)
        {
            uint* lanes = (uint*)(Registers + place);
            for (int lane = 0; lane < 32; lane++)
                lanes[lane] = Group.ValueOf(special, Index, lane);
        }
    }

    public void Dispose()
    {
        registerBlock.Dispose();
        localBlock.Dispose();
    }

    /// <summary>Goes on after the group's barrier.</summary>
    public void PassBarrier() => Continue(Barrier.Next);

    /// <summary>Runs until all lanes have ended or wait for the group, or it has run for long.</summary>
    public WarpStop Run()
    {
        long end = steps + Turn;
        while (true)
        {
            if (steps > end)
            {
                TakeTurns();
                return WarpStop.InTheMiddle;
            }
            ref var block = ref kernel.Blocks[current];
            if (block.Ends is BlockEnd.WarpSynchronous)
            {
                Meet(ref block);
            }
            else if (block.Ends is BlockEnd.GroupBarrier)
            {
                StandBy(true);
            }
            else
            {
                Execute(block.Begin, block.End);
                Leave(ref block);
            }
            if (current >= 0)
                continue;
            if (Live == 0)
                return WarpStop.Ended;
            if (SelectBarrier())
                return WarpStop.AtBarrier;
        }
    }

    void Execute(int begin, int end)
    {
        steps += end - begin + 1;
        var last = instructions + end;
        for (var instruction = instructions + begin; instruction < last; instruction++)
        {
            Statement = instruction->Statement;
            if (instruction->Guard < 0)
                instruction->Execute(this, instruction);
            else
                ExecuteGuarded(instruction);
        }
    }

    void ExecuteGuarded(Instruction* instruction)
    {
        uint all = Active;
        Active &= *(uint*)(Registers + instruction->Guard) ^ instruction->GuardFlip;
        if (Active != 0)
            instruction->Execute(this, instruction);
        Active = all;
    }

    void Leave(ref Block block)
    {
        switch (block.Ends)
        {
            case BlockEnd.Next:
                Continue(block.Next);
                break;
            case BlockEnd.Return:
                End();
                break;
            case BlockEnd.Table:
                BranchByTable(ref block);
                break;
            default:
                Branch(ref block);
                break;
        }
    }

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
            if (block.IsUniform && Group.Options.CheckUniformBranches)
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
            if (block.IsUniform && same != Active && Group.Options.CheckUniformBranches)
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

    /// <summary>Executes an instruction in which lanes meet, if all that it names are there.</summary>
    void Meet(ref Block block)
    {
        var instruction = instructions + block.Begin;
        Statement = block.Statement;
        uint all = Active;
        uint* members = block.Condition < 0 ? null : (uint*)(Registers + block.Condition);
        for (uint left = all; left != 0;)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            uint named = members is null ? uint.MaxValue : members[lane];
            uint same = members is null ? left : LanesWith(members, named, left);
            if ((same & ~named) != 0)
                throw Fault("a lane executes it that its mask does not name.", BitOperations.TrailingZeroCount(same & ~named));
            if (same != (named & Live))
            {
                StandBy(true);
                return;
            }
            left &= ~same;
        }
        for (uint left = all; left != 0; left &= ~Active)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            Active = members is null ? left : LanesWith(members, members[lane], left);
            instruction->Execute(this, instruction);
        }
        steps++;
        Active = all;
        Continue(block.Next);
    }

    static uint LanesWith(uint* values, uint value, uint lanes)
    {
        uint same = 0;
        for (uint left = lanes; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if (values[lane] == value)
                same |= 1u << lane;
        }
        return same;
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
            throw Fault($"lanes {Describe(first.Lanes)} wait here, and lanes {Describe(others[1].Lanes)} at line {second.Line}, '{second.Text}': they can never go on.", BitOperations.TrailingZeroCount(first.Lanes));
        }
        if (kernel.Blocks[first.Block].Ends != BlockEnd.GroupBarrier)
            throw Fault($"lanes {Describe(first.Lanes)} wait for lanes that never come.", BitOperations.TrailingZeroCount(first.Lanes));
        if (first.Lanes != Present)
            throw Fault($"the barrier is met by lanes {Describe(first.Lanes)}, but lanes {Describe(Present & ~first.Lanes)} have ended.", BitOperations.TrailingZeroCount(first.Lanes));
        (current, Active) = (first.Block, first.Lanes);
        others.Clear();
        lowest = int.MaxValue;
        return true;
    }

    /// <summary>All bits of the lanes from one on that are active.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Mask<T>(int lane)
        where T : unmanaged
    {
        if (sizeof(T) == 4)
        {
            var bits = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
            return Vector256.Equals(Vector256.Create(Active >> lane) & bits, bits).As<uint, T>();
        }
        var wide = Vector256.Create(1ul, 2, 4, 8);
        return Vector256.Equals(Vector256.Create((ulong)(Active >> lane)) & wide, wide).As<ulong, T>();
    }

    /// <summary>What went wrong at the current instruction.</summary>
    public PtxFault Fault(string what, int lane = -1)
    {
        var (line, text) = kernel.Statement(Statement);
        if (lane < 0)
            lane = BitOperations.TrailingZeroCount(Active | 1u << 31);
        return new PtxFault($"Kernel {kernel.Name}, line {line}, '{text}', group {Group.Number}, thread {Index * 32 + lane}: {what}");
    }

    /// <summary>The fault of a warp that waits at the group's barrier.</summary>
    public PtxFault FaultAtBarrier(string what)
    {
        Statement = Barrier.Statement;
        return Fault(what);
    }

    static string Describe(uint lanes) => string.Join(", ", Enumerable.Range(0, 32).Where(l => (lanes >> l & 1) != 0));
}
