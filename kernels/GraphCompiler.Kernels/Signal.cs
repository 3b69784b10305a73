using System.Diagnostics;

namespace GraphCompiler.Kernels;

// Waiting for another thread to change a number: spin, then sleep.
//
// The pauses between the kernels of a step are a microsecond or less, so a waiter first spins without leaving its core.
// When that was not enough it offers its core to whoever else wants it between looks, so that a machine with more
// threads than cores goes on. After some tens of microseconds it sleeps, and costs nothing until it is woken. The
// sleeper says so before it looks a last time, and the waker looks for sleepers after its write; with a full fence in
// both, one of them sees the other.

/// <summary>Lets threads wait until an integer changes.</summary>
sealed class Signal
{
    /// <summary>How long a waiter stays awake, when every thread has a core of its own.</summary>
    static readonly long AwakeTicks = Stopwatch.Frequency * 50 / 1_000_000;

    /// <summary>How often a waiter looks before it first offers its core to others.</summary>
    const int LooksBeforeYield = 64;

    readonly object gate = new();
    readonly long awakeTicks;
    readonly int looksBeforeYield;
    int sleepers;

    /// <param name="crowded">Whether more threads wait on each other than there are cores: then spinning keeps the
    /// awaited thread from running.</param>
    public Signal(bool crowded)
    {
        awakeTicks = crowded ? 0 : AwakeTicks;
        looksBeforeYield = crowded ? 4 : LooksBeforeYield;
    }

    /// <summary>Returns once <paramref name="location"/> holds something other than <paramref name="value"/>.</summary>
    public void WaitWhile(ref int location, int value)
    {
        for (int look = 0; look < looksBeforeYield; look++)
        {
            if (Volatile.Read(ref location) != value)
                return;
            Thread.SpinWait(1);
        }
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int look = 0; look < looksBeforeYield; look++)
            {
                if (Volatile.Read(ref location) != value)
                    return;
                Thread.SpinWait(1);
            }
            Thread.Yield();
        }
        while (Stopwatch.GetTimestamp() - start < awakeTicks);
        Sleep(ref location, value);
    }

    void Sleep(ref int location, int value)
    {
        lock (gate)
        {
            sleepers++;
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref location) == value)
                Monitor.Wait(gate);
            sleepers--;
        }
    }

    /// <summary>Wakes whoever sleeps; to be called after the number was changed.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref sleepers) == 0)
            return;
        lock (gate)
            Monitor.PulseAll(gate);
    }
}
