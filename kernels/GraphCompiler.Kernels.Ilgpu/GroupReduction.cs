using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// How threads of a group combine a number each to one that all of them get. Every thread of the group must call; the
/// order of combination depends on the number of threads alone.
/// </summary>
public interface IGroupReduction
{
    /// <summary>The sum over the group, whose size is a power of two.</summary>
    float Sum(float value, ArrayView<float> shared);

    /// <summary>The largest of the group, whose size is a power of two; NaN if any is.</summary>
    float Max(float value, ArrayView<float> shared);

    /// <summary>The sum over so many threads: all of the group, a multiple of 32; or 32 or a smaller power of two, and the group's threads combine in teams.</summary>
    float Sum(float value, ArrayView<float> shared, int threads);

    /// <summary>As <see cref="Sum(float, ArrayView{float}, int)"/> the largest; NaN if any is.</summary>
    float Max(float value, ArrayView<float> shared, int threads);

    /// <summary>As <see cref="Sum(float, ArrayView{float}, int)"/> the smallest; NaN if any is.</summary>
    float Min(float value, ArrayView<float> shared, int threads);

    /// <summary>Four sums over teams of a warp's threads, or of fewer, a power of two.</summary>
    Four Sum(Four value, ArrayView<Four> shared, int threads);

    /// <summary>Four times the largest of teams of a warp's threads, or of fewer, a power of two; NaN if any is.</summary>
    Four Max(Four value, ArrayView<Four> shared, int threads);
}

/// <summary>How two numbers become one.</summary>
public interface ICombination
{
    /// <summary>The combination of two numbers.</summary>
    float Combine(float a, float b);

    /// <summary>The combinations of four pairs.</summary>
    Four Combine(Four a, Four b);
}

/// <summary>Addition.</summary>
public readonly struct Addition : ICombination
{
    /// <inheritdoc/>
    public float Combine(float a, float b) => a + b;

    /// <inheritdoc/>
    public Four Combine(Four a, Four b) => a + b;
}

/// <summary>The larger of two.</summary>
public readonly struct Maximum : ICombination
{
    /// <inheritdoc/>
    public float Combine(float a, float b) => DeviceMath.Max(a, b);

    /// <inheritdoc/>
    public Four Combine(Four a, Four b) => DeviceMath.Max(a, b);
}

/// <summary>The smaller of two.</summary>
public readonly struct Minimum : ICombination
{
    /// <inheritdoc/>
    public float Combine(float a, float b) => DeviceMath.Min(a, b);

    /// <inheritdoc/>
    public Four Combine(Four a, Four b) => DeviceMath.Min(a, b);
}

/// <summary>Through shared memory, in two stages: for devices without warps, or whose warps exchange nothing.</summary>
public readonly struct SharedReduction : IGroupReduction
{
    const int Parts = 16;

    /// <inheritdoc/>
    public float Sum(float value, ArrayView<float> shared) => Sum(value, shared, Group.DimX);

    /// <inheritdoc/>
    public float Max(float value, ArrayView<float> shared) => Max(value, shared, Group.DimX);

    /// <inheritdoc/>
    public float Sum(float value, ArrayView<float> shared, int threads) => Reduce(value, shared, threads, default(Addition));

    /// <inheritdoc/>
    public float Max(float value, ArrayView<float> shared, int threads) => Reduce(value, shared, threads, default(Maximum));

    /// <inheritdoc/>
    public float Min(float value, ArrayView<float> shared, int threads) => Reduce(value, shared, threads, default(Minimum));

    /// <inheritdoc/>
    public Four Sum(Four value, ArrayView<Four> shared, int threads) => Reduce(value, shared, threads, default(Addition));

    /// <inheritdoc/>
    public Four Max(Four value, ArrayView<Four> shared, int threads) => Reduce(value, shared, threads, default(Maximum));

    static float Reduce<TCombination>(float value, ArrayView<float> shared, int threads, TCombination combination)
        where TCombination : struct, ICombination
    {
        int first = Group.IdxX / threads * threads, thread = Group.IdxX - first, parts = threads < Parts ? threads : Parts;
        shared[Group.IdxX] = value;
        Group.Barrier();
        if (threads > Parts)
        {
            // Few threads combine many numbers each: that costs less than a barrier for every halving.
            if (thread < parts)
            {
                for (int other = thread + parts; other < threads; other += parts)
                    value = combination.Combine(value, shared[first + other]);
                shared[Group.IdxX] = value;
            }
            Group.Barrier();
        }
        float result = shared[first];
        for (int part = 1; part < parts; part++)
            result = combination.Combine(result, shared[first + part]);
        // Nobody may write for the next reduction before all have read this one's result.
        Group.Barrier();
        return result;
    }

    static Four Reduce<TCombination>(Four value, ArrayView<Four> shared, int threads, TCombination combination)
        where TCombination : struct, ICombination
    {
        int first = Group.IdxX / threads * threads;
        shared[Group.IdxX] = value;
        Group.Barrier();
        Four result = shared[first];
        for (int thread = 1; thread < threads; thread++)
            result = combination.Combine(result, shared[first + thread]);
        Group.Barrier();
        return result;
    }
}

/// <summary>By exchanges within each warp, then among the warps' results through shared memory.</summary>
public readonly struct WarpReduction : IGroupReduction
{
    /// <inheritdoc/>
    public float Sum(float value, ArrayView<float> shared) => Sum(value, shared, Group.DimX);

    /// <inheritdoc/>
    public float Max(float value, ArrayView<float> shared) => Max(value, shared, Group.DimX);

    /// <inheritdoc/>
    public float Sum(float value, ArrayView<float> shared, int threads) => Reduce(value, shared, threads, default(Addition));

    /// <inheritdoc/>
    public float Max(float value, ArrayView<float> shared, int threads) => Reduce(value, shared, threads, default(Maximum));

    /// <inheritdoc/>
    public float Min(float value, ArrayView<float> shared, int threads) => Reduce(value, shared, threads, default(Minimum));

    /// <inheritdoc/>
    public Four Sum(Four value, ArrayView<Four> shared, int threads) => Reduce(value, shared, threads, default(Addition));

    /// <inheritdoc/>
    public Four Max(Four value, ArrayView<Four> shared, int threads) => Reduce(value, shared, threads, default(Maximum));

    static float Reduce<TCombination>(float value, ArrayView<float> shared, int threads, TCombination combination)
        where TCombination : struct, ICombination
    {
        for (int mask = (threads < Warp.WarpSize ? threads : Warp.WarpSize) / 2; mask > 0; mask /= 2)
            value = combination.Combine(value, Warp.ShuffleXor(value, mask));
        int warps = threads / Warp.WarpSize;
        if (warps <= 1)
            return value;
        if (Warp.LaneIdx == 0)
            shared[Group.IdxX / Warp.WarpSize] = value;
        Group.Barrier();
        float result = shared[0];
        for (int warp = 1; warp < warps; warp++)
            result = combination.Combine(result, shared[warp]);
        Group.Barrier();
        return result;
    }

    static Four Reduce<TCombination>(Four value, ArrayView<Four> shared, int threads, TCombination combination)
        where TCombination : struct, ICombination
    {
        for (int mask = threads / 2; mask > 0; mask /= 2)
        {
            value = combination.Combine(value, new Four
            {
                X = Warp.ShuffleXor(value.X, mask),
                Y = Warp.ShuffleXor(value.Y, mask),
                Z = Warp.ShuffleXor(value.Z, mask),
                W = Warp.ShuffleXor(value.W, mask),
            });
        }
        return value;
    }
}

/// <summary>How many threads the groups of emitted kernels have.</summary>
public static class GroupSizes
{
    /// <summary>The most threads of any group; a device must have as many.</summary>
    public const int Largest = GroupContract.Largest;

    /// <summary>The most threads of a row that shares its group with other rows.</summary>
    public const int Warp = GroupContract.Warp;

    /// <summary>Threads of a group that computes elements independently.</summary>
    public const int Elements = 256;
}
