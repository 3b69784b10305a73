using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// One thread's place in a team while it runs a <see cref="TeamProgram"/>: which part of the work is its own, where it
/// waits for the others, and memory of its own.
/// </summary>
public sealed unsafe class Worker : IDisposable
{
    readonly TeamBarrier? barrier;
    AlignedMemory? scratch;
    float* scratchPointer;
    int scratchFloats;

    internal Worker(int index, int count, TeamBarrier? barrier, Worker? first = null)
    {
        Index = index;
        Count = count;
        this.barrier = barrier;
        First = first ?? this;
        Alone = count == 1 ? this : new Worker(index, 1, null);
    }

    /// <summary>This worker's number, from 0, which is the thread that called the team.</summary>
    public int Index { get; }

    /// <summary>How many workers run the program.</summary>
    public int Count { get; }

    /// <summary>
    /// The team's worker 0. Its scratch memory is where workers put what they have in common: after one barrier, which
    /// tells that worker 0 has come and is done with it, and with another one before what was put there is read.
    /// </summary>
    internal Worker First { get; }

    /// <summary>
    /// The same thread as a team of one, with the same scratch memory: for a kernel too small to share, which one worker
    /// runs while the others go on to the next barrier.
    /// </summary>
    public Worker Alone { get; }

    /// <summary>
    /// Returns when every worker has called it; what they wrote before is then visible to all. Returns at once when
    /// there is one worker.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Barrier() => barrier?.Wait();

    /// <summary>
    /// This worker's contiguous part of the numbers [0, <paramref name="items"/>). It depends on
    /// <see cref="Index"/> and <see cref="Count"/> only, begins at a multiple of <paramref name="grain"/>, and differs
    /// between workers by at most one grain; it may be empty.
    /// </summary>
    /// <param name="items">How many there are to share.</param>
    /// <param name="grain">How many stay together; at least 1.</param>
    /// <param name="start">The first number of the part.</param>
    /// <param name="end">One past its last number, never less than <paramref name="start"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Share(int items, int grain, out int start, out int end)
    {
        if (Count == 1)
        {
            start = 0;
            end = items;
            return;
        }
        long grains = ((long)items + grain - 1) / grain;
        start = (int)long.Min(items, grains * Index / Count * grain);
        end = (int)long.Min(items, grains * (Index + 1) / Count * grain);
    }

    /// <summary>
    /// Memory that only this worker uses, 64-byte aligned, with anything in it. It stays the same from program to
    /// program until more is reserved.
    /// </summary>
    /// <param name="floats">How many floats will be used at most.</param>
    /// <exception cref="InvalidOperationException">More than <see cref="WorkerTeam.ReserveScratch"/> was told.</exception>
    public float* Scratch(int floats)
    {
        if (floats > scratchFloats)
            ThrowScratchTooSmall(floats);
        return scratchPointer;
    }

    void ThrowScratchTooSmall(int floats) => throw new InvalidOperationException(
        $"A kernel asks for {floats} floats of scratch memory; {scratchFloats} were reserved.");

    /// <summary>Grows the scratch memory; called by the thread that will use it, so that its pages lie near.</summary>
    internal void ReserveScratch(int floats)
    {
        if (floats <= scratchFloats)
            return;
        Free();
        scratch = new AlignedMemory((long)floats * sizeof(float));
        scratchPointer = (float*)scratch.Pointer;
        scratchFloats = floats;
        Alone.scratchPointer = scratchPointer;
        Alone.scratchFloats = floats;
    }

    /// <summary>Frees the scratch memory; the team does this.</summary>
    void IDisposable.Dispose() => Free();

    internal void Free()
    {
        scratch?.Dispose();
        scratch = null;
        scratchPointer = null;
        scratchFloats = 0;
        Alone.scratchPointer = null;
        Alone.scratchFloats = 0;
    }
}
