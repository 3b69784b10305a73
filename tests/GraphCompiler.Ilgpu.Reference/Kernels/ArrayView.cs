using System.Runtime.CompilerServices;
using GraphCompiler.Ilgpu.Reference;

namespace ILGPU;

/// <summary>A run of elements in a buffer or in shared memory. Every access is checked against the view's own length.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public readonly unsafe struct ArrayView<T> : IContiguousArrayView<T>
    where T : unmanaged
{
    readonly NativeBlock? block;
    readonly long byteOffset;

    internal ArrayView(NativeBlock block, long byteOffset, long length)
    {
        if (byteOffset < 0 || length < 0 || byteOffset + length * sizeof(T) > block.Bytes)
            throw new KernelFault($"A view of {length} elements from byte {byteOffset} on leaves its buffer of {block.Bytes} bytes.");
        this.block = block;
        this.byteOffset = byteOffset;
        Length = length;
    }

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>The number of elements.</summary>
    public int IntLength => checked((int)Length);

    internal T* Pointer => block is null ? null : (T*)(block.Address + byteOffset);

    /// <summary>Its size.</summary>
    public long LengthInBytes => Length * sizeof(T);

    nint IContiguousArrayView.Address => (nint)Pointer;

    /// <summary>An element.</summary>
    public ref T this[int index] => ref this[(long)index];

    /// <summary>An element.</summary>
    public ref T this[long index]
    {
        get
        {
            if (block is null || (ulong)index >= (ulong)Length)
                throw new KernelFault($"Index {index} is outside a view of {Length} elements{Lane.Describe()}.");
            return ref Unsafe.AsRef<T>(Pointer + index);
        }
    }

    /// <summary>A part of the view.</summary>
    public ArrayView<T> SubView(long index, long subViewLength)
    {
        if (block is null || index < 0 || subViewLength < 0 || index + subViewLength > Length)
            throw new KernelFault($"A part of {subViewLength} elements from {index} on leaves a view of {Length} elements.");
        return new ArrayView<T>(block, byteOffset + index * sizeof(T), subViewLength);
    }

    /// <summary>The same bytes as elements of another type.</summary>
    public ArrayView<TOther> Cast<TOther>()
        where TOther : unmanaged
        => block is null ? default : new ArrayView<TOther>(block, byteOffset, Length * sizeof(T) / sizeof(TOther));
}

/// <summary>What lies in one run of memory, whatever its elements.</summary>
public interface IContiguousArrayView
{
    /// <summary>Its size.</summary>
    long LengthInBytes { get; }

    internal nint Address { get; }
}

/// <summary>What lies in one run of memory.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public interface IContiguousArrayView<T> : IContiguousArrayView
    where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    long Length { get; }
}
