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

/// <summary>32 threads of a group.</summary>
sealed unsafe partial class Warp : IDisposable
{
    readonly PtxKernel kernel;
    readonly NativeBlock registerBlock, localBlock;
    readonly Instruction* instructions;
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
        // What nobody has written is no number.
        new Span<byte>(Registers, kernel.RegisterBytes).Fill(0xFF);
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
