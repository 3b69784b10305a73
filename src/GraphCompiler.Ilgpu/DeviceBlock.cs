using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// A block of floats on a device. ILGPU copies from and to the host's memory by its address alone, while it waits for what was queued: the
/// collector must not move arrays meanwhile.
/// </summary>
sealed unsafe class DeviceBlock(IlgpuDevice device, MemoryBuffer1D<float, Stride1D.Dense> buffer, long bytes) : IDisposable
{
    bool isFreed;

    public ArrayView<float> All { get; } = buffer.AsContiguous();

    public ArrayView<float> Part(long offset, long floats) => All.SubView(offset, floats);

    /// <summary>Waits for what was queued, and copies to the device.</summary>
    public void Write(long offset, ReadOnlySpan<float> values)
    {
        if (values.Length == 0)
            return;
        try
        {
            fixed (float* source = values)
                Part(offset, values.Length).CopyFromCPU(device.Stream, ref *source, values.Length);
        }
        catch (Exception exception)
        {
            throw device.Failed("to copy to its memory", exception);
        }
    }

    /// <summary>Waits for what was queued, and copies to the host.</summary>
    public void Read(long offset, Span<float> values)
    {
        if (values.Length == 0)
            return;
        var part = Part(offset, values.Length);
        try
        {
            fixed (float* target = values)
                part.CopyToCPU(device.Stream, ref *target, values.Length);
        }
        catch (Exception exception)
        {
            throw device.Failed("to copy from its memory", exception);
        }
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
            buffer.Dispose();
        }
        catch (Exception)
        {
            // The driver frees nothing of a lost device. Whoever worked with it was told; freeing must not hide that.
        }
        device.Released(bytes);
    }
}
