using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>An integer that is not negative, as it lies in 8 bits of memory. Lanes of it are integers of 32 bits.</summary>
public readonly unsafe struct PackedUInt8 : IElement<PackedUInt8>
{
    readonly byte number;

    PackedUInt8(byte number) => this.number = number;

    /// <summary>The integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator int(PackedUInt8 element) => element.number;

    /// <summary>The number as a float, which holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(PackedUInt8 element) => element.number;

    /// <summary>The lower bits, as C# converts.</summary>
    public static explicit operator PackedUInt8(int number) => new(unchecked((byte)number));

    /// <summary>The lower bits of the integer next to the number towards 0.</summary>
    public static explicit operator PackedUInt8(float number) => new(unchecked((byte)(int)number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V>
        => V.And(value, V.SplatBits(0xFF));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(PackedUInt8* source) where V : unmanaged, IVector<V>
        => V.LoadBits8((byte*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(PackedUInt8* source, int count) where V : unmanaged, IVector<V>
        => V.LoadBits8Partial((byte*)source, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(PackedUInt8* destination, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8((byte*)destination, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(PackedUInt8* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8Partial((byte*)destination, count, value);

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    public static V LoadStrided<V>(PackedUInt8* source, nint stride) where V : unmanaged, IVector<V>
        => Elements.LoadStrided<V, PackedUInt8>(source, stride);

    /// <summary>As <see cref="LoadStrided{V}"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    public static V LoadStridedPartial<V>(PackedUInt8* source, nint stride, int count) where V : unmanaged, IVector<V>
        => Elements.LoadStridedPartial<V, PackedUInt8>(source, stride, count);
}
