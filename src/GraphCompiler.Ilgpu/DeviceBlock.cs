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

    /// <summary>Waits for what was queued, and copies to the device.</summary>
    public void Write(long offset, ReadOnlySpan<float> values)
    {
        if (values.Length == 0)
            return;
        try
        {
            Part(offset, values.Length).CopyFromCPU(device.Stream, ref MemoryMarshal.GetReference(values), values.Length);
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
            part.CopyToCPU(device.Stream, ref MemoryMarshal.GetReference(values), values.Length);
        }
        catch (Exception exception)
        {
            throw device.Failed("to copy from its memory", exception);
        }
    }

    /// <summary>Queues that floats become zero.</summary>
    public void Clear(long offset, long floats)
    {
        if (floats == 0)
            return;
        if (device.Accelerator.AcceleratorType == AcceleratorType.OpenCL)
        {
            WriteZeros(offset, floats);
            return;
        }
        try
        {
            Part(offset, floats).MemSetToZero(device.Stream);
        }
        catch (Exception exception)
        {
            throw device.Failed("to clear its memory", exception);
        }
    }

    /// <summary>ILGPU's filling of a buffer fails on OpenCL (seen with PoCL 7), so zeros are copied there.</summary>
    void WriteZeros(long offset, long floats)
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
