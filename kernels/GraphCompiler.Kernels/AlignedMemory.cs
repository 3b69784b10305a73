using System.Runtime.InteropServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>
/// A block of native memory, 64-byte aligned and zeroed: an arena, a parameter block, a worker's scratch.
/// </summary>
/// <remarks>
/// The zeros of a large block are the operating system's: a page takes up memory once something touches it. So a block may be planned
/// for the largest case and costs what the actual one needs.
/// <para>
/// Freed by <see cref="Dispose"/> and by nothing else. There is deliberately no finalizer: kernels hold raw pointers, and
/// the collector, which does not see those, would free a block that is still being worked on.
/// </para>
/// </remarks>
public sealed unsafe class AlignedMemory : IDisposable
{
    /// <summary>What every block's address is a multiple of, in bytes: a cache line, and the widest register.</summary>
    public const int Alignment = MemoryContract.Alignment;

    byte* allocated, pointer;

    /// <summary>Allocates a zeroed block.</summary>
    /// <param name="bytes">Its length in bytes; 0 is allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public AlignedMemory(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        // Whole lines, so that nothing else ever shares the last one, and one more to begin at a line.
        nuint rounded = nuint.Max(checked((nuint)bytes + (Alignment - 1)) & ~(nuint)(Alignment - 1), Alignment);
        allocated = (byte*)NativeMemory.AllocZeroed(checked(rounded + Alignment));
        pointer = (byte*)(((nuint)allocated + (Alignment - 1)) & ~(nuint)(Alignment - 1));
        Length = bytes;
    }

    /// <summary>The first byte.</summary>
    /// <exception cref="ObjectDisposedException">The block has been freed.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == null, this);
            return pointer;
        }
    }

    /// <summary>The length in bytes, as asked for.</summary>
    public long Length { get; }

    /// <summary>Frees the block. Pointers into it must no longer be used.</summary>
    public void Dispose()
    {
        NativeMemory.Free(allocated);
        allocated = pointer = null;
    }
}
