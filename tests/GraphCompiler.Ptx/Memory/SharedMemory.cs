using GraphCompiler.Ptx.Decoding;

namespace GraphCompiler.Ptx.Memory;

/// <summary>The shared memory of the group that runs.</summary>
sealed unsafe class SharedMemory : IDisposable
{
    readonly NativeBlock block;

    public SharedMemory(int bytes, bool checksRaces)
    {
        Bytes = bytes;
        block = new NativeBlock(bytes);
        Shadow = checksRaces ? new Shadow(MemoryLayout.SharedBegin, (ulong)bytes, "shared memory", true) : null;
    }

    public int Bytes { get; }

    /// <summary>What an address of shared memory is in the process, less the address.</summary>
    public nint Displacement => (nint)block.Address - MemoryLayout.SharedBegin;

    public Shadow? Shadow { get; }

    /// <summary>Nobody has written anything: numbers are none.</summary>
    public void Clear() => new Span<byte>(block.Address, Bytes).Fill(0xFF);

    public void Dispose()
    {
        block.Dispose();
        Shadow?.Dispose();
    }

    public bool Holds(ulong address, int bytes) => address >= MemoryLayout.SharedBegin && address - MemoryLayout.SharedBegin + (ulong)bytes <= (ulong)Bytes;
}
