namespace GraphCompiler.Ptx;

/// <summary>How kernels are run.</summary>
public sealed record PtxMachineOptions
{
    /// <summary>Whether accesses to shared and global memory are checked for races.</summary>
    public bool CheckRaces { get; init; } = true;

    /// <summary>
    /// Whether it is a fault to read shared memory that nobody has written, if races are checked. It holds numbers that are none (NaN) in
    /// any case; a kernel may load whole matrices and use a part.
    /// </summary>
    public bool CheckUnwritten { get; init; } = true;

    /// <summary>Whether groups, and warps within them, take their turns from last to first. A kernel without races gives the same bits.</summary>
    public bool Backwards { get; init; }

    /// <summary>The most shared memory that a group may have, of which a text may declare 48 KB: as compute capability 8.0 has it.</summary>
    public int MaxSharedBytes { get; init; } = 163 * 1024;

    /// <summary>The most threads that a group may have.</summary>
    public int MaxThreads { get; init; } = 1024;

    /// <summary>How many instructions a warp may execute before it counts as one that never ends.</summary>
    public long MaxInstructions { get; init; } = 1L << 31;
}
