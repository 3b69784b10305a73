using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// The register tile of the packed and direct products: up to 8 rows by 3 vectors of C stay in registers while k runs,
/// each step a rank-one update (one column of A times one row of B), so every element is one chain of fused
/// multiply-adds in the order of k. Twenty-four accumulators, three vectors of B and one element of A fill the
/// 32 registers of AVX-512 and of Arm; AVX2 and SSE have 16 and use 6 rows by 2 vectors of the same source.
/// Rows and vectors are constants of the instantiation: the branches on them are gone from the machine code.
/// </summary>
internal static unsafe class RankOneKernel
{
    /// <summary>
    /// Runs the tile of <paramref name="rows"/> rows (1 to 8) and <paramref name="vectors"/> vectors (1 to 3); the
    /// other parameters are those of <see cref="Tile"/>.
    /// </summary>
    public static void Run<V>(
        int rows, int vectors, nint k, float* a, nint rowStride, nint step, float* b, nint bStride,
        float* c, nint cStride, bool accumulate)
        where V : unmanaged, IVector<V>
    {
        if (vectors == 3)
            Run<V, Three>(rows, k, a, rowStride, step, b, bStride, c, cStride, accumulate);
        else if (vectors == 2)
            Run<V, Two>(rows, k, a, rowStride, step, b, bStride, c, cStride, accumulate);
        else
            Run<V, One>(rows, k, a, rowStride, step, b, bStride, c, cStride, accumulate);
    }

    static void Run<V, TVectors>(
        int rows, nint k, float* a, nint rowStride, nint step, float* b, nint bStride,
        float* c, nint cStride, bool accumulate)
        where V : unmanaged, IVector<V>
        where TVectors : struct, ITileSize
    {
        switch (rows)
        {
            case 8:
                Tile<V, Eight, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
            case 7:
                Tile<V, Seven, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
            case 6:
                Tile<V, Six, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
            case 5:
                Tile<V, Five, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
            case 4:
                Tile<V, Four, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
            case 3:
                Tile<V, Three, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
            case 2:
                Tile<V, Two, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
            case 1:
                Tile<V, One, TVectors>(k, a, rowStride, step, b, bStride, c, cStride, accumulate);
                break;
        }
    }

    /// <summary>
    /// C[r, c] (+)= sum over k of A[r, k] * B[k, c] for TRows rows and TVectors vectors of columns.
    /// A[r, k] is a[r * rowStride + k * step]; B[k, c] is b[k * bStride + c]; C[r, c] is c[r * cStride + c].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile<V, TRows, TVectors>(
        nint k, float* a, nint rowStride, nint step, float* b, nint bStride, float* c, nint cStride, bool accumulate)
        where V : unmanaged, IVector<V>
        where TRows : struct, ITileSize
        where TVectors : struct, ITileSize
    {
        float* a1 = a + rowStride;
        float* a2 = a + rowStride * 2;
        float* a3 = a + rowStride * 3;
        float* a4 = a + rowStride * 4;
        float* a5 = a + rowStride * 5;
        float* a6 = a + rowStride * 6;
        float* a7 = a + rowStride * 7;
        V c00 = V.Zero, c01 = V.Zero, c02 = V.Zero;
        V c10 = V.Zero, c11 = V.Zero, c12 = V.Zero;
        V c20 = V.Zero, c21 = V.Zero, c22 = V.Zero;
        V c30 = V.Zero, c31 = V.Zero, c32 = V.Zero;
        V c40 = V.Zero, c41 = V.Zero, c42 = V.Zero;
        V c50 = V.Zero, c51 = V.Zero, c52 = V.Zero;
        V c60 = V.Zero, c61 = V.Zero, c62 = V.Zero;
        V c70 = V.Zero, c71 = V.Zero, c72 = V.Zero;

        if (accumulate)
        {
            c00 = V.Load(c);
            if (TVectors.Value > 1) c01 = V.Load(c + V.Count);
            if (TVectors.Value > 2) c02 = V.Load(c + (V.Count * 2));
            if (TRows.Value > 1)
            {
                c10 = V.Load(c + cStride);
                if (TVectors.Value > 1) c11 = V.Load(c + cStride + V.Count);
                if (TVectors.Value > 2) c12 = V.Load(c + cStride + (V.Count * 2));
            }
            if (TRows.Value > 2)
            {
                c20 = V.Load(c + (cStride * 2));
                if (TVectors.Value > 1) c21 = V.Load(c + (cStride * 2) + V.Count);
                if (TVectors.Value > 2) c22 = V.Load(c + (cStride * 2) + (V.Count * 2));
            }
            if (TRows.Value > 3)
            {
                c30 = V.Load(c + (cStride * 3));
                if (TVectors.Value > 1) c31 = V.Load(c + (cStride * 3) + V.Count);
                if (TVectors.Value > 2) c32 = V.Load(c + (cStride * 3) + (V.Count * 2));
            }
            if (TRows.Value > 4)
            {
                c40 = V.Load(c + (cStride * 4));
                if (TVectors.Value > 1) c41 = V.Load(c + (cStride * 4) + V.Count);
                if (TVectors.Value > 2) c42 = V.Load(c + (cStride * 4) + (V.Count * 2));
            }
            if (TRows.Value > 5)
            {
                c50 = V.Load(c + (cStride * 5));
                if (TVectors.Value > 1) c51 = V.Load(c + (cStride * 5) + V.Count);
                if (TVectors.Value > 2) c52 = V.Load(c + (cStride * 5) + (V.Count * 2));
            }
            if (TRows.Value > 6)
            {
                c60 = V.Load(c + (cStride * 6));
                if (TVectors.Value > 1) c61 = V.Load(c + (cStride * 6) + V.Count);
                if (TVectors.Value > 2) c62 = V.Load(c + (cStride * 6) + (V.Count * 2));
            }
            if (TRows.Value > 7)
            {
                c70 = V.Load(c + (cStride * 7));
                if (TVectors.Value > 1) c71 = V.Load(c + (cStride * 7) + V.Count);
                if (TVectors.Value > 2) c72 = V.Load(c + (cStride * 7) + (V.Count * 2));
            }
        }

        for (nint i = 0; k > 0; k--, i += step, b += bStride)
        {
            V b0 = V.Load(b);
            V b1 = TVectors.Value > 1 ? V.Load(b + V.Count) : b0;
            V b2 = TVectors.Value > 2 ? V.Load(b + (V.Count * 2)) : b0;
            {
                V x = V.Splat(a[i]);
                c00 = V.FusedMultiplyAdd(b0, x, c00);
                if (TVectors.Value > 1) c01 = V.FusedMultiplyAdd(b1, x, c01);
                if (TVectors.Value > 2) c02 = V.FusedMultiplyAdd(b2, x, c02);
            }
            if (TRows.Value > 1)
            {
                V x = V.Splat(a1[i]);
                c10 = V.FusedMultiplyAdd(b0, x, c10);
                if (TVectors.Value > 1) c11 = V.FusedMultiplyAdd(b1, x, c11);
                if (TVectors.Value > 2) c12 = V.FusedMultiplyAdd(b2, x, c12);
            }
            if (TRows.Value > 2)
            {
                V x = V.Splat(a2[i]);
                c20 = V.FusedMultiplyAdd(b0, x, c20);
                if (TVectors.Value > 1) c21 = V.FusedMultiplyAdd(b1, x, c21);
                if (TVectors.Value > 2) c22 = V.FusedMultiplyAdd(b2, x, c22);
            }
            if (TRows.Value > 3)
            {
                V x = V.Splat(a3[i]);
                c30 = V.FusedMultiplyAdd(b0, x, c30);
                if (TVectors.Value > 1) c31 = V.FusedMultiplyAdd(b1, x, c31);
                if (TVectors.Value > 2) c32 = V.FusedMultiplyAdd(b2, x, c32);
            }
            if (TRows.Value > 4)
            {
                V x = V.Splat(a4[i]);
                c40 = V.FusedMultiplyAdd(b0, x, c40);
                if (TVectors.Value > 1) c41 = V.FusedMultiplyAdd(b1, x, c41);
                if (TVectors.Value > 2) c42 = V.FusedMultiplyAdd(b2, x, c42);
            }
            if (TRows.Value > 5)
            {
                V x = V.Splat(a5[i]);
                c50 = V.FusedMultiplyAdd(b0, x, c50);
                if (TVectors.Value > 1) c51 = V.FusedMultiplyAdd(b1, x, c51);
                if (TVectors.Value > 2) c52 = V.FusedMultiplyAdd(b2, x, c52);
            }
            if (TRows.Value > 6)
            {
                V x = V.Splat(a6[i]);
                c60 = V.FusedMultiplyAdd(b0, x, c60);
                if (TVectors.Value > 1) c61 = V.FusedMultiplyAdd(b1, x, c61);
                if (TVectors.Value > 2) c62 = V.FusedMultiplyAdd(b2, x, c62);
            }
            if (TRows.Value > 7)
            {
                V x = V.Splat(a7[i]);
                c70 = V.FusedMultiplyAdd(b0, x, c70);
                if (TVectors.Value > 1) c71 = V.FusedMultiplyAdd(b1, x, c71);
                if (TVectors.Value > 2) c72 = V.FusedMultiplyAdd(b2, x, c72);
            }
        }

        V.Store(c, c00);
        if (TVectors.Value > 1) V.Store(c + V.Count, c01);
        if (TVectors.Value > 2) V.Store(c + (V.Count * 2), c02);
        if (TRows.Value > 1)
        {
            V.Store(c + cStride, c10);
            if (TVectors.Value > 1) V.Store(c + cStride + V.Count, c11);
            if (TVectors.Value > 2) V.Store(c + cStride + (V.Count * 2), c12);
        }
        if (TRows.Value > 2)
        {
            V.Store(c + (cStride * 2), c20);
            if (TVectors.Value > 1) V.Store(c + (cStride * 2) + V.Count, c21);
            if (TVectors.Value > 2) V.Store(c + (cStride * 2) + (V.Count * 2), c22);
        }
        if (TRows.Value > 3)
        {
            V.Store(c + (cStride * 3), c30);
            if (TVectors.Value > 1) V.Store(c + (cStride * 3) + V.Count, c31);
            if (TVectors.Value > 2) V.Store(c + (cStride * 3) + (V.Count * 2), c32);
        }
        if (TRows.Value > 4)
        {
            V.Store(c + (cStride * 4), c40);
            if (TVectors.Value > 1) V.Store(c + (cStride * 4) + V.Count, c41);
            if (TVectors.Value > 2) V.Store(c + (cStride * 4) + (V.Count * 2), c42);
        }
        if (TRows.Value > 5)
        {
            V.Store(c + (cStride * 5), c50);
            if (TVectors.Value > 1) V.Store(c + (cStride * 5) + V.Count, c51);
            if (TVectors.Value > 2) V.Store(c + (cStride * 5) + (V.Count * 2), c52);
        }
        if (TRows.Value > 6)
        {
            V.Store(c + (cStride * 6), c60);
            if (TVectors.Value > 1) V.Store(c + (cStride * 6) + V.Count, c61);
            if (TVectors.Value > 2) V.Store(c + (cStride * 6) + (V.Count * 2), c62);
        }
        if (TRows.Value > 7)
        {
            V.Store(c + (cStride * 7), c70);
            if (TVectors.Value > 1) V.Store(c + (cStride * 7) + V.Count, c71);
            if (TVectors.Value > 2) V.Store(c + (cStride * 7) + (V.Count * 2), c72);
        }
    }
}
