using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>Lanes of 32 bits as 16 bits in memory, and the first of them alone, where rows end.</summary>
internal static unsafe class SixteenBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Narrow(Vector512<uint> lanes) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256UInt16(lanes)
        : Vector256.Narrow(lanes.GetLower(), lanes.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Narrow(Vector256<uint> lanes) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128UInt16(lanes)
        : Vector128.Narrow(lanes.GetLower(), lanes.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Narrow(Vector128<uint> lanes) => Vector128.Narrow(lanes, lanes).AsUInt64().ToScalar();

    /// <summary>The first of eight; the others are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> LoadFirst(ushort* source, int count) => count >= 8
        ? Vector128.Load(source)
        : Vector128.Create(LoadFour(source, count), LoadFour(source + 4, count - 4)).AsUInt16();

    /// <summary>Stores the first of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(ushort* destination, int count, Vector128<ushort> bits)
    {
        if (count >= 8)
        {
            bits.Store(destination);
            return;
        }
        StoreFour(destination, count, bits.AsUInt64().ToScalar());
        StoreFour(destination + 4, count - 4, bits.AsUInt64().GetElement(1));
    }

    /// <summary>The first of four, the lowest bits first; the others are 0.</summary>
    public static ulong LoadFour(ushort* source, int count) => count switch
    {
        >= 4 => *(ulong*)source,
        3 => *(uint*)source | ((ulong)source[2] << 32),
        2 => *(uint*)source,
        1 => *source,
        _ => 0,
    };

    /// <summary>Stores the first of four.</summary>
    public static void StoreFour(ushort* destination, int count, ulong bits)
    {
        if (count >= 4)
        {
            *(ulong*)destination = bits;
            return;
        }
        if (count >= 2)
            *(uint*)destination = (uint)bits;
        if (count == 3)
            destination[2] = (ushort)(bits >> 32);
        else if (count == 1)
            *destination = (ushort)bits;
    }
}
