using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>
/// Dot products of up to 4 rows of A with up to 4 columns of B, both contiguous along k: sixteen accumulators of
/// V.Count chains each, whose lanes are added at the end. Nothing of B is packed, so this serves products that have too few
/// rows to pay for transposing B. What an element's sum is does not depend on which tile it is in.
/// </summary>
internal static unsafe class DotKernel
{
    /// <summary>Rows of a full tile: with its operands it must fit the registers.</summary>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TileShape.ManyRegisters ? 4 : 2;
    }

    /// <summary>Columns of a full tile.</summary>
    public const int Columns = 4;

    /// <summary>
    /// sums[r * sumsStride + c] = sum over k of a[r * aStride + k] * b[c * bStride + k] for <paramref name="rows"/>
    /// rows and <paramref name="columns"/> columns, 1 to 4 each. Four floats are written in each row of sums whatever
    /// the columns. <paramref name="asksAhead"/>: the columns of B that follow these are asked for from memory.
    /// </summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="TB">How an element of B lies in memory.</typeparam>
    public static void Run<V, TB>(
        int rows, int columns, int k, float* a, nint aStride, TB* b, nint bStride, float* sums, nint sumsStride,
        bool asksAhead)
        where V : unmanaged, IVector<V>
        where TB : unmanaged, IElement<TB>
    {
        if (columns == 4)
            Run<V, TB, Four>(rows, k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
        else if (columns == 3)
            Run<V, TB, Three>(rows, k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
        else if (columns == 2)
            Run<V, TB, Two>(rows, k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
        else
            Run<V, TB, One>(rows, k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
    }

    static void Run<V, TB, TColumns>(
        int rows, int k, float* a, nint aStride, TB* b, nint bStride, float* sums, nint sumsStride, bool asksAhead)
        where V : unmanaged, IVector<V>
        where TB : unmanaged, IElement<TB>
        where TColumns : struct, ITileSize
    {
        if (rows == 4)
            Tile<V, TB, Four, TColumns>(k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
        else if (rows == 3)
            Tile<V, TB, Three, TColumns>(k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
        else if (rows == 2)
            Tile<V, TB, Two, TColumns>(k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
        else
            Tile<V, TB, One, TColumns>(k, a, aStride, b, bStride, sums, sumsStride, asksAhead);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile<V, TB, TRows, TColumns>(
        int k, float* a, nint aStride, TB* b, nint bStride, float* sums, nint sumsStride, bool asksAhead)
        where V : unmanaged, IVector<V>
        where TB : unmanaged, IElement<TB>
        where TRows : struct, ITileSize
        where TColumns : struct, ITileSize
    {
        float* a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
        TB* b1 = b + bStride, b2 = b1 + bStride, b3 = b2 + bStride;
        V s00 = V.Zero, s01 = V.Zero, s02 = V.Zero, s03 = V.Zero;
        V s10 = V.Zero, s11 = V.Zero, s12 = V.Zero, s13 = V.Zero;
        V s20 = V.Zero, s21 = V.Zero, s22 = V.Zero, s23 = V.Zero;
        V s30 = V.Zero, s31 = V.Zero, s32 = V.Zero, s33 = V.Zero;
        // One row reads so evenly that the hardware sees what comes; more than one, and short columns, leave it waiting for the next.
        nint ahead = bStride * TColumns.Value;
        int i = 0;
        for (; i <= k - V.Count; i += V.Count)
        {
            if ((TRows.Value > 1 || sizeof(TB) < sizeof(float)) && asksAhead)
            {
                Prefetch.Middle(b + ahead + i);
                if (TColumns.Value > 1) Prefetch.Middle(b1 + ahead + i);
                if (TColumns.Value > 2) Prefetch.Middle(b2 + ahead + i);
                if (TColumns.Value > 3) Prefetch.Middle(b3 + ahead + i);
            }
            V y0 = TB.Load<V>(b + i);
            V y1 = TColumns.Value > 1 ? TB.Load<V>(b1 + i) : y0;
            V y2 = TColumns.Value > 2 ? TB.Load<V>(b2 + i) : y0;
            V y3 = TColumns.Value > 3 ? TB.Load<V>(b3 + i) : y0;
            {
                V x = V.Load(a + i);
                s00 = V.FusedMultiplyAdd(y0, x, s00);
                if (TColumns.Value > 1) s01 = V.FusedMultiplyAdd(y1, x, s01);
                if (TColumns.Value > 2) s02 = V.FusedMultiplyAdd(y2, x, s02);
                if (TColumns.Value > 3) s03 = V.FusedMultiplyAdd(y3, x, s03);
            }
            if (TRows.Value > 1)
            {
                V x = V.Load(a1 + i);
                s10 = V.FusedMultiplyAdd(y0, x, s10);
                if (TColumns.Value > 1) s11 = V.FusedMultiplyAdd(y1, x, s11);
                if (TColumns.Value > 2) s12 = V.FusedMultiplyAdd(y2, x, s12);
                if (TColumns.Value > 3) s13 = V.FusedMultiplyAdd(y3, x, s13);
            }
            if (TRows.Value > 2)
            {
                V x = V.Load(a2 + i);
                s20 = V.FusedMultiplyAdd(y0, x, s20);
                if (TColumns.Value > 1) s21 = V.FusedMultiplyAdd(y1, x, s21);
                if (TColumns.Value > 2) s22 = V.FusedMultiplyAdd(y2, x, s22);
                if (TColumns.Value > 3) s23 = V.FusedMultiplyAdd(y3, x, s23);
            }
            if (TRows.Value > 3)
            {
                V x = V.Load(a3 + i);
                s30 = V.FusedMultiplyAdd(y0, x, s30);
                if (TColumns.Value > 1) s31 = V.FusedMultiplyAdd(y1, x, s31);
                if (TColumns.Value > 2) s32 = V.FusedMultiplyAdd(y2, x, s32);
                if (TColumns.Value > 3) s33 = V.FusedMultiplyAdd(y3, x, s33);
            }
        }
        if (i < k)
        {
            int count = k - i;
            V y0 = TB.LoadPartial<V>(b + i, count);
            V y1 = TColumns.Value > 1 ? TB.LoadPartial<V>(b1 + i, count) : y0;
            V y2 = TColumns.Value > 2 ? TB.LoadPartial<V>(b2 + i, count) : y0;
            V y3 = TColumns.Value > 3 ? TB.LoadPartial<V>(b3 + i, count) : y0;
            {
                V x = V.LoadPartial(a + i, count);
                s00 = V.FusedMultiplyAdd(y0, x, s00);
                if (TColumns.Value > 1) s01 = V.FusedMultiplyAdd(y1, x, s01);
                if (TColumns.Value > 2) s02 = V.FusedMultiplyAdd(y2, x, s02);
                if (TColumns.Value > 3) s03 = V.FusedMultiplyAdd(y3, x, s03);
            }
            if (TRows.Value > 1)
            {
                V x = V.LoadPartial(a1 + i, count);
                s10 = V.FusedMultiplyAdd(y0, x, s10);
                if (TColumns.Value > 1) s11 = V.FusedMultiplyAdd(y1, x, s11);
                if (TColumns.Value > 2) s12 = V.FusedMultiplyAdd(y2, x, s12);
                if (TColumns.Value > 3) s13 = V.FusedMultiplyAdd(y3, x, s13);
            }
            if (TRows.Value > 2)
            {
                V x = V.LoadPartial(a2 + i, count);
                s20 = V.FusedMultiplyAdd(y0, x, s20);
                if (TColumns.Value > 1) s21 = V.FusedMultiplyAdd(y1, x, s21);
                if (TColumns.Value > 2) s22 = V.FusedMultiplyAdd(y2, x, s22);
                if (TColumns.Value > 3) s23 = V.FusedMultiplyAdd(y3, x, s23);
            }
            if (TRows.Value > 3)
            {
                V x = V.LoadPartial(a3 + i, count);
                s30 = V.FusedMultiplyAdd(y0, x, s30);
                if (TColumns.Value > 1) s31 = V.FusedMultiplyAdd(y1, x, s31);
                if (TColumns.Value > 2) s32 = V.FusedMultiplyAdd(y2, x, s32);
                if (TColumns.Value > 3) s33 = V.FusedMultiplyAdd(y3, x, s33);
            }
        }
        SumLanes(s00, s01, s02, s03).Store(sums);
        if (TRows.Value > 1) SumLanes(s10, s11, s12, s13).Store(sums + sumsStride);
        if (TRows.Value > 2) SumLanes(s20, s21, s22, s23).Store(sums + (sumsStride * 2));
        if (TRows.Value > 3) SumLanes(s30, s31, s32, s33).Store(sums + (sumsStride * 3));
    }

    /// <summary>Adds the lanes of each accumulator: the sums of four neighbouring elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> SumLanes<V>(V s0, V s1, V s2, V s3)
        where V : unmanaged, IVector<V>
    {
        // Interleaving two vectors and adding leaves two lanes of each in a quarter, doing the same with pairs of lanes
        // leaves one lane of each of the four. With 16 lanes that comes first and the quarters are added last: half the
        // instructions.
        if (typeof(V) == typeof(Float512) && Avx512F.IsSupported)
        {
            Vector512<float> v0 = Unsafe.BitCast<V, Vector512<float>>(s0), v1 = Unsafe.BitCast<V, Vector512<float>>(s1);
            Vector512<float> v2 = Unsafe.BitCast<V, Vector512<float>>(s2), v3 = Unsafe.BitCast<V, Vector512<float>>(s3);
            Vector512<double> v01 = (Avx512F.UnpackLow(v0, v1) + Avx512F.UnpackHigh(v0, v1)).AsDouble();
            Vector512<double> v23 = (Avx512F.UnpackLow(v2, v3) + Avx512F.UnpackHigh(v2, v3)).AsDouble();
            return SumQuarters(Avx512F.UnpackLow(v01, v23).AsSingle() + Avx512F.UnpackHigh(v01, v23).AsSingle());
        }
        if (Interleaving.IsSupported)
        {
            Vector128<float> q0 = SumQuarters(s0), q1 = SumQuarters(s1), q2 = SumQuarters(s2), q3 = SumQuarters(s3);
            Vector128<float> q01 = Interleaving.Low(q0, q1) + Interleaving.High(q0, q1);
            Vector128<float> q23 = Interleaving.Low(q2, q3) + Interleaving.High(q2, q3);
            return Vector128.Create(q01.GetLower(), q23.GetLower()) + Vector128.Create(q01.GetUpper(), q23.GetUpper());
        }
        return Vector128.Create(V.SumLanes(s0), V.SumLanes(s1), V.SumLanes(s2), V.SumLanes(s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> SumQuarters<V>(V sum)
        where V : unmanaged, IVector<V>
    {
        if (typeof(V) == typeof(Float512))
            return SumQuarters(Unsafe.BitCast<V, Vector512<float>>(sum));
        if (typeof(V) == typeof(Float256))
            return SumHalves(Unsafe.BitCast<V, Vector256<float>>(sum));
        return Unsafe.BitCast<V, Vector128<float>>(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> SumQuarters(Vector512<float> sum) => SumHalves(sum.GetLower() + sum.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> SumHalves(Vector256<float> sum) => sum.GetLower() + sum.GetUpper();
}
