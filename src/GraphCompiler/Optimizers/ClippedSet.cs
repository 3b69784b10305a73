using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>Clips the gradients of parameters by <see cref="GradientClipping"/>, from sums over these gradients.</summary>
internal sealed unsafe class ClippedSet
{
    readonly float[] coefficients;

    public ClippedSet(GradientClipping clipping)
    {
        Formula = clipping.Formula;
        coefficients = new float[Formula.Coefficients];
        Formula.Prepare(new UpdateStep(0, 1, 0), coefficients);
    }

    /// <summary>How the gradients of each of the settings are clipped, and, last, all of them, which are not: for their norm.</summary>
    public static ClippedSet[] Of(UpdateSettings[] settings, bool addsLargeApart) =>
    [
        .. settings.Select(each => new ClippedSet(new GradientClipping { LargestNorm = each.ClipNorm, AddsLargeApart = addsLargeApart })),
        new ClippedSet(new GradientClipping { AddsLargeApart = addsLargeApart }),
    ];

    /// <summary>How many sums there are.</summary>
    public int Sums => Formula.Sums;

    public UpdateFormula Formula { get; }

    /// <summary>The coefficients of the formula.</summary>
    public ReadOnlySpan<float> Coefficients => coefficients;

    /// <summary>What to multiply the gradients with.</summary>
    /// <param name="sums">The sums over them.</param>
    /// <param name="mean">What makes them, a sum, a mean.</param>
    /// <param name="norm">The norm of the mean; not finite if a gradient is not.</param>
    public float Scale(double* sums, float mean, out float norm)
    {
        float* rounded = stackalloc float[Sums];
        for (int number = 0; number < Sums; number++)
        {
            rounded[number] = (float)sums[number];
            if (!float.IsFinite(rounded[number]))
                return norm = float.NaN;
        }
        float scale = mean, whole = 1;
        fixed (float* numbers = coefficients, length = &norm)
            Formula.Apply(&scale, null, &whole, numbers, rounded, length, 0, 1);
        return scale;
    }
}
