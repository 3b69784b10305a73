using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace GraphCompiler.Kernels;

/// <summary>
/// The sizes of blocks that the products are cut into, from facts of today's cores: 32 or 48 KiB of first-level cache,
/// 1 MiB or more of second-level cache, 16 or 32 vector registers. All are constants when the JIT sees them.
/// </summary>
internal static class TileShape
{
    /// <summary>
    /// The longest run of k between two visits of an element of C: a strip of A, 8 rows of it, fills 16 KiB.
    /// </summary>
    public const int MaxDepth = 512;

    /// <summary>The most columns of C worked on at a time; a strip of sums, 8 rows of it, fills 24 KiB.</summary>
    public const int MaxColumns = 768;

    /// <summary>Floats of the packed block of B, which stays in the second-level cache.</summary>
    public const int PackedBFloats = 192 * 1024;

    /// <summary>
    /// Floats of the sums that wait for the next run of k, where the epilogue cannot take unfinished sums.
    /// </summary>
    public const int PartialSumFloats = 512 * 1024;

    /// <summary>Rows of A that are packed together: whole tiles and whole vectors of any width.</summary>
    public const int PackedRows = 48;

    /// <summary>Floats of the packed rows of A.</summary>
    public const int PackedAFloats = PackedRows * MaxDepth;

    /// <summary>Whether there are 32 vector registers rather than 16.</summary>
    public static bool ManyRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported;
    }

    /// <summary>Rows of a full register tile.</summary>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ManyRegisters ? 8 : 6;
    }

    /// <summary>Vectors in a row of a full register tile.</summary>
    public static int Vectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ManyRegisters ? 3 : 2;
    }
}
