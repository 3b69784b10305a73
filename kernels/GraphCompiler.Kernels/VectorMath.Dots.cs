using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

public unsafe partial interface IVector<TSelf>
{
    /// <summary>
    /// Adds to each 32-bit integer of <paramref name="sum"/> the products of the four unsigned bytes in the same lane of
    /// <paramref name="unsigned"/> with the four signed bytes of <paramref name="signed"/>. Nothing saturates.
    /// </summary>
    static virtual TSelf AddDots(TSelf sum, TSelf unsigned, TSelf signed) => VectorMath.AddDots(sum, unsigned, signed);
}

public static partial class VectorMath
{
    /// <summary>The four products of each lane one after the other, for hardware without an instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AddDots<TVector>(TVector sum, TVector unsigned, TVector signed)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector mask = TVector.SplatBits(0xFF);
        for (int bit = 0; bit < 32; bit += 8)
        {
            TVector u = TVector.And(TVector.ShiftBitsRight(unsigned, bit), mask);
            TVector s = TVector.ShiftBitsRightSigned(TVector.ShiftBitsLeft(signed, 24 - bit), 24);
            sum = TVector.AddBits(sum, TVector.MultiplyBits(u, s));
        }
        return sum;
    }
}
