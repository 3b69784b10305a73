using System.Runtime.ExceptionServices;

namespace GraphCompiler.Kernels;

// The team's threads wait for an epoch to change. A caller takes the team, leaves the program, opens the next epoch,
// works as worker 0, and waits until the last of the others has closed the epoch. Whoever finds the team taken runs its
// program alone: results do not depend on the number of workers, so nothing but the speed tells the difference.

/// <summary>Threads that run whole programs together: started once, awake for a moment after each, asleep when idle.</summary>
/// <remarks>
/// Any number of threads may call <see cref="Run"/> at once. Nothing is allocated by a run, but for the first of each
/// caller that runs beside others. <see cref="Dispose"/> ends the threads; a team that is not disposed keeps them.
/// <see cref="Thread.Interrupt"/> on a caller does not end its run: the run throws when it is done.
/// </remarks>
public sealed class WorkerTeam : IDisposable
{
    const int MostThreads = 4096;

    readonly Worker[] workers;
    readonly Thread?[] threads;
    readonly TeamBarrier barrier;
    readonly Signal opened, closed;
    readonly RentalPool<Worker> soloists;
    TeamProgram? program;
    Exception? failure;
    int epoch, closedEpoch, running;
    int taken;
    int scratchFloats;
    int disposed;
    bool started;

    /// <summary>Makes a team; its threads are started by the first program that runs on it.</summary>
    /// <param name="threads">How many workers, the caller's thread included; 0 means one for each core.</param>
    /// <param name="keptSoloists">The scratch memory of how many callers that ran alone is kept for others; null for one for each core.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or beyond any machine (over 4096).</exception>
    public WorkerTeam(int threads = 0, int? keptSoloists = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MostThreads);
        soloists = new RentalPool<Worker>(keptSoloists ?? Environment.ProcessorCount, static worker => worker.Free());
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        bool crowded = Threads > Environment.ProcessorCount;
        barrier = new TeamBarrier(Threads, crowded);
        opened = new Signal(crowded);
        closed = new Signal(crowded);
        workers = new Worker[Threads];
        for (int i = 0; i < Threads; i++)
            workers[i] = new Worker(i, Threads, barrier, i == 0 ? null : workers[0]);
        this.threads = new Thread[Threads - 1];
    }

    /// <summary>How many workers there are, the caller's thread included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Runs the program on all workers and returns when all have left it. If the team is taken by another caller, or by
    /// the program that calls this, it runs on the calling thread alone.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The team has been disposed.</exception>
    /// <exception cref="ThreadInterruptedException">The calling thread was interrupted; the program has run to its end.</exception>
    /// <remarks>What the first failing worker throws is thrown here, after all workers have left.</remarks>
    public void Run(TeamProgram program)
    {
        try
        {
            RunToEnd(program);
        }
        catch
        {
            Interruption.Restore();
            throw;
        }
        Interruption.Throw();
    }

    /// <summary>As <see cref="Run"/>, as a part of a call: whoever opened it ends it with <see cref="Interruption.Throw"/>.</summary>
    internal void RunToEnd(TeamProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (Threads == 1 || Interlocked.CompareExchange(ref taken, 1, 0) != 0)
        {
            RunAloneToEnd(program);
            return;
        }
        Exception? thrown;
        try
        {
            if (!started)
                Start();
            thrown = RunTogether(program);
        }
        finally
        {
            Volatile.Write(ref taken, 0);
        }
        if (thrown is not null)
            ExceptionDispatchInfo.Throw(thrown);
    }

    /// <summary>Runs the program on the calling thread, which is then the only worker.</summary>
    /// <exception cref="ObjectDisposedException">The team has been disposed.</exception>
    /// <exception cref="ThreadInterruptedException">The calling thread was interrupted; the program has run to its end.</exception>
    public void RunAlone(TeamProgram program)
    {
        try
        {
            RunAloneToEnd(program);
        }
        catch
        {
            Interruption.Restore();
            throw;
        }
        Interruption.Throw();
    }

    /// <summary>As <see cref="RunAlone"/>, as a part of a call.</summary>
    internal void RunAloneToEnd(TeamProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        Worker worker = soloists.Rent() ?? new Worker(0, 1, barrier: null);
        try
        {
            worker.ReserveScratch(Volatile.Read(ref scratchFloats));
            program.Run(worker);
        }
        finally
        {
            soloists.Return(worker);
        }
    }

    /// <summary>
    /// Sees to it that every worker has this much scratch memory from its next program on. To be called while a program
    /// is prepared, so that running it allocates nothing.
    /// </summary>
    /// <param name="floats">What the program's kernels ask for at most.</param>
    public void ReserveScratch(int floats)
    {
        int reserved = Volatile.Read(ref scratchFloats);
        while (floats > reserved)
        {
            int seen = Interlocked.CompareExchange(ref scratchFloats, floats, reserved);
            if (seen == reserved)
                return;
            reserved = seen;
        }
    }

    /// <summary>Waits for the program that is running, then ends the threads and frees their memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        soloists.Close();
        // The team stays taken for good.
        var patience = new SpinWait();
        while (Interlocked.CompareExchange(ref taken, 1, 0) != 0)
            Interruption.Pause(ref patience);
        program = null;
        Volatile.Write(ref epoch, epoch + 1);
        opened.Wake();
        foreach (Thread? thread in threads)
        {
            if (thread is not null)
                Interruption.Join(thread);
        }
        foreach (Worker worker in workers)
            worker.Free();
        Interruption.Restore();
    }

    void Start()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        for (int i = 0; i < threads.Length; i++)
        {
            // Already there if an earlier attempt ran out of threads on the way.
            if (threads[i] is not null)
                continue;
            Worker worker = workers[i + 1];
            var thread = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"GraphCompiler worker {i + 1}" };
            thread.UnsafeStart();
            threads[i] = thread;
        }
        started = true;
    }

    Exception? RunTogether(TeamProgram program)
    {
        this.program = program;
        running = threads.Length;
        int last = closedEpoch;
        Volatile.Write(ref epoch, epoch + 1);
        opened.Wake();
        Enter(workers[0], program);
        closed.WaitWhile(ref closedEpoch, last);
        this.program = null;
        Exception? thrown = failure;
        if (thrown is not null)
        {
            failure = null;
            barrier.Reset();
        }
        return thrown;
    }

    /// <summary>The life of a thread: one program an epoch, until an epoch brings none.</summary>
    void Serve(Worker worker)
    {
        for (int seen = 0; ; seen++)
        {
            opened.WaitWhile(ref epoch, seen);
            TeamProgram? next = program;
            if (next is null)
                return;
            Enter(worker, next);
            if (Interlocked.Decrement(ref running) == 0)
            {
                Volatile.Write(ref closedEpoch, seen + 1);
                closed.Wake();
            }
        }
    }

#pragma warning disable CA1031 // Whatever a worker throws is thrown again at the caller.
    void Enter(Worker worker, TeamProgram program)
    {
        try
        {
            worker.ReserveScratch(Volatile.Read(ref scratchFloats));
            program.Run(worker);
        }
        catch (TeamAbortedException)
        {
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
            barrier.Abort();
        }
    }
#pragma warning restore CA1031
}
