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
            Part(offset, values.Length).CopyFromCPU(device.Stream, ref System.Runtime.InteropServices.MemoryMarshal.GetReference(values), values.Length);
    }

    /// <summary>Copies integers to the device, whose floats' memory they take.</summary>
    public void Write(long offset, ReadOnlySpan<int> values)
    {
        if (values.Length > 0)
            Part(offset, values.Length).Cast<int>().CopyFromCPU(device.Stream, ref System.Runtime.InteropServices.MemoryMarshal.GetReference(values), values.Length);
    }

    /// <summary>Waits for what was queued, and copies to the host.</summary>
    public void Read(long offset, Span<float> values)
    {
        if (values.Length > 0)
            Part(offset, values.Length).CopyToCPU(device.Stream, ref System.Runtime.InteropServices.MemoryMarshal.GetReference(values), values.Length);
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
