using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// What a kernel of an optimizer gets. Every block has the layout of the gradients, a multiple of four floats; gaps between them hold zeros.
/// What changes from update to update lies in memory of the device: what a launch passes is fixed once it is captured in a graph.
/// </summary>
public struct UpdateArguments
{
    /// <summary>The values to update.</summary>
    public UpdatedValues Parameters;

    /// <summary>Their gradients.</summary>
    public ArrayView<float> Gradients;

    /// <summary>The first blocks of state, each a buffer of its own, so that a kernel knows where it is aligned; empty where there are fewer.</summary>
    public ArrayView<float> First, Second, Third, Fourth;

    /// <summary>The blocks of state after these, one after the other; empty if there are none.</summary>
    public ArrayView<float> More;

    /// <summary>For every so many elements, which set of coefficients counts; not read where there is one set.</summary>
    public ArrayView<int> Sets;

    /// <summary>What to multiply the gradients with, at the place of each set's first element; NaN leaves everything as it is.</summary>
    public ArrayView<float> Scale;

    /// <summary>The coefficients of this update, a set after the other.</summary>
    public ArrayView<float> Coefficients;

    /// <summary>The coefficients that count for an element.</summary>
    /// <param name="element">Its number.</param>
    /// <param name="count">How many a set has.</param>
    public readonly ArrayView<float> CoefficientsOf(int element, int count) => Coefficients.SubView(Sets[element / ElementsOfSet] * count, count);

    /// <summary>The scale that counts for an element.</summary>
    /// <param name="element">Its number.</param>
    public readonly ArrayView<float> ScaleOf(int element) => Scale.SubView(Sets[element / ElementsOfSet] * ElementsOfSet, 1);

    /// <summary>For every so many elements, which parameter they belong to; not read by formulas without sums.</summary>
    public ArrayView<int> Owners;

    /// <summary>The sums over each parameter, those of one after those of another; not read by formulas without sums.</summary>
    public ArrayView<float> Sums;

    /// <summary>The sums over the parameter of an element.</summary>
    /// <param name="element">Its number.</param>
    /// <param name="count">How many a formula has.</param>
    public readonly ArrayView<float> SumsOf(int element, int count) => Sums.SubView(Owners[element / ElementsOfSet] * count, count);

    /// <summary>For a kernel of sums: where the part of each group begins and ends, two numbers each.</summary>
    public ArrayView<int> Parts;

    /// <summary>Receives the sums of each part: first one sum of all parts, then the next.</summary>
    public ArrayView<float> PartSums;

    /// <summary>The elements that a number in <see cref="Sets"/> is about: parameters begin at multiples of it.</summary>
    public const int ElementsOfSet = MemoryContract.Alignment / sizeof(float);

    /// <summary>A block of state after the fourth.</summary>
    /// <param name="index">Its number, from 0 for the fifth.</param>
    public readonly ArrayView<float> MoreBlock(int index) => More.SubView(index * Gradients.Length, Gradients.Length);
}

/// <summary>What a kernel that adds up the sums of parts gets.</summary>
public struct SumArguments
{
    /// <summary>The sums of the parts, as <see cref="UpdateArguments.PartSums"/>.</summary>
    public ArrayView<float> PartSums;

    /// <summary>For each of those that have sums, the first of their parts and the one behind their last, two numbers each.</summary>
    public ArrayView<int> Ranges;

    /// <summary>Receives the sums, those of one after those of another.</summary>
    public ArrayView<float> Sums;

    /// <summary>How many sums there are of each.</summary>
    public int Count;
}

/// <summary>What the kernel gets that decides about an update.</summary>
public struct DecisionArguments
{
    /// <summary>The sums over the gradients: of each set that is clipped, then of all if there are several.</summary>
    public SumArguments Gradients;

    /// <summary>Receives what makes the sum of gradients a mean, once a set, at the place of its first element; NaN if the update is left out.</summary>
    public ArrayView<float> Scale;

    /// <summary>Receives the same once.</summary>
    public ArrayView<float> Mean;

    /// <summary>Receives NaN for each set; the norm follows if the update is not left out.</summary>
    public ArrayView<float> Norm;

    /// <summary>Receives the coefficients of the update.</summary>
    public ArrayView<float> Coefficients;

    /// <summary>The coefficients for the case that none, one, two … of the updates did not happen whose norms the host had not seen.</summary>
    public ArrayView<float> Candidates;

    /// <summary>One number: how many updates did not happen.</summary>
    public ArrayView<int> Skipped;

    /// <summary>One number: how many of those the host had seen.</summary>
    public ArrayView<int> SkippedBefore;

    /// <summary>One number: what makes the sum of the steps' gradients a mean.</summary>
    public ArrayView<float> MeanOfSteps;

    /// <summary>One number: what the gradients are too large by, because the loss was scaled.</summary>
    public ArrayView<float> LossScale;

    /// <summary>One number: how many updates were good since it changed.</summary>
    public ArrayView<int> GoodUpdates;

    /// <summary>After so many it doubles; 0 where the loss is not scaled.</summary>
    public int GrowthInterval;
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
/// What updates need beside their formulas, which the compiler writes: a formula's sums are taken in two stages without atomics, of which these
/// are the second, and an update whose gradients are not finite is left out.
/// </summary>
public static class UpdateKernels
{
    /// <summary>Gives a model the state back that it had before an update that was left out.</summary>
    public static void RestoreState(StateArguments a)
    {
        int i = Four.Count * (Grid.IdxX * Group.DimX + Group.IdxX);
        if (i < a.State.Length && DeviceMath.IsNaN(a.Scale[0]))
            Four.Store(a.State, i, Four.Load(a.Before, i));
    }

    /// <summary>The end of a formula's kernel of sums: all threads of the group call.</summary>
    /// <param name="ofThread">What the thread has added up.</param>
    /// <param name="number">Which of the sums.</param>
    /// <param name="shared">Shared memory.</param>
    /// <param name="a">What the kernel was given.</param>
    public static void StoreSum(Four ofThread, int number, ArrayView<float> shared, UpdateArguments a)
    {
        float sum = default(SharedReduction).Sum(ofThread.Sum(), shared);
        if (Group.IdxX == 0)
            a.PartSums[number * Grid.DimX + Grid.IdxX] = sum;
    }

    /// <summary>The sums over parameters from those of their parts: a group for each parameter.</summary>
    public static void SumsOfParameters(SumArguments a)
    {
        var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
        for (int number = 0; number < a.Count; number++)
            StoreSum(a, Grid.IdxX, number, shared);
    }

    static float StoreSum(SumArguments a, int owner, int number, ArrayView<float> shared)
    {
        int parts = a.PartSums.IntLength / a.Count, end = a.Ranges[2 * owner + 1];
        float sum = 0f;
        for (int part = a.Ranges[2 * owner] + Group.IdxX; part < end; part += Group.DimX)
            sum += a.PartSums[number * parts + part];
        sum = default(SharedReduction).Sum(sum, shared);
        if (Group.IdxX == 0)
            a.Sums[owner * a.Count + number] = sum;
        return sum;
    }

    /// <summary>
    /// Decides, from the sums over the gradients, whether an update happens. Here alone it is known, without asking the host, which of the earlier
    /// ones did, and so which number this one has.
    /// </summary>
    public static void Decide(DecisionArguments a)
    {
        var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
        int skipped = a.Skipped[0];
        int coefficients = a.Coefficients.IntLength, chosen = (skipped - a.SkippedBefore[0]) * coefficients;
        for (int i = Group.IdxX; i < coefficients; i += Group.DimX)
            a.Coefficients[i] = a.Candidates[chosen + i];
        bool isFinite = true;
        int sets = a.Gradients.Ranges.IntLength / 2;
        for (int set = 0; set < sets; set++)
        {
            for (int number = 0; number < a.Gradients.Count; number++)
            {
                float sum = StoreSum(a.Gradients, set, number, shared);
                isFinite = isFinite && !DeviceMath.IsNaN(sum) && MathF.Abs(sum) <= float.MaxValue;
            }
        }
        if (Group.IdxX != 0)
            return;
        float mean = isFinite ? a.MeanOfSteps[0] / a.LossScale[0] : float.NaN;
        a.Mean[0] = mean;
        for (int set = 0; set < sets; set++)
        {
            a.Scale[set * UpdateArguments.ElementsOfSet] = mean;
            a.Norm[set * UpdateArguments.ElementsOfSet] = float.NaN;
        }
        a.Skipped[0] = isFinite ? skipped : skipped + 1;
        if (a.GrowthInterval == 0)
            return;
        int good = a.GoodUpdates[0];
        a.LossScale[0] = LossScaleContract.Next(a.LossScale[0], good, isFinite, a.GrowthInterval);
        a.GoodUpdates[0] = LossScaleContract.GoodUpdates(good, isFinite, a.GrowthInterval);
    }
}
