using System.Runtime.CompilerServices;
using GraphCompiler.Kernels;

namespace GraphCompiler;

/// <summary>
/// A number of bfloat16: the upper half of a number of single precision. It is what tensors of the type hold where kernels load and
/// store them, and where a program hands them over.
/// </summary>
public readonly unsafe struct BFloat16 : IElement<BFloat16>, IEquatable<BFloat16>
{
    readonly ushort bits;

    BFloat16(ushort bits) => this.bits = bits;

    /// <summary>The bits: a sign, 8 of the exponent, 7 of the mantissa.</summary>
    public ushort Bits => bits;

    /// <summary>The number with these bits.</summary>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>Whether they are the same number: 0 is -0, NaN is nothing.</summary>
    public static bool operator ==(BFloat16 left, BFloat16 right) => (float)left == (float)right;

    /// <summary>Whether they are not the same number.</summary>
    public static bool operator !=(BFloat16 left, BFloat16 right) => (float)left != (float)right;

    /// <summary>Whether they are the same number: 0 is -0, and NaN is NaN.</summary>
    public bool Equals(BFloat16 other) => ((float)this).Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <summary>As the float of the same value is written, in the invariant culture.</summary>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);

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
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V>
        => V.Select(V.Equal(value, value), VectorMath.DropBits(value, 16), V.Or(value, V.SplatBits(VectorMath.QuietBit)));

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
