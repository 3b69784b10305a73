namespace GraphCompiler.Runtime;

/// <summary>
/// Keeps apart who changes a model's parameters and state, a step or a load, one at a time, and who writes them to files, any number.
/// Nobody waits: whoever comes at the wrong time is refused.
/// </summary>
internal struct WeightAccess
{
    const int Changing = -1;

    /// <summary>How many write them to files; or that they are being changed.</summary>
    int holders;

    public bool TryChange() => Interlocked.CompareExchange(ref holders, Changing, 0) == 0;

    public void EndChange() => Volatile.Write(ref holders, 0);

    public bool TryRead()
    {
        int readers = Volatile.Read(ref holders);
        while (readers != Changing)
        {
            int seen = Interlocked.CompareExchange(ref holders, readers + 1, readers);
            if (seen == readers)
                return true;
            readers = seen;
        }
        return false;
    }

    public void EndRead() => Interlocked.Decrement(ref holders);
}
