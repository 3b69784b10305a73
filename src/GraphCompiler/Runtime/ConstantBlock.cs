using System.Runtime.CompilerServices;
using GraphCompiler.Kernels;

namespace GraphCompiler.Runtime;

/// <summary>The arrays of constants of a model's programs: a block that generated code fills once, and holds as long as its assembly lives.</summary>
public sealed unsafe class ConstantBlock
{
    /// <summary>Never moved, so that kernels may point into it.</summary>
    readonly byte[] memory;

    /// <summary>A block of zeros.</summary>
    /// <param name="bytes">Its size.</param>
    public ConstantBlock(int bytes)
    {
        memory = GC.AllocateArray<byte>(bytes + AlignedMemory.Alignment, pinned: true);
        byte* first = (byte*)Unsafe.AsPointer(ref memory[0]);
        Pointer = (byte*)(((nuint)first + (AlignedMemory.Alignment - 1)) & ~(nuint)(AlignedMemory.Alignment - 1));
        Length = bytes;
    }

    /// <summary>The size of the block in bytes.</summary>
    public int Length { get; }

    /// <summary>Where it begins: 64-byte aligned.</summary>
    public byte* Pointer { get; }

    /// <summary>Copies an array to its place, and returns the block.</summary>
    /// <typeparam name="T">The type of its elements.</typeparam>
    /// <param name="offset">The bytes before it in the block.</param>
    /// <param name="values">Its elements.</param>
    public ConstantBlock Set<T>(int offset, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + ((long)values.Length * sizeof(T)), Length);
        values.CopyTo(new Span<T>(Pointer + offset, values.Length));
        return this;
    }
}
