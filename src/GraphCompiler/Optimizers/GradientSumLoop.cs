using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GraphCompiler;

/// <summary>Adds one run of gradients to their sum, element by element.</summary>
internal static class GradientSumLoop
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<float> sum, ReadOnlySpan<float> gradients)
    {
        Span<Vector<float>> sumVectors = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        for (int index = 0; index < sumVectors.Length && index < gradientVectors.Length; index++)
            sumVectors[index] += gradientVectors[index];

        for (int index = sumVectors.Length * Vector<float>.Count; index < sum.Length; index++)
            sum[index] += gradients[index];
    }
}
