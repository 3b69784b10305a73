using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphCompiler.Kernels;

/// <summary>
/// As many numbers of double precision as a vector has lanes of 32, in two vectors: what kernels compute with where elements are such numbers.
/// Masks and integers of 32 bits are lanes of one vector, as everywhere.
/// </summary>
/// <typeparam name="V">The vector.</typeparam>
public readonly unsafe struct Doubles<V>
    where V : unmanaged, IVector<V>
{
    readonly V lower, upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Doubles(V lower, V upper) => (this.lower, this.upper) = (lower, upper);

    /// <summary>All 0.</summary>
    public static Doubles<V> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <summary>One number in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Splat(double value)
    {
        V half = typeof(V) == typeof(Float512) ? Unsafe.BitCast<Vector512<double>, V>(Vector512.Create(value))
            : typeof(V) == typeof(Float256) ? Unsafe.BitCast<Vector256<double>, V>(Vector256.Create(value))
            : Unsafe.BitCast<Vector128<double>, V>(Vector128.Create(value));
        return new(half, half);
    }

    /// <summary>Reads as many consecutive numbers as there are lanes; no alignment is required.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Load(double* source) => new(V.Load((float*)source), V.Load((float*)source + V.Count));

    /// <summary>As <see cref="Load"/>, of the first lanes only; the others are 0, and the memory after them is not touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> LoadPartial(double* source, int count) =>
        new(V.LoadPartial((float*)source, 2 * Math.Min(count, V.Count)), V.LoadPartial((float*)source + V.Count, 2 * Math.Min(count, V.Count) - V.Count));

    /// <summary>Writes all lanes; no alignment is required.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* destination, Doubles<V> value)
    {
        V.Store((float*)destination, value.lower);
        V.Store((float*)destination + V.Count, value.upper);
    }

    /// <summary>Writes the first lanes and touches no memory after them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(double* destination, int count, Doubles<V> value)
    {
        int floats = 2 * Math.Min(count, V.Count);
        V.StorePartial((float*)destination, floats, value.lower);
        V.StorePartial((float*)destination + V.Count, floats - V.Count, value.upper);
    }

    /// <summary>Reads lane i from <c>source[i * stride]</c>.</summary>
    public static Doubles<V> LoadStrided(double* source, nint stride) => LoadStridedPartial(source, stride, V.Count);

    /// <summary>As <see cref="LoadStrided"/>, of the first lanes only; the others are 0.</summary>
    public static Doubles<V> LoadStridedPartial(double* source, nint stride, int count)
    {
        LaneDoubles integers = default;
        for (int i = 0; i < Math.Min(count, V.Count); i++)
            integers[i] = source[i * stride];
        return Load((double*)&integers);
    }

    /// <summary>Lane sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> operator +(Doubles<V> a, Doubles<V> b) => Map<Sum>(a, b);

    /// <summary>Lane differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> operator -(Doubles<V> a, Doubles<V> b) => Map<Difference>(a, b);

    /// <summary>Lane products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> operator *(Doubles<V> a, Doubles<V> b) => Map<Product>(a, b);

    /// <summary>Lane quotients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> operator /(Doubles<V> a, Doubles<V> b) => Map<Quotient>(a, b);

    /// <summary>Lanes with other signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> operator -(Doubles<V> a) => Map<Product>(a, Splat(-1));

    /// <summary>The larger numbers; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Max(Doubles<V> a, Doubles<V> b) => Map<Larger>(a, b);

    /// <summary>The smaller numbers; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Min(Doubles<V> a, Doubles<V> b) => Map<Smaller>(a, b);

    /// <summary>The numbers where positive, else 0; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Relu(Doubles<V> value) => Select(LessThan(value, Zero), Zero, value);

    /// <summary>The numbers without their signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Abs(Doubles<V> value) => Map<Magnitude>(value, value);

    /// <summary>1, -1, or what neither is: zeros and NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Sign(Doubles<V> value) =>
        Select(GreaterThan(value, Zero), Splat(1), Select(LessThan(value, Zero), Splat(-1), value));

    /// <summary>The largest integers that are not above the numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Floor(Doubles<V> value) => Map<WholePart>(value, value);

    /// <summary>The square roots, correctly rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Sqrt(Doubles<V> value) => Map<Root>(value, value);

    /// <summary>1 divided by the square roots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> ReciprocalSqrt(Doubles<V> value) => Splat(1) / Sqrt(value);

    /// <summary>The mask of a &lt; b; false with NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LessThan(Doubles<V> a, Doubles<V> b) => Map<Less>(a, b).ToMask();

    /// <summary>The mask of a &gt; b; false with NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GreaterThan(Doubles<V> a, Doubles<V> b) => LessThan(b, a);

    /// <summary>The mask of a ≤ b; false with NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LessThanOrEqual(Doubles<V> a, Doubles<V> b) => Map<LessOrEqual>(a, b).ToMask();

    /// <summary>The mask of a ≥ b; false with NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GreaterThanOrEqual(Doubles<V> a, Doubles<V> b) => LessThanOrEqual(b, a);

    /// <summary>The mask of a = b; false with NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Equal(Doubles<V> a, Doubles<V> b) => Map<Equality>(a, b).ToMask();

    /// <summary>The mask of a ≠ b; true with NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NotEqual(Doubles<V> a, Doubles<V> b) => V.Not(Equal(a, b));

    /// <summary>One number where a mask of lanes of 32 bits is all ones, the other where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> Select(V mask, Doubles<V> whenTrue, Doubles<V> whenFalse) =>
        FromBits(Longs<V>.Select(mask, new Longs<V>(whenTrue.lower, whenTrue.upper), new Longs<V>(whenFalse.lower, whenFalse.upper)));

    /// <summary>1 where a mask is all ones, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> FromMask(V mask) => FromSingle(V.And(mask, V.Splat(1f)));

    /// <summary>The integers of 32 bits in a vector's lanes.</summary>
    public static Doubles<V> FromIntegers(V integers)
    {
        LaneInts lanes = default;
        LaneDoubles numbers = default;
        V.Store((float*)&lanes, integers);
        for (int i = 0; i < V.Count; i++)
            numbers[i] = lanes[i];
        return Load((double*)&numbers);
    }

    /// <summary>The numbers nearest to integers of 64 bits.</summary>
    public static Doubles<V> FromLongs(Longs<V> integers)
    {
        LaneLongs lanes = default;
        LaneDoubles numbers = default;
        Longs<V>.Store((long*)&lanes, integers);
        for (int i = 0; i < V.Count; i++)
            numbers[i] = lanes[i];
        return Load((double*)&numbers);
    }

    /// <summary>The integers next to the numbers towards 0: the least or the largest there is where a number is beyond them, and 0 for NaN.</summary>
    public static V ToIntegers(Doubles<V> value)
    {
        LaneInts lanes = default;
        LaneDoubles numbers = default;
        Store((double*)&numbers, value);
        for (int i = 0; i < V.Count; i++)
            lanes[i] = (int)numbers[i];
        return V.Load((float*)&lanes);
    }

    /// <summary>As <see cref="ToIntegers"/>, in 64 bits.</summary>
    public static Longs<V> ToLongs(Doubles<V> value)
    {
        LaneLongs lanes = default;
        LaneDoubles numbers = default;
        Store((double*)&numbers, value);
        for (int i = 0; i < V.Count; i++)
            lanes[i] = (long)numbers[i];
        return Longs<V>.Load((long*)&lanes);
    }

    /// <summary>The numbers of single precision in a vector's lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles<V> FromSingle(V numbers)
    {
        if (typeof(V) == typeof(Float512))
        {
            var (low, high) = Vector512.Widen(Unsafe.BitCast<V, Vector512<float>>(numbers));
            return new(Unsafe.BitCast<Vector512<double>, V>(low), Unsafe.BitCast<Vector512<double>, V>(high));
        }
        if (typeof(V) == typeof(Float256))
        {
            var (low, high) = Vector256.Widen(Unsafe.BitCast<V, Vector256<float>>(numbers));
            return new(Unsafe.BitCast<Vector256<double>, V>(low), Unsafe.BitCast<Vector256<double>, V>(high));
        }
        var (lower, upper) = Vector128.Widen(Unsafe.BitCast<V, Vector128<float>>(numbers));
        return new(Unsafe.BitCast<Vector128<double>, V>(lower), Unsafe.BitCast<Vector128<double>, V>(upper));
    }

    /// <summary>The nearest numbers of single precision, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ToSingle(Doubles<V> value)
    {
        if (typeof(V) == typeof(Float512))
            return Unsafe.BitCast<Vector512<float>, V>(Vector512.Narrow(Unsafe.BitCast<V, Vector512<double>>(value.lower), Unsafe.BitCast<V, Vector512<double>>(value.upper)));
        if (typeof(V) == typeof(Float256))
            return Unsafe.BitCast<Vector256<float>, V>(Vector256.Narrow(Unsafe.BitCast<V, Vector256<double>>(value.lower), Unsafe.BitCast<V, Vector256<double>>(value.upper)));
        return Unsafe.BitCast<Vector128<float>, V>(Vector128.Narrow(Unsafe.BitCast<V, Vector128<double>>(value.lower), Unsafe.BitCast<V, Vector128<double>>(value.upper)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Doubles<V> FromBits(Longs<V> bits) => new(bits.Lower, bits.Upper);

    /// <summary>Masks of 64 bits as masks of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    V ToMask() => Longs<V>.ToIntegers(new Longs<V>(lower, upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Doubles<V> Map<TOperation>(Doubles<V> a, Doubles<V> b)
        where TOperation : IOperation => new(MapHalf<TOperation>(a.lower, b.lower), MapHalf<TOperation>(a.upper, b.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V MapHalf<TOperation>(V a, V b)
        where TOperation : IOperation
    {
        if (typeof(V) == typeof(Float512))
            return Unsafe.BitCast<Vector512<double>, V>(TOperation.Of(Unsafe.BitCast<V, Vector512<double>>(a), Unsafe.BitCast<V, Vector512<double>>(b)));
        if (typeof(V) == typeof(Float256))
            return Unsafe.BitCast<Vector256<double>, V>(TOperation.Of(Unsafe.BitCast<V, Vector256<double>>(a), Unsafe.BitCast<V, Vector256<double>>(b)));
        return Unsafe.BitCast<Vector128<double>, V>(TOperation.Of(Unsafe.BitCast<V, Vector128<double>>(a), Unsafe.BitCast<V, Vector128<double>>(b)));
    }

    /// <summary>An operation on lanes of 64 bits at each width; one of one operand leaves the other alone.</summary>
    interface IOperation
    {
        static abstract Vector512<double> Of(Vector512<double> a, Vector512<double> b);

        static abstract Vector256<double> Of(Vector256<double> a, Vector256<double> b);

        static abstract Vector128<double> Of(Vector128<double> a, Vector128<double> b);
    }

    struct Sum : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => a + b;

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => a + b;

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => a + b;
    }

    struct Difference : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => a - b;

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => a - b;

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => a - b;
    }

    struct Product : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => a * b;

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => a * b;

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => a * b;
    }

    struct Quotient : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => a / b;

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => a / b;

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => a / b;
    }

    struct LessOrEqual : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.LessThanOrEqual(a, b);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.LessThanOrEqual(a, b);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.LessThanOrEqual(a, b);
    }

    struct Less : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.LessThan(a, b);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.LessThan(a, b);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.LessThan(a, b);
    }

    struct Equality : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.Equals(a, b);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.Equals(a, b);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.Equals(a, b);
    }

    struct Larger : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.Max(a, b);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.Max(a, b);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.Max(a, b);
    }

    struct Smaller : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.Min(a, b);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.Min(a, b);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.Min(a, b);
    }

    struct Magnitude : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.Abs(a);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.Abs(a);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.Abs(a);
    }

    struct WholePart : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.Floor(a);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.Floor(a);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.Floor(a);
    }

    struct Root : IOperation
    {
        public static Vector512<double> Of(Vector512<double> a, Vector512<double> b) => Vector512.Sqrt(a);

        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.Sqrt(a);

        public static Vector128<double> Of(Vector128<double> a, Vector128<double> b) => Vector128.Sqrt(a);
    }
}
