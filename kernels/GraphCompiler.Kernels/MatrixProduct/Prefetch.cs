using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>
/// Tells the processor what will be read soon; nothing where there is no such instruction. Any address will do.
/// </summary>
public static unsafe class Prefetch
{
    /// <summary>
    /// How many rows further an epilogue asks for what it is going to touch: the height of a register tile, so it has
    /// arrived when the next tiles of the same columns are finished.
    /// </summary>
    public const int Rows = 8;

    /// <summary>Into the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Near(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Into the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Middle(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(address);
    }
}
