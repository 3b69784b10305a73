using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>Transposes squares of V.Count rows and columns.</summary>
internal static unsafe class Transpose
{
    /// <summary>destination[c * destinationStride + r] = source[r * sourceStride + c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Square<V>(float* source, nint sourceStride, float* destination, nint destinationStride)
        where V : unmanaged, IVector<V>
    {
        if (typeof(V) == typeof(Float512) && Avx512F.IsSupported)
            Square16(source, sourceStride, destination, destinationStride);
        else if (Interleaving.IsSupported)
            SquareOfBlocks(V.Count, source, sourceStride, destination, destinationStride);
        else
            Rows<V>(source, sourceStride, V.Count, destination, destinationStride);
    }

    /// <summary>The first <paramref name="rows"/> rows of the transpose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rows<V>(float* source, nint sourceStride, int rows, float* destination, nint destinationStride)
        where V : unmanaged, IVector<V>
    {
        for (int row = 0; row < rows; row++)
            V.Store(destination + (row * destinationStride), V.LoadStrided(source + row, sourceStride));
    }

    // Neighbouring rows are interleaved lane by lane, then pair by pair, which leaves transposed 4x4 blocks in the four
    // quarters of each register; two rounds of moving quarters bring the blocks to their places.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Square16(float* source, nint stride, float* destination, nint destinationStride)
    {
        for (int quarter = 0; quarter < 4; quarter++)
        {
            // Four columns of the source at a time: 16 rows of 4 floats are 4 registers of 4x4 blocks.
            float* from = source + (quarter * 4);
            float* to = destination + (quarter * 4 * destinationStride);
            Vector512<float> r0 = Gather(from, stride * 4);
            Vector512<float> r1 = Gather(from + stride, stride * 4);
            Vector512<float> r2 = Gather(from + (stride * 2), stride * 4);
            Vector512<float> r3 = Gather(from + (stride * 3), stride * 4);
            Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
            Vector512<double> high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
            Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
            Vector512<double> high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
            Avx512F.UnpackLow(low01, low23).AsSingle().Store(to);
            Avx512F.UnpackHigh(low01, low23).AsSingle().Store(to + destinationStride);
            Avx512F.UnpackLow(high01, high23).AsSingle().Store(to + (destinationStride * 2));
            Avx512F.UnpackHigh(high01, high23).AsSingle().Store(to + (destinationStride * 3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void SquareOfBlocks(int size, float* source, nint stride, float* destination, nint destinationStride)
    {
        for (int row = 0; row < size; row += 4)
        {
            for (int column = 0; column < size; column += 4)
            {
                float* from = source + (row * stride) + column;
                float* to = destination + (column * destinationStride) + row;
                Vector128<float> r0 = Vector128.Load(from);
                Vector128<float> r1 = Vector128.Load(from + stride);
                Vector128<float> r2 = Vector128.Load(from + (stride * 2));
                Vector128<float> r3 = Vector128.Load(from + (stride * 3));
                Vector128<double> low01 = Interleaving.Low(r0, r1).AsDouble();
                Vector128<double> high01 = Interleaving.High(r0, r1).AsDouble();
                Vector128<double> low23 = Interleaving.Low(r2, r3).AsDouble();
                Vector128<double> high23 = Interleaving.High(r2, r3).AsDouble();
                Vector128.Create(low01.GetLower(), low23.GetLower()).AsSingle().Store(to);
                Vector128.Create(low01.GetUpper(), low23.GetUpper()).AsSingle().Store(to + destinationStride);
                Vector128.Create(high01.GetLower(), high23.GetLower()).AsSingle().Store(to + (destinationStride * 2));
                Vector128.Create(high01.GetUpper(), high23.GetUpper()).AsSingle().Store(to + (destinationStride * 3));
            }
        }
    }

    /// <summary>Four floats from each of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Gather(float* source, nint stride) => Vector512.Create(
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + stride)),
        Vector256.Create(Vector128.Load(source + (stride * 2)), Vector128.Load(source + (stride * 3))));
}
