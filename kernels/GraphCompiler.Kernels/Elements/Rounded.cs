using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// A number that lies in memory in single precision and is read as the nearest number of another type: a product rounds with it what
/// it multiplies, and nobody stores a copy.
/// </summary>
/// <typeparam name="T">The type that it is rounded to.</typeparam>
public readonly unsafe struct Rounded<T> : IElement<Rounded<T>>
    where T : unmanaged, IElement<T>
{
    readonly float number;

    Rounded(float number) => this.number = number;

    /// <inheritdoc/>
    public static implicit operator float(Rounded<T> element) => (T)element.number;

    /// <inheritdoc/>
    public static explicit operator Rounded<T>(float number) => new((T)number);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Narrow<V>(V value) where V : unmanaged, IVector<V> => T.Narrow(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(Rounded<T>* source) where V : unmanaged, IVector<V> => T.Narrow(V.Load((float*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPartial<V>(Rounded<T>* source, int count) where V : unmanaged, IVector<V>
        => T.Narrow(V.LoadPartial((float*)source, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(Rounded<T>* destination, V value) where V : unmanaged, IVector<V>
        => V.Store((float*)destination, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial<V>(Rounded<T>* destination, int count, V value) where V : unmanaged, IVector<V>
        => V.StorePartial((float*)destination, count, value);
}
