using System.Runtime.InteropServices;

namespace GraphCompiler.Kernels;

// A generation-counting barrier: the last to arrive clears the count and opens the next generation; the others wait for
// the generation to change. A worker that fails never arrives, so it opens the barrier by force and leaves a flag that
// sends everyone else out.

/// <summary>Where the workers of a team wait for each other.</summary>
sealed class TeamBarrier(int participants, bool crowded)
{
    // Arrivals and the generation that waiters look at lie on separate cache lines, two apart for the sake of adjacent
    // line prefetch.
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    struct State
    {
        [FieldOffset(128)]
        public int Generation;
        [FieldOffset(256)]
        public int Arrived;
    }

    readonly Signal signal = new(crowded);
    State state;
    volatile bool aborted;

    /// <summary>Returns when all participants have arrived.</summary>
    /// <exception cref="TeamAbortedException">A participant failed and will not arrive.</exception>
    public void Wait()
    {
        // The generation is read before the flag, and Abort sets the flag before it changes the generation: whoever
        // reads the changed generation sees the flag, and whoever reads the old one does not wait.
        int generation = Volatile.Read(ref state.Generation);
        if (aborted)
            throw new TeamAbortedException();
        if (Interlocked.Increment(ref state.Arrived) == participants)
        {
            state.Arrived = 0;
            Volatile.Write(ref state.Generation, generation + 1);
            signal.Wake();
            return;
        }
        signal.WaitWhile(ref state.Generation, generation);
        if (aborted)
            throw new TeamAbortedException();
    }

    /// <summary>Sends out everyone who waits or will come, until <see cref="Reset"/>.</summary>
    public void Abort()
    {
        aborted = true;
        Interlocked.Increment(ref state.Generation);
        signal.Wake();
    }

    /// <summary>Makes the barrier usable after <see cref="Abort"/>; nobody may be in it.</summary>
    public void Reset()
    {
        aborted = false;
        state.Arrived = 0;
    }
}

/// <summary>What workers leave a program with whose other worker has failed; the caller never sees it.</summary>
sealed class TeamAbortedException() : Exception("Another worker of the team has failed.");
