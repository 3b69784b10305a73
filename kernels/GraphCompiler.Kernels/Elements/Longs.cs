using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphCompiler.Kernels;

/// <summary>
/// As many integers of 64 bits as a vector has lanes of 32, in two vectors: what kernels compute with where elements are such integers. They
/// wrap, as C#'s do. Masks and integers of 32 bits are lanes of one vector, as everywhere.
/// </summary>
/// <typeparam name="V">The vector.</typeparam>
public readonly unsafe struct Longs<V>
    where V : unmanaged, IVector<V>
{
    readonly V lower, upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Longs(V lower, V upper) => (this.lower, this.upper) = (lower, upper);

    /// <summary>The first half of the lanes, two of 32 bits for each.</summary>
    internal V Lower => lower;

    /// <summary>The second half.</summary>
    internal V Upper => upper;

    /// <summary>All 0.</summary>
    public static Longs<V> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <summary>One integer in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> Splat(long value)
    {
        V half = typeof(V) == typeof(Float512) ? Unsafe.BitCast<Vector512<long>, V>(Vector512.Create(value))
            : typeof(V) == typeof(Float256) ? Unsafe.BitCast<Vector256<long>, V>(Vector256.Create(value))
            : Unsafe.BitCast<Vector128<long>, V>(Vector128.Create(value));
        return new(half, half);
    }

    /// <summary>Reads as many consecutive integers as there are lanes; no alignment is required.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> Load(long* source) => new(V.Load((float*)source), V.Load((float*)source + V.Count));

    /// <summary>As <see cref="Load"/>, of the first lanes only; the others are 0, and the memory after them is not touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> LoadPartial(long* source, int count) =>
        new(V.LoadPartial((float*)source, 2 * Math.Min(count, V.Count)), V.LoadPartial((float*)source + V.Count, 2 * Math.Min(count, V.Count) - V.Count));

    /// <summary>Writes all lanes; no alignment is required.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(long* destination, Longs<V> value)
    {
        V.Store((float*)destination, value.lower);
        V.Store((float*)destination + V.Count, value.upper);
    }

    /// <summary>Writes the first lanes and touches no memory after them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(long* destination, int count, Longs<V> value)
    {
        int floats = 2 * Math.Min(count, V.Count);
        V.StorePartial((float*)destination, floats, value.lower);
        V.StorePartial((float*)destination + V.Count, floats - V.Count, value.upper);
    }

    /// <summary>Reads lane i from <c>source[i * stride]</c>.</summary>
    public static Longs<V> LoadStrided(long* source, nint stride) => LoadStridedPartial(source, stride, V.Count);

    /// <summary>As <see cref="LoadStrided"/>, of the first lanes only; the others are 0.</summary>
    public static Longs<V> LoadStridedPartial(long* source, nint stride, int count)
    {
        LaneLongs integers = default;
        for (int i = 0; i < Math.Min(count, V.Count); i++)
            integers[i] = source[i * stride];
        return Load((long*)&integers);
    }

    /// <summary>Lane sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> operator +(Longs<V> a, Longs<V> b) => Map<Sum>(a, b);

    /// <summary>Lane differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> operator -(Longs<V> a, Longs<V> b) => Map<Difference>(a, b);

    /// <summary>Lane products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> operator *(Longs<V> a, Longs<V> b) => Map<Product>(a, b);

    /// <summary>Lanes with other signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> operator -(Longs<V> a) => Map<Difference>(default, a);

    /// <summary>The larger of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> Max(Longs<V> a, Longs<V> b) => Select(LessThan(a, b), b, a);

    /// <summary>The smaller of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> Min(Longs<V> a, Longs<V> b) => Select(LessThan(a, b), a, b);

    /// <summary>The mask of a &lt; b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LessThan(Longs<V> a, Longs<V> b) => Map<Less>(a, b).ToIntegers();

    /// <summary>The mask of a &gt; b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GreaterThan(Longs<V> a, Longs<V> b) => LessThan(b, a);

    /// <summary>The mask of a ≤ b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LessThanOrEqual(Longs<V> a, Longs<V> b) => V.Not(LessThan(b, a));

    /// <summary>The mask of a ≥ b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GreaterThanOrEqual(Longs<V> a, Longs<V> b) => V.Not(LessThan(a, b));

    /// <summary>The mask of a = b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Equal(Longs<V> a, Longs<V> b) => Map<Equality>(a, b).ToIntegers();

    /// <summary>The mask of a ≠ b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NotEqual(Longs<V> a, Longs<V> b) => V.Not(Equal(a, b));

    /// <summary>One integer where a mask of lanes of 32 bits is all ones, the other where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> Select(V mask, Longs<V> whenTrue, Longs<V> whenFalse)
    {
        Longs<V> wide = FromIntegers(mask);
        return new(V.Select(wide.lower, whenTrue.lower, whenFalse.lower), V.Select(wide.upper, whenTrue.upper, whenFalse.upper));
    }

    /// <summary>1 where a mask is all ones, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> FromMask(V mask) => -FromIntegers(mask);

    /// <summary>The integers of 32 bits in a vector's lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Longs<V> FromIntegers(V integers)
    {
        if (typeof(V) == typeof(Float512))
        {
            var (low, high) = Vector512.Widen(Unsafe.BitCast<V, Vector512<int>>(integers));
            return new(Unsafe.BitCast<Vector512<long>, V>(low), Unsafe.BitCast<Vector512<long>, V>(high));
        }
        if (typeof(V) == typeof(Float256))
        {
            var (low, high) = Vector256.Widen(Unsafe.BitCast<V, Vector256<int>>(integers));
            return new(Unsafe.BitCast<Vector256<long>, V>(low), Unsafe.BitCast<Vector256<long>, V>(high));
        }
        var (lower, upper) = Vector128.Widen(Unsafe.BitCast<V, Vector128<int>>(integers));
        return new(Unsafe.BitCast<Vector128<long>, V>(lower), Unsafe.BitCast<Vector128<long>, V>(upper));
    }

    /// <summary>The lower 32 bits, as C# converts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ToIntegers(Longs<V> value) => value.ToIntegers();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    V ToIntegers()
    {
        if (typeof(V) == typeof(Float512))
            return Unsafe.BitCast<Vector512<int>, V>(Vector512.Narrow(Unsafe.BitCast<V, Vector512<long>>(lower), Unsafe.BitCast<V, Vector512<long>>(upper)));
        if (typeof(V) == typeof(Float256))
            return Unsafe.BitCast<Vector256<int>, V>(Vector256.Narrow(Unsafe.BitCast<V, Vector256<long>>(lower), Unsafe.BitCast<V, Vector256<long>>(upper)));
        return Unsafe.BitCast<Vector128<int>, V>(Vector128.Narrow(Unsafe.BitCast<V, Vector128<long>>(lower), Unsafe.BitCast<V, Vector128<long>>(upper)));
    }

    /// <summary>The nearest numbers of single precision, ties to even: one by one, since a vector's conversions round twice.</summary>
    public static V ToSingle(Longs<V> value)
    {
        LaneLongs integers = default;
        LaneFloats numbers = default;
        Store((long*)&integers, value);
        for (int i = 0; i < V.Count; i++)
            numbers[i] = integers[i];
        return V.Load((float*)&numbers);
    }

    /// <summary>The integers next to numbers towards 0: the least or the largest there is where a number is beyond them, and 0 for NaN.</summary>
    public static Longs<V> Truncate(V value)
    {
        LaneLongs integers = default;
        LaneFloats numbers = default;
        V.Store((float*)&numbers, value);
        for (int i = 0; i < V.Count; i++)
            integers[i] = (long)numbers[i];
        return Load((long*)&integers);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Longs<V> Map<TOperation>(Longs<V> a, Longs<V> b)
        where TOperation : IOperation => new(MapHalf<TOperation>(a.lower, b.lower), MapHalf<TOperation>(a.upper, b.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V MapHalf<TOperation>(V a, V b)
        where TOperation : IOperation
    {
        if (typeof(V) == typeof(Float512))
            return Unsafe.BitCast<Vector512<long>, V>(TOperation.Of(Unsafe.BitCast<V, Vector512<long>>(a), Unsafe.BitCast<V, Vector512<long>>(b)));
        if (typeof(V) == typeof(Float256))
            return Unsafe.BitCast<Vector256<long>, V>(TOperation.Of(Unsafe.BitCast<V, Vector256<long>>(a), Unsafe.BitCast<V, Vector256<long>>(b)));
        return Unsafe.BitCast<Vector128<long>, V>(TOperation.Of(Unsafe.BitCast<V, Vector128<long>>(a), Unsafe.BitCast<V, Vector128<long>>(b)));
    }

    /// <summary>An operation on lanes of 64 bits at each width.</summary>
    interface IOperation
    {
        static abstract Vector512<long> Of(Vector512<long> a, Vector512<long> b);

        static abstract Vector256<long> Of(Vector256<long> a, Vector256<long> b);

        static abstract Vector128<long> Of(Vector128<long> a, Vector128<long> b);
    }

    struct Sum : IOperation
    {
        public static Vector512<long> Of(Vector512<long> a, Vector512<long> b) => a + b;

        public static Vector256<long> Of(Vector256<long> a, Vector256<long> b) => a + b;

        public static Vector128<long> Of(Vector128<long> a, Vector128<long> b) => a + b;
    }

    struct Difference : IOperation
    {
        public static Vector512<long> Of(Vector512<long> a, Vector512<long> b) => a - b;

        public static Vector256<long> Of(Vector256<long> a, Vector256<long> b) => a - b;

        public static Vector128<long> Of(Vector128<long> a, Vector128<long> b) => a - b;
    }

    struct Product : IOperation
    {
        public static Vector512<long> Of(Vector512<long> a, Vector512<long> b) => a * b;

        public static Vector256<long> Of(Vector256<long> a, Vector256<long> b) => a * b;

        public static Vector128<long> Of(Vector128<long> a, Vector128<long> b) => a * b;
    }

    struct Less : IOperation
    {
        public static Vector512<long> Of(Vector512<long> a, Vector512<long> b) => Vector512.LessThan(a, b);

        public static Vector256<long> Of(Vector256<long> a, Vector256<long> b) => Vector256.LessThan(a, b);

        public static Vector128<long> Of(Vector128<long> a, Vector128<long> b) => Vector128.LessThan(a, b);
    }

    struct Equality : IOperation
    {
        public static Vector512<long> Of(Vector512<long> a, Vector512<long> b) => Vector512.Equals(a, b);

        public static Vector256<long> Of(Vector256<long> a, Vector256<long> b) => Vector256.Equals(a, b);

        public static Vector128<long> Of(Vector128<long> a, Vector128<long> b) => Vector128.Equals(a, b);
    }
}
