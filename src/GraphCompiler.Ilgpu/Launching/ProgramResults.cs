using ILGPU;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// The way of a program's results to the host: the device copies them to locked memory behind its work, and the caller waits once, for
/// all of them. Very long ones go straight to the caller's memory, to lock no more of it than helps.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="memory">The program's memory.</param>
/// <param name="first">Where the results begin.</param>
/// <param name="end">Where they end.</param>
sealed class ProgramResults(IlgpuDevice device, DeviceBlock memory, long first, long end) : IDisposable
{
    const int LongestLocked = 1 << 20;

    HostBlock? block, number;
    bool isQueued;

    bool IsLocked(long offset, int floats) => offset + floats - first <= LongestLocked;

    HostBlock Block => block ??= new HostBlock(device.Queue, (int)Math.Min(end - first, LongestLocked));

    /// <summary>Queues the copy of a result.</summary>
    public void Queue(long offset, int floats)
    {
        if (floats == 0 || !IsLocked(offset, floats))
            return;
        device.Queue.CopyOut(memory.Part(offset, floats), Block.At(offset - first));
        isQueued = true;
    }

    /// <summary>Waits for the run, and copies a result, whose copy was queued, to the caller.</summary>
    public void Read(long offset, Span<float> values)
    {
        if (!IsLocked(offset, values.Length))
        {
            memory.Read(offset, values);
            return;
        }
        if (values.Length == 0)
            return;
        if (isQueued)
            Block.Copied(beside: false);
        isQueued = false;
        Block.Wait();
        Block.Floats.Slice((int)(offset - first), values.Length).CopyTo(values);
    }

    /// <summary>Queues the copy of one number.</summary>
    public void QueueNumber(long offset)
    {
        number ??= new HostBlock(device.Queue, 1);
        device.Queue.CopyOut(memory.Part(offset, 1), number.At(0));
        number.Copied(beside: false);
    }

    /// <summary>Waits for the number whose copy was queued.</summary>
    public float Number()
    {
        number!.Wait();
        return number.Floats[0];
    }

    public void Dispose()
    {
        block?.Dispose();
        number?.Dispose();
    }
}
