using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// A block of floats on a device. ILGPU copies from and to the host's memory by its address alone, while it waits for what was queued: the
/// collector must not move arrays meanwhile.
/// </summary>
sealed unsafe class DeviceBlock(IlgpuDevice device, IDisposable owner, ArrayView<float> memory, long bytes) : IDisposable
{
    bool isFreed;

    public ArrayView<float> All { get; } = memory;

    public ArrayView<float> Part(long offset, long floats) => All.SubView(offset, floats);

    /// <summary>The memory at a place, both in bytes: whole floats, at a multiple of theirs.</summary>
    public ArrayView<float> At(long offset, long bytes) => All.SubView(offset / sizeof(float), (bytes + sizeof(float) - 1) / sizeof(float));

    /// <summary>Waits for what was queued, and copies to the device.</summary>
    public void Write(long offset, ReadOnlySpan<float> values)
    {
        if (values.Length == 0)
            return;
        fixed (float* source = values)
            device.Queue.Write(Part(offset, values.Length), source);
    }

    /// <summary>Waits for what was queued, and copies to the host.</summary>
    public void Read(long offset, Span<float> values)
    {
        if (values.Length == 0)
            return;
        fixed (float* target = values)
            device.Queue.Read(Part(offset, values.Length), target);
    }

    /// <summary>Queues that floats become zero.</summary>
    public void Clear(long offset, long floats)
    {
        if (floats > 0)
            device.Queue.Clear(Part(offset, floats));
    }

    public void Dispose()
    {
        if (isFreed)
            return;
        isFreed = true;
        try
        {
            owner.Dispose();
        }
        catch (Exception)
        {
            // The driver frees nothing of a lost device. Whoever worked with it was told; freeing must not hide that.
        }
        device.Released(bytes);
    }
}
