using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// A product of great depth whose result has few tiles leaves most of a device idle. So its depth is cut into slices: groups of
/// their own store the sums of each, and a second launch adds them, always in the same order, and hands them to the epilogue.
/// </summary>
public static class DepthSlices
{
    /// <summary>A slice is at least so deep.</summary>
    public const int Fewest = ProductContract.FewestOfSlice;

    /// <summary>Slices begin at multiples of this: whole steps of every template, and places from which 16 bytes can be read.</summary>
    const int Grain = 32;

    /// <summary>Into how many slices a depth is cut.</summary>
    public static int Count(int depth, int most)
    {
        int worthwhile = depth / Fewest;
        return worthwhile < 1 ? 1 : worthwhile < most ? worthwhile : most;
    }

    /// <summary>How deep a slice is; the last ones may be less deep, or empty.</summary>
    public static int Depth(int depth, int slices) => ((depth + slices - 1) / slices + Grain - 1) / Grain * Grain;

    /// <summary>Where the slice ends that begins at a depth.</summary>
    public static int End(int depth, int slices, int first)
    {
        int end = first + Depth(depth, slices);
        return end < depth ? end : depth;
    }

    /// <summary>
    /// Adds the slices' sums of m x n numbers for each item of a batch, a thread four neighbours where rows are whole fours and the
    /// epilogue takes them so, else one, and hands them to the epilogue.
    /// </summary>
    /// <param name="parts">The sums of the slices, an item after the other.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="items">The items of the batch.</param>
    /// <param name="m">The rows of a result.</param>
    /// <param name="n">Its columns.</param>
    /// <param name="slices">Into how many slices the depth was cut.</param>
    /// <param name="epilogue">What takes the sums.</param>
    public static void Add<TEpilogue>(ArrayView<float> parts, int start, int items, int m, int n, int slices, TEpilogue epilogue)
        where TEpilogue : struct, IProductEpilogue
    {
        bool byFours = epilogue.IsVector && n % Four.Count == 0;
        int i = (Grid.IdxX * Group.DimX + Group.IdxX) * (byFours ? Four.Count : 1), size = m * n;
        if (i >= items * size)
            return;
        int item = items == 1 ? 0 : i / size, place = i - item * size, row = place / n, column = place - row * n;
        int at = start + item * slices * size + place;
        if (byFours)
            epilogue.StoreFour(item, row, column, SumOfFours(parts, at, slices, size));
        else
            epilogue.Store(item, row, column, Sum(parts, at, slices, size));
    }

    static float Sum(ArrayView<float> parts, int at, int slices, int stride)
    {
        float sum = 0f;
        int slice = 0;
        // Four are read before the first is added: ILGPU unrolls no loops, and each turn waits for memory.
        for (; slice + 4 <= slices; slice += 4)
        {
            float a = parts[at], b = parts[at + stride], c = parts[at + 2 * stride], d = parts[at + 3 * stride];
            sum = sum + a + b + c + d;
            at += 4 * stride;
        }
        for (; slice < slices; slice++)
        {
            sum += parts[at];
            at += stride;
        }
        return sum;
    }

    static Four SumOfFours(ArrayView<float> parts, int at, int slices, int stride)
    {
        Four sum = 0f;
        int slice = 0;
        for (; slice + 2 <= slices; slice += 2)
        {
            Four a = Four.Load(parts, at), b = Four.Load(parts, at + stride);
            sum = sum + a + b;
            at += 2 * stride;
        }
        if (slice < slices)
            sum += Four.Load(parts, at);
        return sum;
    }
}
