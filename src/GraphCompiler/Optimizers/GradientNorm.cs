using System.Runtime.CompilerServices;
using GraphCompiler.Kernels;

namespace GraphCompiler;

/// <summary>
/// The sum of squares of a run of gradients. Four vectors of partial sums, added in a fixed order. A sum that leaves
/// the range of a float, as it does for gradients over 1e19, is taken again in double, so that only a gradient that is
/// itself NaN or infinite gives a sum that is not finite.
/// </summary>
internal static unsafe class GradientNorm
{
    public static double SumOfSquares(float* values, int count)
    {
        float sum = VectorWidth.Widest switch
        {
            512 => SumOfSquares<Float512>(values, count),
            256 => SumOfSquares<Float256>(values, count),
            _ => SumOfSquares<Float128>(values, count),
        };
        return float.IsFinite(sum) ? sum : SumOfSquaresInDouble(values, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float SumOfSquares<TVector>(float* values, int count)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector sum0 = TVector.Zero, sum1 = TVector.Zero, sum2 = TVector.Zero, sum3 = TVector.Zero;
        int index = 0;
        for (; index <= count - 4 * TVector.Count; index += 4 * TVector.Count)
        {
            TVector value0 = TVector.Load(values + index), value1 = TVector.Load(values + index + TVector.Count);
            TVector value2 = TVector.Load(values + index + 2 * TVector.Count), value3 = TVector.Load(values + index + 3 * TVector.Count);
            sum0 = TVector.FusedMultiplyAdd(value0, value0, sum0);
            sum1 = TVector.FusedMultiplyAdd(value1, value1, sum1);
            sum2 = TVector.FusedMultiplyAdd(value2, value2, sum2);
            sum3 = TVector.FusedMultiplyAdd(value3, value3, sum3);
        }

        for (; index < count; index += TVector.Count)
        {
            TVector value = TVector.LoadPartial(values + index, Math.Min(TVector.Count, count - index));
            sum0 = TVector.FusedMultiplyAdd(value, value, sum0);
        }

        return TVector.SumLanes(sum0 + sum1 + (sum2 + sum3));
    }

    static double SumOfSquaresInDouble(float* values, int count)
    {
        double sum = 0;
        for (int index = 0; index < count; index++)
            sum += (double)values[index] * values[index];
        return sum;
    }
}
