using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

// From memory and to it, whole vectors and the first lanes alone.
public readonly unsafe partial struct Float512
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Float512 value) => value.Lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadPartial(float* source, int count)
    {
        // .NET 10 compiles this wrongly (a null reference) for the address of a local of exactly 64 bytes; kernels read
        // from arenas, and nothing else does it in one instruction.
        if (Avx512F.IsSupported)
            return new(Avx512F.MaskLoad(source, FirstLanes(count), Vector512<float>.Zero));
        return new(Vector512.Create(
            Float256.LoadPartial(source, count).Lanes, Float256.LoadPartial(source + 8, count - 8).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* destination, int count, Float512 value)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(destination, FirstLanes(count), value.Lanes);
            return;
        }
        Float256.StorePartial(destination, count, new(value.Lanes.GetLower()));
        Float256.StorePartial(destination + 8, count - 8, new(value.Lanes.GetUpper()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadStrided(float* source, nint stride)
    {
        return new(Vector512.Create(
            Float256.LoadStrided(source, stride).Lanes, Float256.LoadStrided(source + 8 * stride, stride).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadStridedPartial(float* source, nint stride, int count)
    {
        return new(Vector512.Create(
            Float256.LoadStridedPartial(source, stride, count).Lanes,
            Float256.LoadStridedPartial(source + 8 * stride, stride, count - 8).Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Load(int* source) => Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadPartial(int* source, int count) => LoadPartial((float*)source, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadStrided(int* source, nint stride) => LoadStrided((float*)source, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadStridedPartial(int* source, nint stride, int count) =>
        LoadStridedPartial((float*)source, stride, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* destination, Float512 bits) => Store((float*)destination, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* destination, int count, Float512 bits) =>
        StorePartial((float*)destination, count, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadBits16(ushort* source) => new(Vector512.WidenLower(Vector256.Load(source).ToVector512Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadBits16Partial(ushort* source, int count) => new(Vector512.Create(
        Float256.LoadBits16Partial(source, count).Lanes, Float256.LoadBits16Partial(source + 8, count - 8).Lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16(ushort* destination, Float512 value) => SixteenBits.Narrow(value.Lanes.AsUInt32()).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16Partial(ushort* destination, int count, Float512 value)
    {
        Vector256<ushort> bits = SixteenBits.Narrow(value.Lanes.AsUInt32());
        SixteenBits.StoreFirst(destination, count, bits.GetLower());
        SixteenBits.StoreFirst(destination + 8, count - 8, bits.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadBits8(byte* source) => new(EightBits.Widen(Vector128.Load(source)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LoadBits8Partial(byte* source, int count) =>
        new(EightBits.Widen(Vector128.Create(EightBits.LoadEight(source, count), EightBits.LoadEight(source + 8, count - 8)).AsByte()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8(byte* destination, Float512 value) => EightBits.Narrow(value.Lanes.AsUInt32()).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8Partial(byte* destination, int count, Float512 value)
    {
        Vector128<ulong> bits = EightBits.Narrow(value.Lanes.AsUInt32()).AsUInt64();
        EightBits.StoreEight(destination, count, bits.ToScalar());
        EightBits.StoreEight(destination + 8, count - 8, bits.GetElement(1));
    }

    /// <summary>The mask of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> FirstLanes(int count) =>
        Vector512.GreaterThan(Vector512.Create(count), Vector512<int>.Indices).AsSingle();
}
