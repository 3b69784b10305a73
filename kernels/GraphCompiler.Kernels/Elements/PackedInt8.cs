using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>An integer as it lies in 8 bits of memory. Lanes of it are integers of 32 bits.</summary>
public readonly unsafe struct PackedInt8 : IElement<PackedInt8>
{
    readonly sbyte number;

    PackedInt8(sbyte number) => this.number = number;

    /// <summary>The integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator int(PackedInt8 element) => element.number;

    /// <summary>The number as a float, which holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(PackedInt8 element) => element.number;

    /// <summary>The lower bits, as C# converts.</summary>
    public static explicit operator PackedInt8(int number) => new(unchecked((sbyte)number));

    /// <summary>The lower bits of the integer next to the number towards 0.</summary>
    public static explicit operator PackedInt8(float number) => new(unchecked((sbyte)(int)number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V>
        => V.SubtractBits(V.And(V.AddBits(value, V.SplatBits(0x80)), V.SplatBits(0xFF)), V.SplatBits(0x80));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(PackedInt8* source) where V : unmanaged, IVector<V>
        => Narrow(V.LoadBits8((byte*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(PackedInt8* source, int count) where V : unmanaged, IVector<V>
        => Narrow(V.LoadBits8Partial((byte*)source, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(PackedInt8* destination, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8((byte*)destination, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(PackedInt8* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StoreBits8Partial((byte*)destination, count, value);

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    public static V LoadStrided<V>(PackedInt8* source, nint stride) where V : unmanaged, IVector<V>
        => Elements.LoadStrided<V, PackedInt8>(source, stride);

    /// <summary>As <see cref="LoadStrided{V}"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    public static V LoadStridedPartial<V>(PackedInt8* source, nint stride, int count) where V : unmanaged, IVector<V>
        => Elements.LoadStridedPartial<V, PackedInt8>(source, stride, count);
}
