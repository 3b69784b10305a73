using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>What a kernel of an optimizer gets. Every block has the layout of the parameters; gaps between them hold zeros.</summary>
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

    /// <summary>The coefficient of the decay that is added to the gradient, and what a decaying parameter is multiplied with.</summary>
    public float Penalty, Keep;

    /// <summary>How much of the first and of the second state is kept, and how much of the gradient is taken in.</summary>
    public float Keep1, Take1, Keep2, Take2;

    /// <summary>The negative learning rate with the first moment's correction, the second's, and what keeps the division finite.</summary>
    public float Step, RootCorrection, Epsilon;

    /// <summary>The parts of the state and of the gradient in a step of gradient descent with momentum.</summary>
    public float Ahead, Now;
}

/// <summary>What a kernel that adds gradients, or takes their norm, gets.</summary>
public struct GradientArguments
{
    /// <summary>The gradients.</summary>
    public ArrayView<float> Gradients;

    /// <summary>Their sum over several steps; or the partial sums of their squares.</summary>
    public ArrayView<float> Sums;

    /// <summary>Receives the scale, then the norm.</summary>
    public ArrayView<float> Scale;

    /// <summary>Whether the gradients replace the sum.</summary>
    public int Starts;

    /// <summary>What turns the sum into a mean, and the norm to clip to; 0 clips nothing.</summary>
    public float MeanScale, ClipNorm;
}

/// <summary>The optimizers' formulas, a thread a parameter, and the norm of the gradients in two stages without atomics.</summary>
public static class UpdateKernels
{
    /// <summary>How many partial sums the norm has at most.</summary>
    public const int NormParts = 256;

    /// <summary>The formula of Adam and AdamW.</summary>
    public static void Adam(UpdateArguments a)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        float scale = a.Scale[0];
        if (i >= a.Parameters.Length || DeviceMath.IsNaN(scale))
            return;
        float decays = a.HasDecay != 0 ? a.Decays[i] : 0f;
        float p = a.Parameters[i];
        float g = decays * a.Penalty * p + a.Gradients[i] * scale;
        float m = a.Keep1 * a.First[i] + a.Take1 * g;
        float v = a.Keep2 * a.Second[i] + a.Take2 * (g * g);
        a.First[i] = m;
        a.Second[i] = v;
        float keep = decays != 0f ? a.Keep : 1f;
        a.Parameters[i] = p * keep + a.Step * m / (MathF.Sqrt(v) * a.RootCorrection + a.Epsilon);
    }

    /// <summary>Gradient descent.</summary>
    public static void Descent(UpdateArguments a)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        float scale = a.Scale[0];
        if (i >= a.Parameters.Length || DeviceMath.IsNaN(scale))
            return;
        float decays = a.HasDecay != 0 ? a.Decays[i] : 0f;
        float p = a.Parameters[i];
        a.Parameters[i] = p + a.Step * (decays * a.Penalty * p + a.Gradients[i] * scale);
    }

    /// <summary>Gradient descent with momentum.</summary>
    public static void Momentum(UpdateArguments a)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        float scale = a.Scale[0];
        if (i >= a.Parameters.Length || DeviceMath.IsNaN(scale))
            return;
        float decays = a.HasDecay != 0 ? a.Decays[i] : 0f;
        float p = a.Parameters[i];
        float g = decays * a.Penalty * p + a.Gradients[i] * scale;
        float b = a.Keep1 * a.First[i] + a.Take1 * g;
        a.First[i] = b;
        a.Parameters[i] = p + a.Step * (a.Ahead * b + a.Now * g);
    }

    /// <summary>Adds the gradients of a step to the sum.</summary>
    public static void Accumulate(GradientArguments a)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        if (i < a.Gradients.Length)
            a.Sums[i] = a.Starts != 0 ? a.Gradients[i] : a.Sums[i] + a.Gradients[i];
    }

    /// <summary>The first stage of the norm: each group adds the squares of every so many gradients.</summary>
    public static void SquaresOfParts(GradientArguments a)
    {
        var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
        float total = 0f;
        for (long i = Grid.IdxX * Group.DimX + Group.IdxX; i < a.Gradients.Length; i += Grid.DimX * Group.DimX)
            total += a.Gradients[i] * a.Gradients[i];
        total = default(SharedReduction).Sum(total, shared);
        if (Group.IdxX == 0)
            a.Sums[Grid.IdxX] = total;
    }

    /// <summary>The second stage: the norm of the mean gradient, and the scale that clips it.</summary>
    public static void ClippingScale(GradientArguments a)
    {
        var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
        float total = 0f;
        for (int i = Group.IdxX; i < a.Sums.Length; i += Group.DimX)
            total += a.Sums[i];
        total = default(SharedReduction).Sum(total, shared);
        if (Group.IdxX != 0)
            return;
        float norm = MathF.Sqrt(total) * a.MeanScale;
        float factor = a.ClipNorm / (norm + 1e-6f);
        a.Scale[0] = norm <= float.MaxValue ? a.MeanScale * (factor < 1f ? factor : 1f) : float.NaN;
        a.Scale[1] = norm;
    }
}
