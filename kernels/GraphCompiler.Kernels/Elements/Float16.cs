using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>A number of IEEE 754's binary16.</summary>
public readonly unsafe struct Float16 : IElement<Float16>, INarrowFormat
{
    readonly ushort bits;

    Float16(ushort bits) => this.bits = bits;

    static int INarrowFormat.ExponentBits => 5;

    static int INarrowFormat.MantissaBits => 10;

    static float INarrowFormat.Largest => 65504;

    static float INarrowFormat.Beyond => float.PositiveInfinity;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(Float16 element) => (float)BitConverter.UInt16BitsToHalf(element.bits);

    /// <inheritdoc/>
    public static explicit operator Float16(float number) => new(BitConverter.HalfToUInt16Bits((Half)number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V> => Float16Lanes.Narrow(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(Float16* source) where V : unmanaged, IVector<V>
        => Float16Lanes.FromBits(V.LoadBits16((ushort*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(Float16* source, int count) where V : unmanaged, IVector<V>
        => Float16Lanes.FromBits(V.LoadBits16Partial((ushort*)source, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(Float16* destination, V value) where V : unmanaged, IVector<V>
        => V.StoreBits16((ushort*)destination, Float16Lanes.ToBits(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(Float16* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StoreBits16Partial((ushort*)destination, count, Float16Lanes.ToBits(value));

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    public static V LoadStrided<V>(Float16* source, nint stride) where V : unmanaged, IVector<V>
        => Elements.LoadStrided<V, Float16>(source, stride);

    /// <summary>As <see cref="LoadStrided{V}"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    public static V LoadStridedPartial<V>(Float16* source, nint stride, int count) where V : unmanaged, IVector<V>
        => Elements.LoadStridedPartial<V, Float16>(source, stride, count);
}
