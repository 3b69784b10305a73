using System.Runtime.InteropServices;
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

    /// <summary>The longest element has 64 bits; memory is allocated in longer steps.</summary>
    const int FloatsOfNumber = 2;

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
    public void Read<T>(long offset, Span<T> values)
        where T : unmanaged
    {
        int floats = FloatsOf<T>(values.Length);
        if (!IsLocked(offset, floats))
        {
            ReadLong(offset, values);
            return;
        }
        if (values.Length == 0)
            return;
        if (isQueued)
            Block.Copied(beside: false);
        isQueued = false;
        Block.Wait();
        MemoryMarshal.Cast<float, T>(Block.Floats.Slice((int)(offset - first), floats))[..values.Length].CopyTo(values);
    }

    /// <summary>Whole floats go straight to the caller, and what is left of another by itself.</summary>
    unsafe void ReadLong<T>(long offset, Span<T> values)
        where T : unmanaged
    {
        Span<float> whole = MemoryMarshal.Cast<T, float>(values);
        memory.Read(offset, whole);
        Span<T> rest = values[(int)((long)whole.Length * sizeof(float) / sizeof(T))..];
        if (rest.Length == 0)
            return;
        Span<float> last = stackalloc float[1];
        memory.Read(offset + whole.Length, last);
        MemoryMarshal.Cast<float, T>(last)[..rest.Length].CopyTo(rest);
    }

    /// <summary>The floats in which so many elements lie.</summary>
    public static unsafe int FloatsOf<T>(int elements)
        where T : unmanaged
        => checked((int)(((long)elements * sizeof(T) + sizeof(float) - 1) / sizeof(float)));

    /// <summary>Queues the copy of one number.</summary>
    public void QueueNumber(long offset)
    {
        number ??= new HostBlock(device.Queue, FloatsOfNumber);
        device.Queue.CopyOut(memory.Part(offset, FloatsOfNumber), number.At(0));
        number.Copied(beside: false);
    }

    /// <summary>Waits for the number whose copy was queued.</summary>
    public T Number<T>()
        where T : unmanaged
    {
        number!.Wait();
        return MemoryMarshal.Read<T>(MemoryMarshal.AsBytes(number.Floats));
    }

    public void Dispose()
    {
        block?.Dispose();
        number?.Dispose();
    }
}
