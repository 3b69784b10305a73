using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>A truth value: a byte that is 0 where it is false. Its lanes are masks of all ones or zeros.</summary>
public readonly unsafe struct Bool : IElement<Bool>
{
    readonly byte bits;

    Bool(byte bits) => this.bits = bits;

    /// <summary>1 where it is true, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(Bool element) => element.bits != 0 ? 1 : 0;

    /// <summary>Whether the number is not 0; a mask's ones are none.</summary>
    public static explicit operator Bool(float number) => new(number == 0 ? (byte)0 : (byte)1);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V> => value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(Bool* source) where V : unmanaged, IVector<V>
        => V.Not(V.EqualBits(V.LoadBits8((byte*)source), V.Zero));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(Bool* source, int count) where V : unmanaged, IVector<V>
        => V.Not(V.EqualBits(V.LoadBits8Partial((byte*)source, count), V.Zero));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(Bool* destination, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8((byte*)destination, V.ShiftBitsRight(value, 31));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(Bool* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8Partial((byte*)destination, count, V.ShiftBitsRight(value, 31));

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    public static V LoadStrided<V>(Bool* source, nint stride) where V : unmanaged, IVector<V>
        => Elements.LoadStrided<V, Bool>(source, stride);

    /// <summary>As <see cref="LoadStrided{V}"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    public static V LoadStridedPartial<V>(Bool* source, nint stride, int count) where V : unmanaged, IVector<V>
        => Elements.LoadStridedPartial<V, Bool>(source, stride, count);
}
