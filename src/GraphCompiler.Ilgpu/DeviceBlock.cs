using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>A block of floats on a device.</summary>
sealed class DeviceBlock(IlgpuDevice device, MemoryBuffer1D<float, Stride1D.Dense> buffer, long bytes) : IDisposable
{
    bool isFreed;

    public ArrayView<float> All { get; } = buffer.AsContiguous();

    public ArrayView<float> Part(long offset, long floats) => All.SubView(offset, floats);

    /// <summary>Copies to the device; the host's memory may change as soon as this returns.</summary>
    public void Write(long offset, ReadOnlySpan<float> values)
    {
        if (values.Length > 0)
            Write(Part(offset, values.Length), values);
    }

    /// <summary>Copies integers to the device, whose floats' memory they take.</summary>
    public void Write(long offset, ReadOnlySpan<int> values)
    {
        if (values.Length > 0)
            Write(Part(offset, values.Length).Cast<int>(), values);
    }

    /// <summary>Waits for what was queued, and copies to the host.</summary>
    public void Read(long offset, Span<float> values)
    {
        if (values.Length == 0)
            return;
        var part = Part(offset, values.Length);
        try
        {
            part.CopyToCPU(device.Stream, ref MemoryMarshal.GetReference(values), values.Length);
        }
        catch (Exception exception)
        {
            throw device.Failed("to copy from its memory", exception);
        }
    }

    void Write<T>(ArrayView<T> part, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        try
        {
            part.CopyFromCPU(device.Stream, ref MemoryMarshal.GetReference(values), values.Length);
        }
        catch (Exception exception)
        {
            throw device.Failed("to copy to its memory", exception);
        }
    }

    /// <summary>Sets floats to zero.</summary>
    public void Clear(long offset, long floats)
    {
        float[] zeros = new float[Math.Min(floats, 1 << 16)];
        for (long done = 0; done < floats; done += zeros.Length)
            Write(offset + done, zeros.AsSpan(0, (int)Math.Min(zeros.Length, floats - done)));
    }

    public void Dispose()
    {
        if (isFreed)
            return;
        isFreed = true;
        buffer.Dispose();
        device.Released(bytes);
    }
}
