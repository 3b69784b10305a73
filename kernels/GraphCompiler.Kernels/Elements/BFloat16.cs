using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>A number of bfloat16: the upper half of a number of single precision.</summary>
public readonly unsafe struct BFloat16 : IElement<BFloat16>
{
    readonly ushort bits;

    BFloat16(ushort bits) => this.bits = bits;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(BFloat16 element) => BitConverter.UInt32BitsToSingle((uint)element.bits << 16);

    /// <inheritdoc/>
    public static explicit operator BFloat16(float number)
    {
        uint bits = BitConverter.SingleToUInt32Bits(number);
        return new((ushort)(float.IsNaN(number) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(BFloat16* source) where V : unmanaged, IVector<V>
        => V.ShiftBitsLeft(V.LoadBits16((ushort*)source), 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(BFloat16* source, int count) where V : unmanaged, IVector<V>
        => V.ShiftBitsLeft(V.LoadBits16Partial((ushort*)source, count), 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(BFloat16* destination, V value) where V : unmanaged, IVector<V>
        => V.StoreBits16((ushort*)destination, V.ShiftBitsRight(value, 16));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(BFloat16* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StoreBits16Partial((ushort*)destination, count, V.ShiftBitsRight(value, 16));

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    public static V LoadStrided<V>(BFloat16* source, nint stride) where V : unmanaged, IVector<V>
        => Elements.LoadStrided<V, BFloat16>(source, stride);

    /// <summary>As <see cref="LoadStrided{V}"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    public static V LoadStridedPartial<V>(BFloat16* source, nint stride, int count) where V : unmanaged, IVector<V>
        => Elements.LoadStridedPartial<V, BFloat16>(source, stride, count);
}
