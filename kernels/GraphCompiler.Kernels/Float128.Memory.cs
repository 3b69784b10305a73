using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

// From memory and to it, whole vectors and the first lanes alone.
public readonly unsafe partial struct Float128
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Float128 value) => value.Lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadPartial(float* source, int count)
    {
        // Not the masked load of AVX-512: .NET 10 compiles it wrongly for the address of a local of the vector's own size.
        if (Avx.IsSupported)
            return new(Avx.MaskLoad(source, FirstLanes(count)));
        return LoadFirst(source, count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* destination, int count, Float128 value)
    {
        if (Avx512F.VL.IsSupported)
            Avx512F.VL.MaskStore(destination, FirstLanes(count), value.Lanes);
        else if (Avx.IsSupported)
            Avx.MaskStore(destination, FirstLanes(count), value.Lanes);
        else
            StoreFirst(destination, count, value);
    }

    /// <summary>The partial load of hardware that has no masked one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Float128 LoadFirst(float* source, int count) => new(count switch
    {
        >= 4 => Vector128.Load(source),
        3 => Vector128.Create(source[0], source[1], source[2], 0),
        2 => Vector128.Create(source[0], source[1], 0, 0),
        1 => Vector128.CreateScalar(source[0]),
        _ => Vector128<float>.Zero,
    });

    /// <summary>The partial store of hardware that has no masked one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreFirst(float* destination, int count, Float128 value)
    {
        if (count >= 4)
        {
            value.Lanes.Store(destination);
            return;
        }
        if (count > 0)
            destination[0] = value.Lanes.GetElement(0);
        if (count > 1)
            destination[1] = value.Lanes.GetElement(1);
        if (count > 2)
            destination[2] = value.Lanes.GetElement(2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStrided(float* source, nint stride)
    {
        return new(Vector128.Create(source[0], source[stride], source[2 * stride], source[3 * stride]));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStridedPartial(float* source, nint stride, int count)
    {
        return new(count switch
        {
            >= 4 => LoadStrided(source, stride).Lanes,
            3 => Vector128.Create(source[0], source[stride], source[2 * stride], 0),
            2 => Vector128.Create(source[0], source[stride], 0, 0),
            1 => Vector128.CreateScalar(source[0]),
            _ => Vector128<float>.Zero,
        });
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Load(int* source) => Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadPartial(int* source, int count) => LoadPartial((float*)source, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStrided(int* source, nint stride) => LoadStrided((float*)source, stride);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadStridedPartial(int* source, nint stride, int count) =>
        LoadStridedPartial((float*)source, stride, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* destination, Float128 bits) => Store((float*)destination, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* destination, int count, Float128 bits) =>
        StorePartial((float*)destination, count, bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits16(ushort* source) => new(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsUInt16()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits16Partial(ushort* source, int count) =>
        new(Vector128.WidenLower(Vector128.CreateScalar(SixteenBits.LoadFour(source, count)).AsUInt16()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16(ushort* destination, Float128 value) => *(ulong*)destination = SixteenBits.Narrow(value.Lanes.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits16Partial(ushort* destination, int count, Float128 value) =>
        SixteenBits.StoreFour(destination, count, SixteenBits.Narrow(value.Lanes.AsUInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits8(byte* source) => new(EightBits.Widen(*(uint*)source).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LoadBits8Partial(byte* source, int count) => new(EightBits.Widen((uint)EightBits.LoadEight(source, Math.Min(count, 4))).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8(byte* destination, Float128 value) => *(uint*)destination = EightBits.Narrow(value.Lanes.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits8Partial(byte* destination, int count, Float128 value) =>
        EightBits.StoreEight(destination, Math.Min(count, 4), EightBits.Narrow(value.Lanes.AsUInt32()));

    /// <summary>The mask of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> FirstLanes(int count) =>
        Vector128.GreaterThan(Vector128.Create(count), Vector128<int>.Indices).AsSingle();
}
