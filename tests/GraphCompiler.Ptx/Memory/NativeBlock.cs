using System.Runtime.InteropServices;

namespace GraphCompiler.Ptx.Memory;

/// <summary>Memory that stays where it is: zeros, which take room only where they are written.</summary>
sealed unsafe class NativeBlock : IDisposable
{
    void* start;

    public NativeBlock(long bytes)
    {
        start = NativeMemory.AllocZeroed((nuint)bytes + 64);
        Address = (byte*)((nint)start + 63 & ~63);
    }

    ~NativeBlock() => NativeMemory.Free(start);

    public byte* Address { get; }

    public void Dispose()
    {
        NativeMemory.Free(start);
        start = null;
        GC.SuppressFinalize(this);
    }
}
