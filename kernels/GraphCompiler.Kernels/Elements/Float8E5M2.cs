using System.Runtime.CompilerServices;
using GraphCompiler.Kernels;

namespace GraphCompiler;

/// <summary>
/// A number of 8 bits with 5 of exponent and 2 of mantissa, OCP's E5M2 (PyTorch's float8_e5m2): the upper half of a number of IEEE 754's
/// binary16, up to 57344 in magnitude, multiples of 2^-16 below 2^-14, with infinities.
/// </summary>
public readonly unsafe struct Float8E5M2 : IElement<Float8E5M2>, IEquatable<Float8E5M2>, INarrowFormat
{
    readonly byte bits;

    Float8E5M2(byte bits) => this.bits = bits;

    /// <summary>The bits: a sign, 5 of the exponent, 2 of the mantissa.</summary>
    public byte Bits => bits;

    static int INarrowFormat.ExponentBits => 5;

    static int INarrowFormat.MantissaBits => 2;

    static float INarrowFormat.Largest => 57344;

    static float INarrowFormat.Beyond => float.PositiveInfinity;

    /// <summary>The number with these bits.</summary>
    public static Float8E5M2 FromBits(byte bits) => new(bits);

    /// <summary>Whether they are the same number: 0 is -0, NaN is nothing.</summary>
    public static bool operator ==(Float8E5M2 left, Float8E5M2 right) => (float)left == (float)right;

    /// <summary>Whether they are not the same number.</summary>
    public static bool operator !=(Float8E5M2 left, Float8E5M2 right) => (float)left != (float)right;

    /// <summary>Whether they are the same number: 0 is -0, and NaN is NaN.</summary>
    public bool Equals(Float8E5M2 other) => ((float)this).Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Float8E5M2 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <summary>As the float of the same value is written, in the invariant culture.</summary>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public static implicit operator float(Float8E5M2 element) => VectorMath.FromBits<Float8E5M2>(element.bits);

    /// <summary>The nearest number, ties to even; where that would be larger than 57344, infinity.</summary>
    public static explicit operator Float8E5M2(float number) => new((byte)VectorMath.ToBits<Float8E5M2>(number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V> => VectorMath.Narrow<V, Float8E5M2>(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(Float8E5M2* source) where V : unmanaged, IVector<V>
        => VectorMath.FromBits<V, Float8E5M2>(V.LoadBits8((byte*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(Float8E5M2* source, int count) where V : unmanaged, IVector<V>
        => VectorMath.FromBits<V, Float8E5M2>(V.LoadBits8Partial((byte*)source, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(Float8E5M2* destination, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8((byte*)destination, VectorMath.ToBits<V, Float8E5M2>(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(Float8E5M2* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8Partial((byte*)destination, count, VectorMath.ToBits<V, Float8E5M2>(value));

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    public static V LoadStrided<V>(Float8E5M2* source, nint stride) where V : unmanaged, IVector<V>
        => Elements.LoadStrided<V, Float8E5M2>(source, stride);

    /// <summary>As <see cref="LoadStrided{V}"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    public static V LoadStridedPartial<V>(Float8E5M2* source, nint stride, int count) where V : unmanaged, IVector<V>
        => Elements.LoadStridedPartial<V, Float8E5M2>(source, stride, count);
}
