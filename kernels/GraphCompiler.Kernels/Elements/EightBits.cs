using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>Lanes of 32 bits as bytes in memory, and the first of them alone, where rows end.</summary>
internal static unsafe class EightBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Widen(Vector128<byte> bytes) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt32(bytes)
        : Vector512.WidenLower(Vector256.WidenLower(bytes.ToVector256Unsafe()).ToVector512Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Widen(ulong bytes) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(bytes).AsByte()).AsUInt32()
        : Vector256.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(bytes).AsByte()).ToVector256Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Widen(uint bytes) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(bytes).AsByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow(Vector512<uint> lanes)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector128Byte(lanes);
        Vector256<ushort> halves = SixteenBits.Narrow(lanes);
        return Vector128.Narrow(halves.GetLower(), halves.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Narrow(Vector256<uint> lanes)
    {
        Vector128<ushort> halves = SixteenBits.Narrow(lanes);
        return Vector128.Narrow(halves, halves).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Narrow(Vector128<uint> lanes)
    {
        Vector128<ushort> halves = Vector128.Narrow(lanes, lanes);
        return Vector128.Narrow(halves, halves).AsUInt32().ToScalar();
    }

    /// <summary>The first of eight, the lowest bits first; the others are 0.</summary>
    public static ulong LoadEight(byte* source, int count)
    {
        if (count >= 8)
            return *(ulong*)source;
        ulong bits = 0;
        for (int i = 0; i < count; i++)
            bits |= (ulong)source[i] << (8 * i);
        return bits;
    }

    /// <summary>Stores the first of eight.</summary>
    public static void StoreEight(byte* destination, int count, ulong bits)
    {
        if (count >= 8)
        {
            *(ulong*)destination = bits;
            return;
        }
        for (int i = 0; i < count; i++)
            destination[i] = (byte)(bits >> (8 * i));
    }
}
