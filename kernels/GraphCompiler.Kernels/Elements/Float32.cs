using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>A number of single precision, as kernels compute with it.</summary>
public readonly unsafe struct Float32 : IElement<Float32>
{
    readonly float number;

    Float32(float number) => this.number = number;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(Float32 element) => element.number;

    /// <inheritdoc/>
    public static explicit operator Float32(float number) => new(number);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V> => value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(Float32* source) where V : unmanaged, IVector<V> => V.Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(Float32* source, int count) where V : unmanaged, IVector<V>
        => V.LoadPartial((float*)source, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(Float32* destination, V value) where V : unmanaged, IVector<V>
        => V.Store((float*)destination, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(Float32* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StorePartial((float*)destination, count, value);
}
