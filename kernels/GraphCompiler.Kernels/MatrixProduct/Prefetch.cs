using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Kernels;

/// <summary>
/// Tells the processor what will be read soon; nothing where there is no such instruction. Any address will do.
/// </summary>
internal static unsafe class Prefetch
{
    /// <summary>Into the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Near(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Into the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Middle(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(address);
    }
}
