using System.Runtime.Intrinsics;

namespace GraphCompiler.Kernels;

/// <summary>Which of the vector types the hardware works with directly.</summary>
public static class VectorWidth
{
    /// <summary>
    /// The widest register in bits: 512 (<see cref="Float512"/>), 256 (<see cref="Float256"/>) or 128
    /// (<see cref="Float128"/>). A constant to the JIT, so a choice made by it costs nothing at run time.
    /// </summary>
    public static int Widest =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
