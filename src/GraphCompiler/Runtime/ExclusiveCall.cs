namespace GraphCompiler.Runtime;

/// <summary>
/// One call at a time into an owner of working memory that computes with a model's weights, a trainer or a session. The
/// model outlives every call, and the owner's memory is freed after the last one.
/// </summary>
/// <param name="model">The model that must stay while a call runs.</param>
/// <param name="owner">Who is called; its type's name stands in the errors.</param>
/// <param name="busy">The error's text where another call runs.</param>
/// <param name="free">Frees the owner's memory; called once.</param>
internal sealed class ExclusiveCall(GraphModel model, object owner, string busy, Action free)
{
    CallGate gate = new();
    int running;

    /// <summary>Whether the owner is disposed.</summary>
    public bool IsClosed => gate.IsClosed;

    /// <summary>Opens a call.</summary>
    /// <exception cref="ObjectDisposedException">The owner or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public void Enter()
    {
        if (!gate.TryEnter(out bool freeNow))
        {
            if (freeNow)
                free();
            throw new ObjectDisposedException(owner.GetType().FullName);
        }

        bool entered = false;
        try
        {
            model.EnterCall();
            entered = true;
            if (Interlocked.Exchange(ref running, 1) != 0)
                throw new InvalidOperationException(busy);
        }
        catch
        {
            if (entered)
                model.LeaveCall();
            if (gate.Leave())
                free();
            throw;
        }
    }

    /// <summary>Closes a call that <see cref="Enter"/> opened.</summary>
    public void Leave()
    {
        Volatile.Write(ref running, 0);
        model.LeaveCall();
        if (gate.Leave())
            free();
    }

    /// <summary>Lets no more calls in; frees now, or when the call that still runs has ended.</summary>
    public void Close()
    {
        if (gate.Close())
            free();
    }
}
