using System.Diagnostics;

namespace GraphCompiler.Kernels;

// Waiting for another thread to change a number: spin, then sleep.
//
// The pauses between the kernels of a step are a microsecond or so, so a waiter first spins without leaving its core. When
// that was not enough it offers its core to whoever else wants it between looks: on a machine that is busy with other
// things, or has fewer cores than the team threads, the awaited thread may be the one that waits for this core. After some
// tens of microseconds the waiter sleeps, and costs nothing until it is woken. The sleeper says so before it looks a last
// time, and the waker looks for sleepers after its write; with a full fence in both, one of them sees the other.

/// <summary>Lets threads wait until an integer changes.</summary>
sealed class Signal
{
    /// <summary>How long a waiter stays awake after its first looks.</summary>
    static readonly long AwakeTicks = Stopwatch.Frequency * 50 / 1_000_000;

    // A look and the pause after it take about 40 ns; giving a core away that nobody wants, some 500 ns.
    const int FirstLooks = 32;
    const int LooksBetweenYields = 16;

    readonly object gate = new();
    readonly int firstLooks, looksBetweenYields;
    int sleepers;

    /// <param name="crowded">Whether more threads wait on each other than there are cores: then spinning keeps the
    /// awaited thread from running.</param>
    public Signal(bool crowded)
    {
        firstLooks = crowded ? 1 : FirstLooks;
        looksBetweenYields = crowded ? 1 : LooksBetweenYields;
    }

    /// <summary>Returns once <paramref name="location"/> holds something other than <paramref name="value"/>.</summary>
    public void WaitWhile(ref int location, int value)
    {
        if (HasChanged(ref location, value, firstLooks))
            return;
        long start = Stopwatch.GetTimestamp();
        do
        {
            Thread.Yield();
            if (HasChanged(ref location, value, looksBetweenYields))
                return;
        }
        while (Stopwatch.GetTimestamp() - start < AwakeTicks);
        Sleep(ref location, value);
    }

    static bool HasChanged(ref int location, int value, int looks)
    {
        for (int look = 0; look < looks; look++)
        {
            if (Volatile.Read(ref location) != value)
                return true;
            Thread.SpinWait(1);
        }
        return false;
    }

    void Sleep(ref int location, int value)
    {
        using (Interruption.Hold(gate))
        {
            sleepers++;
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref location) == value)
                Interruption.Wait(gate);
            sleepers--;
        }
    }

    /// <summary>Wakes whoever sleeps; to be called after the number was changed.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref sleepers) == 0)
            return;
        using (Interruption.Hold(gate))
            Monitor.PulseAll(gate);
    }
}
