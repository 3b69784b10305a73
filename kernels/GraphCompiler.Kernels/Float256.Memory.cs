using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

// From memory and to it, whole vectors and the first lanes alone.
public readonly unsafe partial struct Float256
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Float256 value) => value.Lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadPartial(float* source, int count)
    {
        // Not the masked load of AVX-512: .NET 10 compiles it wrongly for the address of a local of the vector's own size.
        if (Avx.IsSupported)
            return new(Avx.MaskLoad(source, FirstLanes(count)));
        return new(Vector256.Create(
            Float128.LoadPartial(source, count).Lanes, Float128.LoadPartial(source + 4, count - 4).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* destination, int count, Float256 value)
    {
        if (Avx512F.VL.IsSupported)
        {
            Avx512F.VL.MaskStore(destination, FirstLanes(count), value.Lanes);
        }
        else if (Avx.IsSupported)
        {
            Avx.MaskStore(destination, FirstLanes(count), value.Lanes);
        }
        else
        {
            Float128.StorePartial(destination, count, new(value.Lanes.GetLower()));
            Float128.StorePartial(destination + 4, count - 4, new(value.Lanes.GetUpper()));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStrided(float* source, nint stride)
    {
        return new(Vector256.Create(
            Float128.LoadStrided(source, stride).Lanes, Float128.LoadStrided(source + 4 * stride, stride).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStridedPartial(float* source, nint stride, int count)
    {
        return new(Vector256.Create(
            Float128.LoadStridedPartial(source, stride, count).Lanes,
            Float128.LoadStridedPartial(source + 4 * stride, stride, count - 4).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(int* source) => Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadPartial(int* source, int count) => LoadPartial((float*)source, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStrided(int* source, nint stride) => LoadStrided((float*)source, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadStridedPartial(int* source, nint stride, int count) =>
        LoadStridedPartial((float*)source, stride, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* destination, Float256 bits) => Store((float*)destination, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* destination, int count, Float256 bits) =>
        StorePartial((float*)destination, count, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits16(ushort* source) => new(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits16Partial(ushort* source, int count) =>
        new(Vector256.WidenLower(SixteenBits.LoadFirst(source, count).ToVector256Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16(ushort* destination, Float256 value) => SixteenBits.Narrow(value.Lanes.AsUInt32()).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16Partial(ushort* destination, int count, Float256 value) =>
        SixteenBits.StoreFirst(destination, count, SixteenBits.Narrow(value.Lanes.AsUInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits8(byte* source) => new(EightBits.Widen(*(ulong*)source).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LoadBits8Partial(byte* source, int count) => new(EightBits.Widen(EightBits.LoadEight(source, count)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8(byte* destination, Float256 value) => *(ulong*)destination = EightBits.Narrow(value.Lanes.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8Partial(byte* destination, int count, Float256 value) =>
        EightBits.StoreEight(destination, count, EightBits.Narrow(value.Lanes.AsUInt32()));

    /// <summary>The mask of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> FirstLanes(int count) =>
        Vector256.GreaterThan(Vector256.Create(count), Vector256<int>.Indices).AsSingle();
}
