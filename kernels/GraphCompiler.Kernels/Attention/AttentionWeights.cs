using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Weights lie transposed, a row for a key and a lane for a query, so that maxima and sums over the keys are sums of whole
// registers and no lane ever meets another. A strip is a few neighbouring keys: the height of a register tile.
//
// Scores are kept times log2(e), which the queries were multiplied by while they were packed: the softmax is then one of
// powers of two, which need no reduction by ln 2.

/// <summary>What is done with the scores of a strip of keys while it is in the first-level cache.</summary>
internal static unsafe class AttentionWeights
{
    /// <summary>log2(e).</summary>
    public const float Log2OfE = 1.44269504f;

    /// <summary>ln 2.</summary>
    public const float Ln2 = 0.693147181f;

    /// <summary>2^x within 1.2 ulp, for x up to 128; 0 for what is below the subnormal numbers, minus infinity too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V PowerOfTwo<V>(V value)
        where V : unmanaged, IVector<V>
    {
        // 2^x = 2^n 2^r with n = round(x) and |r| ≤ 1/2; the polynomial is a minimax fit of the relative error.
        V x = V.Clamp(value, V.Splat(-160), V.Splat(129));
        V n = V.Round(x);
        V r = x - n;
        V p = V.FusedMultiplyAdd(r, V.Splat(1.535336196e-4f), V.Splat(1.339887502e-3f));
        p = V.FusedMultiplyAdd(r, p, V.Splat(9.618436918e-3f));
        p = V.FusedMultiplyAdd(r, p, V.Splat(5.550332367e-2f));
        p = V.FusedMultiplyAdd(r, p, V.Splat(2.402264774e-1f));
        p = V.FusedMultiplyAdd(r, p, V.Splat(6.931471825e-1f));
        p = V.FusedMultiplyAdd(r, p, V.Splat(1));
        return V.ScaleByPowerOfTwo(p, n);
    }

    /// <summary>maxima = max(maxima, each row of the strip), for each query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Maximum<V>(int rows, int vectors, float* strip, float* maxima)
        where V : unmanaged, IVector<V>
    {
        nint stride = AttentionBlocks.PanelWidth;
        for (int vector = 0; vector < vectors; vector++, strip += V.Count, maxima += V.Count)
        {
            V maximum = V.Load(maxima);
            float* row = strip;
            for (int r = 0; r < rows; r++, row += stride)
            {
                V score = V.Load(row);
                maximum = V.Select(V.GreaterThan(score, maximum), score, maximum);
            }
            V.Store(maxima, maximum);
        }
    }

    /// <summary>
    /// From the maxima of all keys so far: what the sums gathered under the old maxima are to be multiplied by, and maxima
    /// that may be subtracted, 0 in place of the minus infinity of queries that have met no key.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rescale<V>(int vectors, float* maxima, float* newMaxima, float* shifts, float* factors, float* totals)
        where V : unmanaged, IVector<V>
    {
        V nothing = V.Splat(float.NegativeInfinity);
        for (int lane = 0; lane < vectors * V.Count; lane += V.Count)
        {
            V maximum = V.Load(newMaxima + lane);
            V shift = V.Select(V.Equal(maximum, nothing), V.Zero, maximum);
            V factor = PowerOfTwo(V.Load(maxima + lane) - shift);
            V.Store(maxima + lane, maximum);
            V.Store(shifts + lane, shift);
            V.Store(factors + lane, factor);
            V.Store(totals + lane, V.Load(totals + lane) * factor);
        }
    }

    /// <summary>strip = 2^(strip - shifts), added to the totals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exponentials<V>(int rows, int vectors, float* strip, float* shifts, float* totals)
        where V : unmanaged, IVector<V>
    {
        nint stride = AttentionBlocks.PanelWidth;
        for (int vector = 0; vector < vectors; vector++, strip += V.Count, shifts += V.Count, totals += V.Count)
        {
            V shift = V.Load(shifts), total = V.Load(totals);
            float* row = strip;
            for (int r = 0; r < rows; r++, row += stride)
            {
                V weight = PowerOfTwo(V.Load(row) - shift);
                V.Store(row, weight);
                total += weight;
            }
            V.Store(totals, total);
        }
    }

    /// <summary>
    /// Backward: the strip of scores becomes weights, 2^(score - logSumExp), and the strip of the weights' cotangents the
    /// scores' cotangents, weight * (cotangent - delta).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate<V>(
        int rows, int vectors, float* weights, float* cotangents, float* logSumExp, float* deltas)
        where V : unmanaged, IVector<V>
    {
        nint stride = AttentionBlocks.PanelWidth;
        for (int vector = 0; vector < vectors; vector++)
        {
            nint lane = vector * V.Count;
            V shift = V.Load(logSumExp + lane), delta = V.Load(deltas + lane);
            float* weightRow = weights + lane, cotangentRow = cotangents + lane;
            for (int r = 0; r < rows; r++, weightRow += stride, cotangentRow += stride)
            {
                V weight = PowerOfTwo(V.Load(weightRow) - shift);
                V.Store(weightRow, weight);
                V.Store(cotangentRow, weight * (V.Load(cotangentRow) - delta));
            }
        }
    }

    /// <summary>As <see cref="Differentiate{V}"/>, where only the weights are asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Recompute<V>(int rows, int vectors, float* weights, float* logSumExp)
        where V : unmanaged, IVector<V>
    {
        nint stride = AttentionBlocks.PanelWidth;
        for (int vector = 0; vector < vectors; vector++, weights += V.Count, logSumExp += V.Count)
        {
            V shift = V.Load(logSumExp);
            float* row = weights;
            for (int r = 0; r < rows; r++, row += stride)
                V.Store(row, PowerOfTwo(V.Load(row) - shift));
        }
    }

    /// <summary>strip = strip * factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<V>(int rows, int vectors, float* strip, float* factors)
        where V : unmanaged, IVector<V>
    {
        nint stride = AttentionBlocks.PanelWidth;
        for (int row = 0; row < rows; row++, strip += stride, factors += stride)
        {
            for (int lane = 0; lane < vectors * V.Count; lane += V.Count)
                V.Store(strip + lane, V.Load(strip + lane) * V.Load(factors + lane));
        }
    }
}
