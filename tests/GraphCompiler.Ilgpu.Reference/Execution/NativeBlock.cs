using System.Runtime.InteropServices;

namespace GraphCompiler.Ilgpu.Reference;

/// <summary>Memory outside the managed heap. It is filled with NaN: what reads before it writes shows.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    nint address;

    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        address = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), 64);
        NativeMemory.Fill((void*)address, (nuint)bytes, 0xFF);
    }

    public long Bytes { get; }

    public byte* Address => address != 0 ? (byte*)address : throw new ObjectDisposedException("memory of the reference executor");

    public void Dispose()
    {
        nint freed = Interlocked.Exchange(ref address, 0);
        if (freed != 0)
            NativeMemory.AlignedFree((void*)freed);
    }
}
