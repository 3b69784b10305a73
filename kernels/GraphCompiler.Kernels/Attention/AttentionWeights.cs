using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Weights lie transposed, a row for a key and a lane for a query, so that maxima and sums over the keys are sums of
// whole registers and no lane ever meets another. A strip is a few neighbouring keys: the height of a register tile.
//
// The softmax is one of powers of two: scores are multiplied by scale * log2(e) where a maximum or the log-sum-exp is
// subtracted from them, which is one instruction, and 2^x needs no reduction by ln 2.

/// <summary>What is done with the scores of a strip of keys while it is in the first-level cache.</summary>
internal static unsafe class AttentionWeights
{
    /// <summary>log2(e).</summary>
    public const float Log2OfE = 1.44269504f;

    /// <summary>ln 2.</summary>
    public const float Ln2 = 0.693147181f;

    /// <summary>
    /// 2^x within 1.2 ulp, for x up to 128; 0 for what is below the subnormal numbers, minus infinity too.
    /// </summary>
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
        for (int vector = 0; vector < vectors; vector++, strip += V.Count, maxima += V.Count)
        {
            V maximum = V.Load(maxima);
            float* row = strip;
            for (int r = 0; r < rows; r++, row += AttentionBlocks.PanelWidth)
                maximum = Larger(V.Load(row), maximum);
            V.Store(maxima, maximum);
        }
    }

    /// <summary>
    /// As <see cref="Maximum{V}"/> for registers [<paramref name="first"/>, <paramref name="end"/>) of a strip that
    /// is not whole: scores that do not count become minus infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaskedMaximum<V>(
        int rows, int first, int end, float* strip, float* maxima, in StripMask mask)
        where V : unmanaged, IVector<V>
    {
        V nothing = V.Splat(float.NegativeInfinity);
        for (int row = 0; row < rows; row++, strip += AttentionBlocks.PanelWidth)
        {
            V low = mask.Low<V>(row), high = mask.High<V>(row);
            for (int lane = first * V.Count; lane < end * V.Count; lane += V.Count)
            {
                V score = V.Select(StripMask.Keep(lane, low, high), V.Load(strip + lane), nothing);
                V.Store(strip + lane, score);
                V.Store(maxima + lane, Larger(score, V.Load(maxima + lane)));
            }
        }
    }

    /// <summary>The larger lanes; NaN shows in the weights whether or not it does here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Larger<V>(V a, V b) where V : unmanaged, IVector<V> => V.Select(V.GreaterThan(a, b), a, b);

    /// <summary>
    /// From the maxima of all keys so far: what the sums gathered under the old maxima are to be multiplied by, and
    /// shifts to add to the scaled scores, 0 for queries that have met no key.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rescale<V>(
        int vectors, float scale, float* maxima, float* newMaxima, float* shifts, float* factors, float* totals)
        where V : unmanaged, IVector<V>
    {
        V nothing = V.Splat(float.NegativeInfinity), scales = V.Splat(scale);
        for (int lane = 0; lane < vectors * V.Count; lane += V.Count)
        {
            V maximum = V.Load(newMaxima + lane);
            V shift = V.Select(V.Equal(maximum, nothing), V.Zero, -(maximum * scales));
            V factor = PowerOfTwo(V.FusedMultiplyAdd(V.Load(maxima + lane), scales, shift));
            V.Store(maxima + lane, maximum);
            V.Store(shifts + lane, shift);
            V.Store(factors + lane, factor);
            V.Store(totals + lane, V.Load(totals + lane) * factor);
        }
    }

    /// <summary>strip = 2^(strip * scale + shifts), added to the totals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exponentials<V>(int rows, int vectors, float scale, float* strip, float* shifts, float* totals)
        where V : unmanaged, IVector<V>
    {
        V scales = V.Splat(scale);
        for (int vector = 0; vector < vectors; vector++, strip += V.Count, shifts += V.Count, totals += V.Count)
        {
            V shift = V.Load(shifts), total = V.Load(totals);
            float* row = strip;
            for (int r = 0; r < rows; r++, row += AttentionBlocks.PanelWidth)
            {
                V weight = PowerOfTwo(V.FusedMultiplyAdd(V.Load(row), scales, shift));
                V.Store(row, weight);
                total += weight;
            }
            V.Store(totals, total);
        }
    }

    /// <summary>
    /// Backward: the strip of scores becomes weights, 2^(score * scale + shift), and the strip of the weights'
    /// cotangents the scores' cotangents, weight * (cotangent - delta).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate<V>(
        int rows, int vectors, float scale, float* weights, float* cotangents, float* shifts, float* deltas)
        where V : unmanaged, IVector<V>
    {
        V scales = V.Splat(scale);
        for (int vector = 0; vector < vectors; vector++)
        {
            nint lane = vector * V.Count;
            V shift = V.Load(shifts + lane), delta = V.Load(deltas + lane);
            float* weightRow = weights + lane, cotangentRow = cotangents + lane;
            for (int r = 0; r < rows; r++)
            {
                V weight = PowerOfTwo(V.FusedMultiplyAdd(V.Load(weightRow), scales, shift));
                V.Store(weightRow, weight);
                V.Store(cotangentRow, weight * (V.Load(cotangentRow) - delta));
                weightRow += AttentionBlocks.PanelWidth;
                cotangentRow += AttentionBlocks.PanelWidth;
            }
        }
    }

    /// <summary>
    /// As <see cref="Differentiate{V}"/> for registers [<paramref name="first"/>, <paramref name="end"/>) of a strip
    /// that is not whole: what does not count becomes 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaskedDifferentiate<V>(
        int rows, int first, int end, float scale, float* weights, float* cotangents, float* shifts, float* deltas,
        in StripMask mask)
        where V : unmanaged, IVector<V>
    {
        V scales = V.Splat(scale);
        for (int row = 0; row < rows; row++)
        {
            V low = mask.Low<V>(row), high = mask.High<V>(row);
            for (int lane = first * V.Count; lane < end * V.Count; lane += V.Count)
            {
                V keep = StripMask.Keep(lane, low, high);
                V weight = PowerOfTwo(V.FusedMultiplyAdd(V.Load(weights + lane), scales, V.Load(shifts + lane)));
                V cotangent = weight * (V.Load(cotangents + lane) - V.Load(deltas + lane));
                V.Store(weights + lane, V.And(weight, keep));
                V.Store(cotangents + lane, V.And(cotangent, keep));
            }
            weights += AttentionBlocks.PanelWidth;
            cotangents += AttentionBlocks.PanelWidth;
        }
    }

    /// <summary>strip = strip * factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<V>(int rows, int vectors, float* strip, float* factors)
        where V : unmanaged, IVector<V>
    {
        const int stride = AttentionBlocks.PanelWidth;
        for (int row = 0; row < rows; row++, strip += stride, factors += stride)
        {
            for (int lane = 0; lane < vectors * V.Count; lane += V.Count)
                V.Store(strip + lane, V.Load(strip + lane) * V.Load(factors + lane));
        }
    }
}
