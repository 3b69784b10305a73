namespace GraphCompiler.Runtime;

/// <summary>
/// Lets calls in until disposal, and says who frees the memory. A count starts at one for the owner; each call adds one
/// while it runs. Disposal drops the owner's; whoever brings the count to zero, the owner or the last call still
/// running on another thread, frees. So no call ever runs on freed memory.
/// </summary>
internal struct CallGate()
{
    int holders = 1;
    int closed;
    int released;

    public readonly bool IsClosed => Volatile.Read(in closed) != 0;

    /// <summary>Counts a call in; false if the gate is closed, and then <paramref name="free"/> says whether to free now.</summary>
    public bool TryEnter(out bool free)
    {
        Interlocked.Increment(ref holders);
        free = false;
        if (!IsClosed)
            return true;

        free = Leave();
        return false;
    }

    /// <summary>Counts a call out; true if the caller must free the memory now.</summary>
    public bool Leave() => Interlocked.Decrement(ref holders) == 0 && Interlocked.Exchange(ref released, 1) == 0;

    /// <summary>Lets no more calls in; true if the caller must free the memory now.</summary>
    public bool Close() => Interlocked.Exchange(ref closed, 1) == 0 && Leave();
}
