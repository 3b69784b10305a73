using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace GraphCompiler.Ilgpu.Reference;

/// <summary>Memory outside the managed heap. It is filled with NaN: what reads before it writes shows.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    /// <summary>Buffers of devices, by their addresses.</summary>
    static readonly ConcurrentDictionary<nint, long> Buffers = new();

    nint address;

    public NativeBlock(long bytes, bool isBuffer = false)
    {
        Bytes = bytes;
        address = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), 64);
        NativeMemory.Fill((void*)address, (nuint)bytes, 0xFF);
        if (isBuffer)
            Buffers[address] = bytes;
    }

    /// <summary>Whether some bytes lie in one of the buffers of devices.</summary>
    public static bool Holds(nint address, int bytes) => Buffers.Any(b => address >= b.Key && address + bytes <= b.Key + b.Value);

    public long Bytes { get; }

    public byte* Address => address != 0 ? (byte*)address : throw new ObjectDisposedException("memory of the reference executor");

    public void Dispose()
    {
        nint freed = Interlocked.Exchange(ref address, 0);
        Buffers.TryRemove(freed, out _);
        if (freed != 0)
            NativeMemory.AlignedFree((void*)freed);
    }
}
