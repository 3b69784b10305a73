using System.Runtime.CompilerServices;
using GraphCompiler.Ilgpu.Reference.Ptx;
using ILGPU;

namespace GraphCompiler.Ilgpu.Reference;

// A group's threads run one at a time, each until it waits at a barrier or in a warp exchange, or ends. When all have come
// so far, the waits are resolved: a group barrier when every thread has reached it, an exchange when every thread of its
// warp has (as for inline PTX that a warp executes together); anything else can never go on, and is reported. Threads that never wait run one after the other on a single
// thread of the operating system, the caller's; a thread that waits keeps its own, and passes the turn to the next. So the order is
// always the same, or, to show races, the reverse of it.

/// <summary>Runs one group of a launch.</summary>
internal sealed class GroupExecution
{
    readonly Action body;
    readonly Lane[] lanes;
    readonly List<Lane> turns = [];
    readonly List<NativeBlock> shared = [];
    readonly Signal done = new();
    readonly bool backwards;
    int turn;
    Exception? fault;

    public GroupExecution(Action body, int index, int groups, int lanes, int warpSize, bool backwards)
    {
        this.body = body;
        this.backwards = backwards;
        Index = index;
        Groups = groups;
        WarpSize = warpSize;
        this.lanes = [.. Enumerable.Range(0, lanes).Select(i => new Lane(this, i))];
        turns.AddRange(backwards ? this.lanes.Reverse() : this.lanes);
    }

    public int Index { get; }

    public int Groups { get; }

    public int Lanes => lanes.Length;

    public int WarpSize { get; }

    /// <summary>Runs all threads to their ends.</summary>
    public void Run()
    {
        var first = turns[turn++];
        first.IsStarted = true;
        RunFrom(first);
        done.Wait();
        foreach (var block in shared)
            block.Dispose();
        if (fault is not null)
            throw fault is KernelFault ? fault : new KernelFault($"A kernel failed: {fault}");
    }

    void RunFrom(Lane lane)
    {
        while (true)
        {
            lane.Enter();
            try
            {
                if (fault is null)
                    body();
            }
            catch (Abandoned)
            {
            }
            catch (Exception exception)
            {
                fault ??= exception;
            }
            Lane.LeaveAll();
            lane.IsFinished = true;
            if (Next() is not { } next)
            {
                done.Set();
                return;
            }
            if (next.IsStarted)
            {
                next.Resume.Set();
                return;
            }
            next.IsStarted = true;
            lane = next;
        }
    }

    /// <summary>Lets the others run until what the lane waits for has happened.</summary>
    public void Block(Lane lane, WaitKind kind)
    {
        lane.Waits = kind;
        var next = Next()!;
        if (next != lane)
        {
            if (next.IsStarted)
            {
                next.Resume.Set();
            }
            else
            {
                next.IsStarted = true;
                ThreadPoolOfLanes.Start(() => RunFrom(next));
            }
            lane.Resume.Wait();
        }
        if (fault is not null)
            throw new Abandoned();
    }

    public unsafe T Exchange<T>(Lane lane, T value, int source)
        where T : unmanaged
    {
        if (sizeof(T) > sizeof(ulong) || (uint)source >= (uint)WarpSize)
            throw new KernelFault($"A value of {sizeof(T)} bytes cannot be taken from lane {source} of a warp of {WarpSize}.");
        ulong bits = 0;
        Unsafe.Write(&bits, value);
        lane.Passed = bits;
        Block(lane, WaitKind.Warp);
        bits = lanes[lane.Index / WarpSize * WarpSize + source].Visible;
        return Unsafe.Read<T>(&bits);
    }

    public unsafe ArrayView<T> AllocateShared<T>(Lane lane, int extent)
        where T : unmanaged
    {
        int number = lane.SharedBlocks++;
        if (number == shared.Count)
            shared.Add(new NativeBlock((long)extent * sizeof(T)));
        if (shared[number].Bytes != (long)extent * sizeof(T))
            throw new KernelFault($"Threads of a group ask for {extent * sizeof(T)} and {shared[number].Bytes} bytes of one shared memory.");
        return new ArrayView<T>(shared[number], 0, extent);
    }

    /// <summary>The shared memory that the kernel's threads asked for as so many'th; null if they asked for less.</summary>
    public NativeBlock? SharedBlock(long number) => number >= 0 && number < shared.Count ? shared[(int)number] : null;

    /// <summary>The lane whose turn it is; null when all have ended.</summary>
    Lane? Next()
    {
        while (true)
        {
            if (turn < turns.Count)
                return turns[turn++];
            turn = 0;
            var waiting = lanes.Where(l => !l.IsFinished).ToList();
            if (waiting.Count == 0)
                return null;
            turns.Clear();
            try
            {
                turns.AddRange(fault is not null ? waiting : Released(waiting));
            }
            catch (KernelFault exception)
            {
                fault = exception;
                turns.AddRange(waiting);
            }
            if (turns.Count == 0)
            {
                fault = new KernelFault($"In group {Index} only {waiting.Count} of {lanes.Length} threads reach a barrier or an exchange; it would never end.");
                turns.AddRange(waiting);
            }
            foreach (var lane in turns)
                lane.Waits = WaitKind.None;
            if (backwards)
                turns.Reverse();
        }
    }

    List<Lane> Released(List<Lane> waiting)
    {
        if (waiting.Count == lanes.Length && waiting.All(l => l.Waits == WaitKind.Group))
            return waiting;
        var released = new List<Lane>();
        foreach (var warp in lanes.Chunk(WarpSize).Where(w => w.All(l => l.Waits == WaitKind.Warp)))
        {
            foreach (var lane in warp)
                lane.Visible = lane.Passed;
            released.AddRange(warp);
        }
        foreach (var warp in lanes.Chunk(WarpSize).Where(w => w.All(l => l.Waits == WaitKind.Code)))
        {
            PtxThread.ExecuteTogether(warp);
            released.AddRange(warp);
        }
        return released;
    }

    /// <summary>Unwinds a lane after another has failed.</summary>
    sealed class Abandoned : Exception;
}
