using GraphCompiler.Ilgpu.Reference;

namespace ILGPU;

/// <summary>The threads that share memory and barriers.</summary>
public static class Group
{
    /// <summary>The number of this thread in its group.</summary>
    public static int IdxX => Lane.Running.Index;

    /// <summary>The number of threads in the group.</summary>
    public static int DimX => Lane.Running.Group.Lanes;

    /// <summary>Waits for every thread of the group; all must arrive.</summary>
    public static void Barrier() => Lane.Running.Group.Block(Lane.Running, WaitKind.Group);
}

/// <summary>The groups of a launch.</summary>
public static class Grid
{
    /// <summary>The number of this group in the grid.</summary>
    public static int IdxX => Lane.Running.Group.Index;

    /// <summary>The number of groups in the grid.</summary>
    public static int DimX => Lane.Running.Group.Groups;
}

/// <summary>The threads that run in step.</summary>
public static class Warp
{
    /// <summary>The number of threads in a warp.</summary>
    public static int WarpSize => Lane.Running.Group.WarpSize;

    /// <summary>The number of this thread in its warp.</summary>
    public static int LaneIdx => Lane.Running.Index % WarpSize;

    /// <summary>The number of this thread's warp in its group.</summary>
    public static int WarpIdx => Lane.Running.Index / WarpSize;

    /// <summary>The value that the lane passes whose number differs in the bits of the mask; all lanes of the warp must take part.</summary>
    public static T ShuffleXor<T>(T variable, int mask)
        where T : unmanaged
        => Lane.Running.Group.Exchange(Lane.Running, variable, LaneIdx ^ mask);

    /// <summary>The value that a lane passes; all lanes of the warp must take part.</summary>
    public static T Shuffle<T>(T variable, int sourceLane)
        where T : unmanaged
        => Lane.Running.Group.Exchange(Lane.Running, variable, sourceLane);
}

/// <summary>Memory of a group.</summary>
public static class SharedMemory
{
    /// <summary>The same memory for every thread of the group; its first contents are arbitrary.</summary>
    public static ArrayView<T> Allocate<T>(int extent)
        where T : unmanaged
        => Lane.Running.Group.AllocateShared<T>(Lane.Running, extent);
}

/// <summary>Bits of one type as another.</summary>
public static class Interop
{
    /// <summary>The bits of a number.</summary>
    public static uint FloatAsInt(float value) => BitConverter.SingleToUInt32Bits(value);

    /// <summary>The number of some bits.</summary>
    public static float IntAsFloat(uint value) => BitConverter.UInt32BitsToSingle(value);
}

/// <summary>A position or an extent along one axis.</summary>
public readonly struct Index1D(int x)
{
    /// <summary>The value.</summary>
    public int X { get; } = x;

    /// <summary>An index of a number.</summary>
    public static implicit operator Index1D(int idx) => new(idx);

    /// <summary>The number of an index.</summary>
    public static implicit operator int(Index1D idx) => idx.X;
}

/// <summary>How many groups of how many threads a launch has.</summary>
public readonly struct KernelConfig(Index1D gridDim, Index1D groupDim)
{
    internal int Groups { get; } = gridDim;

    internal int Threads { get; } = groupDim;
}
