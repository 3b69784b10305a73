namespace GraphCompiler.Kernels;

// Who returns something leaves it for the next one, so that nothing is made or freed while as many callers come as before. A burst of
// callers must not keep its memory for ever, though. So while there are more things than are kept in any case, a timer looks once a
// period how many were rented at once since it last looked, and frees what is beyond that. It frees on a thread of its own, so no
// caller waits for it, and it rests as soon as there is nothing to watch.

/// <summary>Working memory that callers rent for the length of a call.</summary>
/// <typeparam name="T">What they rent.</typeparam>
/// <param name="kept">How many stay when nobody rents them.</param>
/// <param name="free">Frees one.</param>
sealed class RentalPool<T>(int kept, Action<T> free)
    where T : class
{
    /// <summary>How long, at least, the most that was rented at once is remembered, in milliseconds; at most twice as long.</summary>
    internal const int Period = 1000;

    readonly object gate = new();
    readonly List<T> idle = [];
    Timer? watch;
    int rented, mostRented;
    bool isWatching, isClosed;

    /// <summary>How many there are, rented and idle.</summary>
    internal int Count
    {
        get
        {
            using (Interruption.Hold(gate))
                return rented + idle.Count;
        }
    }

    /// <summary>
    /// Takes the one that was returned last; null if the caller has to make one. Either way it is followed by <see cref="Return"/>, or
    /// by <see cref="Cancel"/> if none could be made.
    /// </summary>
    public T? Rent()
    {
        using (Interruption.Hold(gate))
        {
            rented++;
            mostRented = Math.Max(mostRented, rented);
            if (idle.Count == 0)
                return null;
            T item = idle[^1];
            idle.RemoveAt(idle.Count - 1);
            return item;
        }
    }

    /// <summary>Says that nothing came of a rental.</summary>
    public void Cancel()
    {
        using (Interruption.Hold(gate))
            rented--;
    }

    /// <summary>Puts back what was rented; frees it if the pool is closed.</summary>
    public void Return(T item)
    {
        using (Interruption.Hold(gate))
        {
            rented--;
            if (!isClosed)
            {
                idle.Add(item);
                if (rented + idle.Count > kept && !isWatching)
                    Watch();
                return;
            }
        }
        free(item);
    }

    /// <summary>Frees what is idle; what is rented is freed when it is returned.</summary>
    public void Close()
    {
        List<T> surplus;
        using (Interruption.Hold(gate))
        {
            isClosed = true;
            watch?.Dispose();
            surplus = [.. idle];
            idle.Clear();
        }
        surplus.ForEach(free);
    }

    void Watch()
    {
        isWatching = true;
        watch ??= NewTimer();
        watch.Change(Period, Timeout.Infinite);
    }

    /// <summary>A timer that remembers nothing of the caller that happened to be the one too many.</summary>
    Timer NewTimer()
    {
        if (ExecutionContext.IsFlowSuppressed())
            return new Timer(static pool => ((RentalPool<T>)pool!).Trim(), this, Timeout.Infinite, Timeout.Infinite);
        using (ExecutionContext.SuppressFlow())
            return new Timer(static pool => ((RentalPool<T>)pool!).Trim(), this, Timeout.Infinite, Timeout.Infinite);
    }

    void Trim()
    {
        List<T> surplus;
        using (Interruption.Hold(gate))
        {
            if (isClosed)
                return;
            // The ones at the front have been idle for longest.
            int excess = Math.Clamp(rented + idle.Count - Math.Max(kept, mostRented), 0, idle.Count);
            surplus = idle[..excess];
            idle.RemoveRange(0, excess);
            mostRented = rented;
            isWatching = false;
            if (rented + idle.Count > kept)
                Watch();
        }
        surplus.ForEach(free);
    }
}
