namespace GraphCompiler.Kernels;

// Thread.Interrupt makes a thread's next or present wait throw: for a lock that is taken, for a signal, for another thread. In the midst
// of a call that would hand on memory in which other workers still write. So every wait of a call goes on to its end and leaves a note on
// its thread. Who opened the call looks for the note when all is done, and throws then what the wait would have thrown; where there
// is nobody to throw to, in a constructor or in Dispose, the thread is interrupted again, and its next wait throws.

/// <summary>Waits that <see cref="Thread.Interrupt"/> does not end, and the note that it was called meanwhile.</summary>
static class Interruption
{
    [ThreadStatic]
    static bool isNoted;

    /// <summary>Takes a lock until the scope is disposed.</summary>
    public static LockScope Hold(object gate)
    {
        while (true)
        {
            try
            {
                Monitor.Enter(gate);
                return new LockScope(gate);
            }
            catch (ThreadInterruptedException)
            {
                isNoted = true;
            }
        }
    }

    /// <summary>Gives up a lock until somebody pulses it, or for no reason: callers look again for what they wait for.</summary>
    public static void Wait(object gate)
    {
        try
        {
            Monitor.Wait(gate);
        }
        catch (ThreadInterruptedException)
        {
            isNoted = true;
        }
    }

    /// <summary>Waits until a thread has ended.</summary>
    public static void Join(Thread thread)
    {
        while (true)
        {
            try
            {
                thread.Join();
                return;
            }
            catch (ThreadInterruptedException)
            {
                isNoted = true;
            }
        }
    }

    /// <summary>Waits until a task has ended, whatever came of it.</summary>
    public static void Await(Task task)
    {
        while (!task.IsCompleted)
        {
            try
            {
                Task.WaitAny(task);
            }
            catch (ThreadInterruptedException)
            {
                isNoted = true;
            }
        }
    }

    /// <summary>Lets some time pass, more from time to time.</summary>
    public static void Pause(ref SpinWait patience)
    {
        try
        {
            patience.SpinOnce();
        }
        catch (ThreadInterruptedException)
        {
            isNoted = true;
        }
    }

    /// <summary>Ends a call in which nothing failed.</summary>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted in a wait of the call.</exception>
    public static void Throw()
    {
        if (isNoted)
            ThrowNoted();
    }

    static void ThrowNoted()
    {
        isNoted = false;
        throw new ThreadInterruptedException();
    }

    /// <summary>Ends a call that has another exception to throw, or none to throw to: the thread's next wait throws.</summary>
    public static void Restore()
    {
        if (!isNoted)
            return;
        isNoted = false;
        Thread.CurrentThread.Interrupt();
    }

    /// <summary>A lock that is held.</summary>
    public readonly ref struct LockScope(object gate)
    {
        public void Dispose() => Monitor.Exit(gate);
    }
}
