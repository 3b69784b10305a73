namespace GraphCompiler.Ilgpu.Launching;

/// <summary>Floats of the host that the device copies to and from by itself, and the event behind the last copy.</summary>
sealed unsafe class HostBlock : IDisposable
{
    readonly DeviceQueue queue;
    readonly nint pointer, copied;
    bool isUsed, isFreed;

    /// <exception cref="DeviceException">The host has too little memory.</exception>
    public HostBlock(DeviceQueue queue, int floats)
    {
        this.queue = queue;
        Length = floats;
        pointer = queue.AllocateHost((long)floats * sizeof(float));
        try
        {
            copied = queue.CreateEvent();
        }
        catch
        {
            queue.FreeHost(pointer);
            throw;
        }
    }

    public int Length { get; }

    public Span<float> Floats => new((float*)pointer, Length);

    public nint At(long offset) => pointer + (nint)offset * sizeof(float);

    /// <summary>Says that copies from or to the block were queued, in one of the queue's orders.</summary>
    public void Copied(bool beside)
    {
        queue.Record(copied, beside);
        isUsed = true;
    }

    /// <summary>What is queued from now on comes after the block's copies.</summary>
    public void ComeAfter() => queue.ComeAfter(copied, beside: false);

    /// <summary>Waits until the block's copies are done.</summary>
    public void Wait()
    {
        if (isUsed)
            queue.Wait(copied);
        isUsed = false;
    }

    public void Dispose()
    {
        if (isFreed)
            return;
        isFreed = true;
        queue.Drain();
        queue.FreeHost(pointer);
        queue.FreeEvent(copied);
    }
}
