using System.Runtime.InteropServices;

namespace GraphCompiler.Kernels.Tests;

/// <summary>
/// A block of memory between two pages that may not be touched: a kernel that reads or writes a byte too many ends the
/// test process. Where such pages are not to be had (not Linux), the block is plain memory, and tests rely on sentinels.
/// </summary>
sealed unsafe partial class GuardedMemory : IDisposable
{
    const int ReadWrite = 3, NoAccess = 0, PrivateAnonymous = 0x22;

    readonly byte* mapping;
    readonly nuint mappedBytes;
    readonly bool mapped;

    public GuardedMemory(int bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint inner = ((nuint)bytes + page - 1) / page * page;
        mappedBytes = inner + 2 * page;
        mapped = OperatingSystem.IsLinux();
        if (mapped)
        {
            mapping = (byte*)Map(0, mappedBytes, ReadWrite, PrivateAnonymous, -1, 0);
            if (mapping == (byte*)-1)
                throw new OutOfMemoryException();
            if (Protect((nint)mapping, page, NoAccess) != 0 || Protect((nint)(mapping + page + inner), page, NoAccess) != 0)
                throw new InvalidOperationException("The guard pages could not be protected.");
        }
        else
        {
            mapping = (byte*)NativeMemory.AllocZeroed(mappedBytes);
        }
        Start = mapping + page;
        End = Start + inner;
    }

    /// <summary>The first byte; the one before it is guarded.</summary>
    public byte* Start { get; }

    /// <summary>One past the last byte, which is guarded.</summary>
    public byte* End { get; }

    public float* LastFloats(int count) => (float*)End - count;

    public void Dispose()
    {
        if (mapped)
            _ = Unmap((nint)mapping, mappedBytes);
        else
            NativeMemory.Free(mapping);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
