using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
}
