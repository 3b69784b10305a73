using System.Buffers.Binary;

namespace GraphCompiler.Data;

/// <summary>What an IDX file held: an element type, the dimensions, and the elements in row-major order.</summary>
public sealed class IdxArray
{
    readonly int[] dimensions;
    readonly byte[] data;

    internal IdxArray(IdxElementType elementType, int[] dimensions, byte[] data)
    {
        ElementType = elementType;
        this.dimensions = dimensions;
        this.data = data;
    }

    /// <summary>The type of the elements.</summary>
    public IdxElementType ElementType { get; }

    /// <summary>The dimensions, outermost first; for images [count, rows, columns].</summary>
    public ReadOnlySpan<int> Dimensions => dimensions;

    /// <summary>The number of elements: the product of <see cref="Dimensions"/>.</summary>
    public int Length => data.Length / ElementSize(ElementType);

    /// <summary>The elements as they stand in the file, big-endian where they are wider than a byte.</summary>
    public ReadOnlySpan<byte> Bytes => data;

    internal byte[] ByteArray => data;

    /// <summary>Copies the elements as floats; doubles are rounded, 32-bit integers beyond 2^24 too.</summary>
    /// <param name="destination">Takes <see cref="Length"/> elements.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is not that long.</exception>
    public void CopyTo(Span<float> destination)
    {
        RequireLength<float>(destination);
        int size = ElementSize(ElementType);
        for (int i = 0; i < destination.Length; i++)
        {
            ReadOnlySpan<byte> element = data.AsSpan(i * size, size);
            destination[i] = ElementType switch
            {
                IdxElementType.Single => BinaryPrimitives.ReadSingleBigEndian(element),
                IdxElementType.Double => (float)BinaryPrimitives.ReadDoubleBigEndian(element),
                _ => ReadInteger(element),
            };
        }
    }

    /// <summary>Copies the elements of an integer type as 32-bit integers.</summary>
    /// <param name="destination">Takes <see cref="Length"/> elements.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is not that long.</exception>
    /// <exception cref="InvalidOperationException">The elements are floating-point numbers.</exception>
    public void CopyTo(Span<int> destination)
    {
        RequireLength<int>(destination);
        if (ElementType is IdxElementType.Single or IdxElementType.Double)
            throw new InvalidOperationException($"Elements of type {ElementType} are not integers.");
        int size = ElementSize(ElementType);
        for (int i = 0; i < destination.Length; i++)
            destination[i] = ReadInteger(data.AsSpan(i * size, size));
    }

    /// <summary>Bytes per element.</summary>
    internal static int ElementSize(IdxElementType type) => type switch
    {
        IdxElementType.UnsignedByte or IdxElementType.SignedByte => 1,
        IdxElementType.Int16 => 2,
        IdxElementType.Int32 or IdxElementType.Single => 4,
        _ => 8,
    };

    int ReadInteger(ReadOnlySpan<byte> element) => ElementType switch
    {
        IdxElementType.UnsignedByte => element[0],
        IdxElementType.SignedByte => (sbyte)element[0],
        IdxElementType.Int16 => BinaryPrimitives.ReadInt16BigEndian(element),
        _ => BinaryPrimitives.ReadInt32BigEndian(element),
    };

    void RequireLength<T>(ReadOnlySpan<T> destination)
    {
        if (destination.Length != Length)
            throw new ArgumentException(
                $"The destination has {destination.Length} elements; the array has {Length}.", nameof(destination));
    }
}
