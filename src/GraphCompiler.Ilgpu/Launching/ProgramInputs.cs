using ILGPU;

namespace GraphCompiler.Ilgpu.Launching;

// What a run reads of the host lies in one part of the program's memory: the numbers of the step, then the caller's tensors. A run's
// copy of it is put together in locked memory of the host, from which the device fetches it by itself, so that the caller's own memory
// is free as soon as it was passed. There are two such blocks, or one if nobody calls again before the results are there. While a step
// is under way, the next one's inputs cannot be put into their place yet: they are copied beside the work into a second part of the
// device's memory, and moved from there when their turn has come, which takes a device microseconds.

/// <summary>The way of a program's inputs to the device.</summary>
sealed class ProgramInputs : IDisposable
{
    /// <summary>Parts with a smaller gap between them are copied together: a copy's own cost is that of some kilobytes.</summary>
    const int GapOfOneCopy = 4096;

    readonly IlgpuDevice device;
    readonly ArrayView<float> place, waiting;
    readonly bool runsAhead;
    readonly HostBlock?[] blocks;
    readonly List<(int Start, int End)> parts = [];
    nint moved;
    bool wasMoved;
    int turn;

    /// <param name="device">The device.</param>
    /// <param name="place">Where kernels read the inputs.</param>
    /// <param name="waiting">Where those of the next run may lie meanwhile; as long as the place, or nothing.</param>
    public ProgramInputs(IlgpuDevice device, ArrayView<float> place, ArrayView<float>? waiting)
    {
        this.device = device;
        this.place = place;
        runsAhead = waiting is not null;
        this.waiting = waiting ?? place;
        blocks = new HostBlock?[runsAhead ? 2 : 1];
    }

    DeviceQueue Queue => device.Queue;

    HostBlock Block => blocks[turn] ??= new HostBlock(Queue, place.IntLength);

    /// <summary>The numbers of the step, with which the inputs begin.</summary>
    public Span<float> Step => Block.Floats[..StepNumbers.Floats];

    /// <summary>Begins a run's inputs, as soon as the last but one run has fetched its own.</summary>
    public void Begin()
    {
        parts.Clear();
        parts.Add((0, StepNumbers.Floats));
        Block.Wait();
    }

    /// <summary>Some floats of the inputs, to be written; parts are asked for from first to last.</summary>
    public Span<float> Part(int offset, int floats)
    {
        if (floats > 0 && offset - parts[^1].End <= GapOfOneCopy)
            parts[^1] = (parts[^1].Start, offset + floats);
        else if (floats > 0)
            parts.Add((offset, offset + floats));
        return Block.Floats.Slice(offset, floats);
    }

    /// <summary>Queues the copies to the place, before what is launched next.</summary>
    public void Send()
    {
        if (runsAhead && Queue.IsBusy)
            SendBeside();
        else
            CopyParts(place, beside: false);
        turn = (turn + 1) % blocks.Length;
    }

    void SendBeside()
    {
        if (moved == 0)
            moved = Queue.CreateEvent();
        if (wasMoved)
            Queue.ComeAfter(moved, beside: true);
        CopyParts(waiting, beside: true);
        Block.ComeAfter();
        foreach (var (start, end) in parts)
            Queue.Copy(waiting.SubView(start, end - start), place.SubView(start, end - start));
        Queue.Record(moved, beside: false);
        wasMoved = true;
    }

    void CopyParts(ArrayView<float> target, bool beside)
    {
        foreach (var (start, end) in parts)
            Queue.CopyIn(Block.At(start), target.SubView(start, end - start), beside);
        Block.Copied(beside);
    }

    public void Dispose()
    {
        foreach (var block in blocks)
            block?.Dispose();
        if (moved != 0)
            Queue.FreeEvent(moved);
        moved = 0;
    }
}
