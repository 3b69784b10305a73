using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

public partial interface IVector<TSelf>
{
    /// <inheritdoc cref="VectorMath.Erf{TVector}"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Erf(TSelf value) => VectorMath.Erf(value);
}

public static partial class VectorMath
{
    /// <summary>
    /// The error function 2/sqrt(π) ∫ e^(-t²) dt from 0 to x, with a relative error below 4e-7, near 0 as well, and never
    /// outside [-1, 1].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf<TVector>(TVector value)
        where TVector : unmanaged, IVector<TVector>
    {
        // x P(x²) / Q(x²). From 3.93 on the result is 1.
        TVector x = TVector.Clamp(value, TVector.Splat(-3.93f), TVector.Splat(3.93f));
        TVector z = x * x;
        TVector p = TVector.Polynomial(
            z, -1.285754792e-8f, 4.619957053e-6f, 3.771648626e-4f, 3.840337740e-3f, 5.425483733e-2f, 1.851490438e-1f, 1.128379226e+0f);
        TVector q = TVector.Polynomial(z, 6.249990111e-5f, 1.302414923e-3f, 1.543492172e-2f, 1.138874367e-1f, 4.974174798e-1f, 1);
        return TVector.Clamp(x * p / q, TVector.Splat(-1), TVector.Splat(1));
    }
}
