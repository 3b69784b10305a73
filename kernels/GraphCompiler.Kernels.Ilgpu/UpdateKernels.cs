using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// The coefficients of one update, which change from step to step. Kernels read them from memory of the device: what a launch passes is
/// fixed once it is captured in a graph.
/// </summary>
public struct UpdateNumbers
{
    /// <summary>What a decaying parameter is multiplied with, and how much of the gradient the first state takes in.</summary>
    public float Keep, Take1;

    /// <summary>The negative learning rate with the first moment's correction, and the second's correction.</summary>
    public float Step, RootCorrection;
}

/// <summary>What a kernel of an optimizer gets. Every block has the layout of the parameters, a multiple of four floats; gaps between them hold zeros.</summary>
public struct UpdateArguments
{
    /// <summary>The values to update.</summary>
    public ArrayView<float> Parameters;

    /// <summary>Their gradients.</summary>
    public ArrayView<float> Gradients;

    /// <summary>The first block of state; empty if there is none.</summary>
    public ArrayView<float> First;

    /// <summary>The second block of state; empty if there is none.</summary>
    public ArrayView<float> Second;

    /// <summary>1 where weight decay applies, else 0; empty if it applies nowhere.</summary>
    public ArrayView<float> Decays;

    /// <summary>One number: what to multiply the gradients with; NaN leaves everything as it is.</summary>
    public ArrayView<float> Scale;

    /// <summary>Whether weight decay applies anywhere.</summary>
    public int HasDecay;

    /// <summary>The coefficients of this update: one element.</summary>
    public ArrayView<UpdateNumbers> Numbers;

    /// <summary>The coefficient of the decay that is added to the gradient.</summary>
    public float Penalty;

    /// <summary>How much of the first and of the second state is kept, how much of the gradient the second takes in, and what keeps a division finite.</summary>
    public float Keep1, Keep2, Take2, Epsilon;

    /// <summary>The parts of the state and of the gradient in a step of gradient descent with momentum.</summary>
    public float Ahead, Now;
}

/// <summary>What a kernel that adds gradients, or takes their norm, gets.</summary>
public struct GradientArguments
{
    /// <summary>The gradients.</summary>
    public ArrayView<float> Gradients;

    /// <summary>Their sum over several steps; or the partial sums of their squares, then those of the large ones.</summary>
    public ArrayView<float> Sums;

    /// <summary>Receives the scale, then the norm.</summary>
    public ArrayView<float> Scale;

    /// <summary>Receives the coefficients of the update.</summary>
    public ArrayView<UpdateNumbers> Numbers;

    /// <summary>The coefficients for the case that none, one, two … of the updates did not happen whose norms the host had not seen.</summary>
    public ArrayView<UpdateNumbers> Candidates;

    /// <summary>One number: how many updates did not happen.</summary>
    public ArrayView<int> Skipped;

    /// <summary>One number: how many of those the host had seen.</summary>
    public ArrayView<int> SkippedBefore;

    /// <summary>Whether the gradients replace the sum.</summary>
    public int Starts;

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

/// <summary>The optimizers' formulas, a thread for four parameters, and the norm of the gradients in two stages without atomics.</summary>
public static class UpdateKernels
{
    /// <summary>How many partial sums the norm has at most.</summary>
    public const int NormParts = 256;

    /// <summary>Gradients beyond 2^48 are added up apart, times 2^-80, so that no square of a finite number becomes infinite.</summary>
    const float Large = 281474976710656f, ScaleOfLarge = 8.271806125530277e-25f, LargeAgain = 1.2089258196146292e24f;

    /// <summary>The formula of Adam and AdamW.</summary>
    public static void Adam(UpdateArguments a)
    {
        int i = FirstElement();
        float scale = a.Scale[0];
        if (i >= a.Parameters.Length || DeviceMath.IsNaN(scale))
            return;
        var now = a.Numbers[0];
        Four decays = Four.Load(a.Decays, i, a.HasDecay != 0), p = Four.Load(a.Parameters, i);
        Four g = decays * a.Penalty * p + Four.Load(a.Gradients, i) * scale;
        Four m = a.Keep1 * Four.Load(a.First, i) + now.Take1 * g;
        Four v = a.Keep2 * Four.Load(a.Second, i) + a.Take2 * (g * g);
        Four.Store(a.First, i, m);
        Four.Store(a.Second, i, v);
        Four keep = Four.Select(Four.NotEqual(decays, 0f), now.Keep, 1f);
        Four.Store(a.Parameters, i, p * keep + now.Step * m / (DeviceMath.Sqrt(v) * now.RootCorrection + a.Epsilon));
    }

    /// <summary>Gradient descent.</summary>
    public static void Descent(UpdateArguments a)
    {
        int i = FirstElement();
        float scale = a.Scale[0];
        if (i >= a.Parameters.Length || DeviceMath.IsNaN(scale))
            return;
        Four decays = Four.Load(a.Decays, i, a.HasDecay != 0), p = Four.Load(a.Parameters, i);
        Four.Store(a.Parameters, i, p + a.Numbers[0].Step * (decays * a.Penalty * p + Four.Load(a.Gradients, i) * scale));
    }

    /// <summary>Gradient descent with momentum.</summary>
    public static void Momentum(UpdateArguments a)
    {
        int i = FirstElement();
        float scale = a.Scale[0];
        if (i >= a.Parameters.Length || DeviceMath.IsNaN(scale))
            return;
        var now = a.Numbers[0];
        Four decays = Four.Load(a.Decays, i, a.HasDecay != 0), p = Four.Load(a.Parameters, i);
        Four g = decays * a.Penalty * p + Four.Load(a.Gradients, i) * scale;
        Four b = a.Keep1 * Four.Load(a.First, i) + now.Take1 * g;
        Four.Store(a.First, i, b);
        Four.Store(a.Parameters, i, p + now.Step * (a.Ahead * b + a.Now * g));
    }

    /// <summary>Gives a model the state back that it had before an update that was left out.</summary>
    public static void RestoreState(StateArguments a)
    {
        int i = FirstElement();
        if (i < a.State.Length && DeviceMath.IsNaN(a.Scale[0]))
            Four.Store(a.State, i, Four.Load(a.Before, i));
    }

    /// <summary>Adds the gradients of a step to the sum.</summary>
    public static void Accumulate(GradientArguments a)
    {
        int i = FirstElement();
        if (i >= a.Gradients.Length)
            return;
        Four gradients = Four.Load(a.Gradients, i);
        Four.Store(a.Sums, i, a.Starts != 0 ? gradients : Four.Load(a.Sums, i) + gradients);
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
        int parts = a.Sums.IntLength / 2;
        for (int i = Group.IdxX; i < parts; i += Group.DimX)
        {
            total += a.Sums[i];
            large += a.Sums[parts + i];
        }
        total = default(SharedReduction).Sum(total, shared);
        large = default(SharedReduction).Sum(large, shared);
        if (Group.IdxX != 0)
            return;
        int skipped = a.Skipped[0];
        a.Numbers[0] = a.Candidates[skipped - a.SkippedBefore[0]];
        float root = large > 0f ? MathF.Sqrt(large + total * ScaleOfLarge * ScaleOfLarge) * LargeAgain : MathF.Sqrt(total + large);
        bool isFinite = !DeviceMath.IsNaN(total + large) && total + large <= float.MaxValue;
        float norm = root * a.MeanScale;
        // The norm of finite gradients may be beyond a float's range.
        if (isFinite && norm > float.MaxValue)
            norm = float.MaxValue;
        float factor = a.ClipNorm > 0f ? a.ClipNorm / (norm + 1e-6f) : 1f;
        a.Scale[0] = isFinite ? a.MeanScale * (factor < 1f ? factor : 1f) : float.NaN;
        a.Scale[1] = norm;
        a.Skipped[0] = isFinite ? skipped : skipped + 1;
    }
}
