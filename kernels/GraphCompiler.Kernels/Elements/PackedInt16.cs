using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>An integer as it lies in 16 bits of memory. Lanes of it are integers of 32 bits.</summary>
public readonly unsafe struct PackedInt16 : IElement<PackedInt16>
{
    readonly short number;

    PackedInt16(short number) => this.number = number;

    /// <summary>The integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator int(PackedInt16 element) => element.number;

    /// <summary>The number as a float, which holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(PackedInt16 element) => element.number;

    /// <summary>The lower bits, as C# converts.</summary>
    public static explicit operator PackedInt16(int number) => new(unchecked((short)number));

    /// <summary>The lower bits of the integer next to the number towards 0.</summary>
    public static explicit operator PackedInt16(float number) => new(unchecked((short)(int)number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V>
        => V.SubtractBits(V.And(V.AddBits(value, V.SplatBits(0x8000)), V.SplatBits(0xFFFF)), V.SplatBits(0x8000));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(PackedInt16* source) where V : unmanaged, IVector<V>
        => Narrow(V.LoadBits16((ushort*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(PackedInt16* source, int count) where V : unmanaged, IVector<V>
        => Narrow(V.LoadBits16Partial((ushort*)source, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(PackedInt16* destination, V value) where V : unmanaged, IVector<V>
        => V.StoreBits16((ushort*)destination, V.And(value, V.SplatBits(0xFFFF)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(PackedInt16* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StoreBits16Partial((ushort*)destination, count, V.And(value, V.SplatBits(0xFFFF)));

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    public static V LoadStrided<V>(PackedInt16* source, nint stride) where V : unmanaged, IVector<V>
        => Elements.LoadStrided<V, PackedInt16>(source, stride);

    /// <summary>As <see cref="LoadStrided{V}"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    public static V LoadStridedPartial<V>(PackedInt16* source, nint stride, int count) where V : unmanaged, IVector<V>
        => Elements.LoadStridedPartial<V, PackedInt16>(source, stride, count);
}
