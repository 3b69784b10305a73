using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GraphCompiler.Contracts;

namespace GraphCompiler.Data;

static class PixelConversion
{
    /// <summary>
    /// destination[i] = source[i]·scale + offset, rounded after the product and after the sum, so that the bits are the
    /// same whatever vectors the machine has.
    /// </summary>
    public static void Convert(ReadOnlySpan<byte> source, Span<float> destination, float scale, float offset)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        destination = destination[..source.Length];
        Vector256<float> scales = Vector256.Create(scale), offsets = Vector256.Create(offset);
        int i = 0;
        for (; i <= source.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector256<ushort> words = Vector256.WidenLower(Vector128.LoadUnsafe(ref from, (nuint)i).ToVector256Unsafe());
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(words);
            Vector256<float> lowValues = Vector256.ConvertToSingle(low.AsInt32()) * scales + offsets;
            Vector256<float> highValues = Vector256.ConvertToSingle(high.AsInt32()) * scales + offsets;
            lowValues.StoreUnsafe(ref to, (nuint)i);
            highValues.StoreUnsafe(ref to, (nuint)i + 8);
        }

        for (; i < source.Length; i++)
            destination[i] = source[i] * scale + offset;
    }

    /// <summary>Asks for bytes that will be wanted soon; a hint, of no effect on what is computed.</summary>
    public static unsafe void BringNear(ReadOnlySpan<byte> source)
    {
        if (!Sse.IsSupported)
            return;

        // The address is only a hint: should the array move, nothing is read where it was.
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(source));
        for (int i = 0; i < source.Length; i += MemoryContract.Alignment)
            Sse.Prefetch0(start + i);
    }
}
