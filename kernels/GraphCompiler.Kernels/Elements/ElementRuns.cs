using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>Elements that lie together, as numbers of single precision and back.</summary>
internal static unsafe class ElementRuns
{
    /// <summary>Reads elements as floats.</summary>
    /// <typeparam name="T">How they lie in memory.</typeparam>
    /// <param name="source">The first element.</param>
    /// <param name="destination">Receives as many floats.</param>
    /// <param name="count">How many.</param>
    public static void Widen<T>(T* source, float* destination, int count)
        where T : unmanaged, IElement<T>
    {
        if (VectorWidth.Widest == 512)
            Widen<Float512, T>(source, destination, count);
        else if (VectorWidth.Widest == 256)
            Widen<Float256, T>(source, destination, count);
        else
            Widen<Float128, T>(source, destination, count);
    }

    /// <summary>Stores floats as the nearest elements.</summary>
    /// <typeparam name="T">How they lie in memory.</typeparam>
    /// <param name="source">The first float.</param>
    /// <param name="destination">Receives as many elements.</param>
    /// <param name="count">How many.</param>
    public static void Narrow<T>(float* source, T* destination, int count)
        where T : unmanaged, IElement<T>
    {
        if (VectorWidth.Widest == 512)
            Narrow<Float512, T>(source, destination, count);
        else if (VectorWidth.Widest == 256)
            Narrow<Float256, T>(source, destination, count);
        else
            Narrow<Float128, T>(source, destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Widen<V, T>(T* source, float* destination, int count)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        int c = 0;
        for (; c <= count - V.Count; c += V.Count)
            V.Store(destination + c, T.Load<V>(source + c));
        if (c < count)
            V.StorePartial(destination + c, count - c, T.LoadPartial<V>(source + c, count - c));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Narrow<V, T>(float* source, T* destination, int count)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        int c = 0;
        for (; c <= count - V.Count; c += V.Count)
            T.Store(destination + c, T.Narrow(V.Load(source + c)));
        if (c < count)
            T.StorePartial(destination + c, count - c, T.Narrow(V.LoadPartial(source + c, count - c)));
    }
}
