namespace GraphCompiler.Tests;

/// <summary>What a call allocates on its thread.</summary>
static class Allocation
{
    /// <summary>
    /// The fewest bytes of several calls. A collection that another thread starts meanwhile counts the rest of this
    /// thread's block as allocated, so a single call may seem to allocate; one that does allocate does so every time.
    /// </summary>
    public static long Of(Action call)
    {
        call();
        long fewest = long.MaxValue;
        for (int attempt = 0; attempt < 20 && fewest > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }
}
