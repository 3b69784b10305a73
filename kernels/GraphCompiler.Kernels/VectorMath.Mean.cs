using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// A mean of n numbers is measured from one of them, the origin:
//
//     mean = origin + 2 Σ (x/2 - origin/2) (1/n).
//
// What all have in common never meets the rounding of a sum, so the mean of equal numbers is that number; and the running
// total is half a mean's distance from the origin, so nothing overflows where the mean does not.
public static partial class VectorMath
{
    /// <summary>Lanes that can be an origin: those that are not finite become 0, and are then met in the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Origin<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.Select(TVector.LessThanOrEqual(TVector.Abs(value), TVector.Splat(float.MaxValue)), value, TVector.Zero);

    /// <summary>(x - origin) / 2.</summary>
    /// <param name="value">x.</param>
    /// <param name="negativeHalf">-origin / 2.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector HalfDistance<TVector>(TVector value, TVector negativeHalf)
        where TVector : unmanaged, IVector<TVector> =>
        TVector.FusedMultiplyAdd(value, TVector.Splat(0.5f), negativeHalf);

    /// <summary>The mean, from its origin and half its distance from there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Mean<TVector>(TVector origin, TVector halfDistance)
        where TVector : unmanaged, IVector<TVector> => origin + halfDistance + halfDistance;
}
