// A ring of buffers between a thread that fills them and the caller that reads them, under one lock. Three counters only
// grow: `filled` (the thread's), `taken` and `released` (the caller's); the caller holds at most one buffer, the one
// taken and not yet released. A batch of a small model is computed in some microseconds, about what it costs to wake a
// sleeping thread, so the filling thread, once it finds the ring full, sleeps until half of it is free.
//
// Leaving early, a fault and cancellation all end in `stopped` or `fault` being set and everybody being woken; the
// thread never waits for anything but the lock's condition, so Dispose can always wait for it. Thread.Interrupt ends a wait for
// the next batch, which can then be asked for again, but not Dispose's wait for the thread, which still writes to the buffers.

using System.Runtime.ExceptionServices;
using GraphCompiler.Kernels;

namespace GraphCompiler.Data;

sealed class PrefetchingEnumerator : ImageBatchEnumerator
{
    readonly ImageBatches batches;
    readonly BatchWork work;
    readonly CancellationToken cancellation;
    readonly CancellationTokenRegistration registration;
    readonly Thread thread;
    readonly object gate = new();

    long filled, taken, released;
    bool atEnd, stopped, disposed;
    ExceptionDispatchInfo? fault;

    public PrefetchingEnumerator(ImageBatches batches, BatchWork work, CancellationToken cancellation)
    {
        this.batches = batches;
        this.work = work;
        this.cancellation = cancellation;
        thread = new Thread(FillAll) { IsBackground = true, Name = "GraphCompiler prefetch" };
        thread.Start();
        registration = cancellation.UnsafeRegister(static self => ((PrefetchingEnumerator)self!).Stop(), this);
    }

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        using (Interruption.Hold(gate))
        {
            Current = default;
            released = taken;
            if (Free >= WakeAt)
                Monitor.PulseAll(gate);
            while (taken == filled && !atEnd && fault == null && !stopped)
            {
                Interruption.Wait(gate);
                Interruption.Throw();
            }
            cancellation.ThrowIfCancellationRequested();
            if (taken < filled)
            {
                Current = new ImageBatch(work.Buffers[taken % work.Buffers.Length]);
                taken++;
                Interruption.Restore();
                return true;
            }
        }

        fault?.Throw();
        return false;
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposed)
            return;
        disposed = true;
        Stop();
        registration.Unregister();
        Interruption.Join(thread);
        Current = default;
        batches.TakeBack(work);
        Interruption.Restore();
    }

    long Free => work.Buffers.Length - (filled - released);

    int WakeAt => Math.Max(1, work.Buffers.Length / 2);

    void Stop()
    {
        using (Interruption.Hold(gate))
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
    }

    void FillAll()
    {
        try
        {
            while (WaitForRoom())
            {
                bool more = work.Filler.TryFill(work.Buffers[filled % work.Buffers.Length]);
                using (Interruption.Hold(gate))
                {
                    if (more)
                        filled++;
                    atEnd = !more;
                    Monitor.PulseAll(gate);
                }

                if (!more)
                    return;
            }
        }
        catch (Exception exception)
        {
            // Whatever it is, it belongs to the caller: on this thread it would end the process.
            using (Interruption.Hold(gate))
            {
                fault = ExceptionDispatchInfo.Capture(exception);
                Monitor.PulseAll(gate);
            }
        }
    }

    bool WaitForRoom()
    {
        using (Interruption.Hold(gate))
        {
            if (Free == 0)
            {
                while (Free < WakeAt && !stopped)
                    Interruption.Wait(gate);
            }

            return !stopped;
        }
    }
}
