using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// What a kernel of an optimizer gets. Every block has the layout of the parameters, a multiple of four floats; gaps between them hold zeros.
/// What changes from update to update lies in memory of the device: what a launch passes is fixed once it is captured in a graph.
/// </summary>
public struct UpdateArguments
{
    /// <summary>The values to update.</summary>
    public ArrayView<float> Parameters;

    /// <summary>Their gradients.</summary>
    public ArrayView<float> Gradients;

    /// <summary>The first blocks of state, each a buffer of its own, so that a kernel knows where it is aligned; empty where there are fewer.</summary>
    public ArrayView<float> First, Second, Third, Fourth;

    /// <summary>The blocks of state after these, one after the other; empty if there are none.</summary>
    public ArrayView<float> More;

    /// <summary>For every so many elements, which set of coefficients counts; not read where there is one set.</summary>
    public ArrayView<int> Sets;

    /// <summary>One number: what to multiply the gradients with; NaN leaves everything as it is.</summary>
    public ArrayView<float> Scale;

    /// <summary>The coefficients of this update, a set after the other.</summary>
    public ArrayView<float> Coefficients;

    /// <summary>The coefficients that count for an element.</summary>
    /// <param name="element">Its number.</param>
    /// <param name="count">How many a set has.</param>
    public readonly ArrayView<float> CoefficientsOf(int element, int count) => Coefficients.SubView(Sets[element / ElementsOfSet] * count, count);

    /// <summary>The elements that a number in <see cref="Sets"/> is about: parameters begin at multiples of it.</summary>
    public const int ElementsOfSet = MemoryContract.Alignment / sizeof(float);

    /// <summary>A block of state after the fourth.</summary>
    /// <param name="index">Its number, from 0 for the fifth.</param>
    public readonly ArrayView<float> MoreBlock(int index) => More.SubView(index * Parameters.Length, Parameters.Length);
}

/// <summary>What a kernel that takes the norm of gradients gets.</summary>
public struct GradientArguments
{
    /// <summary>The gradients.</summary>
    public ArrayView<float> Gradients;

    /// <summary>The partial sums of their squares, then those of the large ones.</summary>
    public ArrayView<float> Sums;

    /// <summary>Receives the scale, then the norm.</summary>
    public ArrayView<float> Scale;

    /// <summary>Receives the coefficients of the update.</summary>
    public ArrayView<float> Coefficients;

    /// <summary>The coefficients for the case that none, one, two … of the updates did not happen whose norms the host had not seen.</summary>
    public ArrayView<float> Candidates;

    /// <summary>One number: how many updates did not happen.</summary>
    public ArrayView<int> Skipped;

    /// <summary>One number: how many of those the host had seen.</summary>
    public ArrayView<int> SkippedBefore;

    /// <summary>One number: what the gradients are too large by, because the loss was scaled.</summary>
    public ArrayView<float> LossScale;

    /// <summary>One number: how many updates were good since it changed.</summary>
    public ArrayView<int> GoodUpdates;

    /// <summary>After so many it doubles; 0 where the loss is not scaled.</summary>
    public int GrowthInterval;

    /// <summary>What turns the sum into a mean, and the norm to clip to; 0 clips nothing.</summary>
    public float MeanScale, ClipNorm;
}

/// <summary>What the kernel gets that gives a model its state back.</summary>
public struct StateArguments
{
    /// <summary>The model's state, a multiple of four floats, and what it was before the update's first step.</summary>
    public ArrayView<float> State, Before;

    /// <summary>One number: what the update multiplied the gradients with; NaN if it was left out.</summary>
    public ArrayView<float> Scale;
}

/// <summary>
/// What every optimizer's update needs beside its formula: the norm of the gradients, in two stages without atomics. The CPU takes it otherwise
/// (GradientNorm): it adds in double what a float cannot hold, where a device scales it.
/// </summary>
public static class UpdateKernels
{
    /// <summary>How many partial sums the norm has at most.</summary>
    public const int NormParts = 256;

    /// <summary>Gradients beyond 2^48 are added up apart, times 2^-80, so that no square of a finite number becomes infinite.</summary>
    const float Large = 281474976710656f, ScaleOfLarge = 8.271806125530277e-25f, LargeAgain = 1.2089258196146292e24f;

    /// <summary>Gives a model the state back that it had before an update that was left out.</summary>
    public static void RestoreState(StateArguments a)
    {
        int i = FirstElement();
        if (i < a.State.Length && DeviceMath.IsNaN(a.Scale[0]))
            Four.Store(a.State, i, Four.Load(a.Before, i));
    }

    /// <summary>Where this thread's four elements begin.</summary>
    static int FirstElement() => Four.Count * (Grid.IdxX * Group.DimX + Group.IdxX);

    /// <summary>The first stage of the norm: each group adds the squares of every so many gradients, then those of the large ones.</summary>
    public static void SquaresOfParts(GradientArguments a)
    {
        var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
        Four total = 0f, large = 0f;
        for (int i = FirstElement(); i < a.Gradients.Length; i += Four.Count * Grid.DimX * Group.DimX)
        {
            Four g = Four.Load(a.Gradients, i), scaled = g * ScaleOfLarge;
            FourFlags isLarge = DeviceMath.Abs(g) > Large;
            total += Four.Select(isLarge, 0f, g * g);
            large += Four.Select(isLarge, scaled * scaled, 0f);
        }
        float groupTotal = default(SharedReduction).Sum(total.Sum(), shared);
        float groupLarge = default(SharedReduction).Sum(large.Sum(), shared);
        if (Group.IdxX != 0)
            return;
        a.Sums[Grid.IdxX] = groupTotal;
        a.Sums[Grid.DimX + Grid.IdxX] = groupLarge;
    }

    /// <summary>
    /// The second stage: the norm of the mean gradient, and the scale that clips it, if it is to be clipped. Here alone it is known, without
    /// asking the host, which of the earlier updates happened, and so which number this one has.
    /// </summary>
    public static void ClippingScale(GradientArguments a)
    {
        var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
        float total = 0f, large = 0f;
        int parts = a.Sums.IntLength / 2, skipped = a.Skipped[0];
        int coefficients = a.Coefficients.IntLength, chosen = (skipped - a.SkippedBefore[0]) * coefficients;
        for (int i = Group.IdxX; i < coefficients; i += Group.DimX)
            a.Coefficients[i] = a.Candidates[chosen + i];
        for (int i = Group.IdxX; i < parts; i += Group.DimX)
        {
            total += a.Sums[i];
            large += a.Sums[parts + i];
        }
        total = default(SharedReduction).Sum(total, shared);
        large = default(SharedReduction).Sum(large, shared);
        if (Group.IdxX != 0)
            return;
        float root = large > 0f ? MathF.Sqrt(large + total * ScaleOfLarge * ScaleOfLarge) * LargeAgain : MathF.Sqrt(total + large);
        bool isFinite = !DeviceMath.IsNaN(total + large) && total + large <= float.MaxValue;
        float mean = a.MeanScale / a.LossScale[0], norm = root * mean;
        // The norm of finite gradients may be beyond a float's range.
        if (isFinite && norm > float.MaxValue)
            norm = float.MaxValue;
        float factor = a.ClipNorm > 0f ? a.ClipNorm / (norm + 1e-6f) : 1f;
        a.Scale[0] = isFinite ? mean * (factor < 1f ? factor : 1f) : float.NaN;
        a.Scale[1] = norm;
        a.Skipped[0] = isFinite ? skipped : skipped + 1;
        if (a.GrowthInterval == 0)
            return;
        int good = a.GoodUpdates[0];
        a.LossScale[0] = LossScaleContract.Next(a.LossScale[0], good, isFinite, a.GrowthInterval);
        a.GoodUpdates[0] = LossScaleContract.GoodUpdates(good, isFinite, a.GrowthInterval);
    }
}
