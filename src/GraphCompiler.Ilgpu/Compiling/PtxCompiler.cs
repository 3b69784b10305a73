using System.Reflection;

namespace GraphCompiler.Ilgpu.Compiling;

// A context of ILGPU compiles one kernel after the other, so several share the work, each with a thread. A thread ends when nothing has
// come for a moment, and its context with it, which has hundreds of megabytes by then; until then it knows what it has read, and the next
// kernel takes half the time.

/// <summary>Compiles kernels to PTX on threads of its own.</summary>
/// <param name="target">What the PTX is for.</param>
sealed class PtxCompiler(PtxTarget target)
{
    /// <summary>A context that has compiled so many makes room for another.</summary>
    const int KernelsOfContext = 16;

    /// <summary>More would wait for each other's collections of garbage.</summary>
    const int MostThreads = 8;

    /// <summary>How long a thread waits for another kernel.</summary>
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    readonly object gate = new();
    readonly Queue<(MethodInfo Kernel, TaskCompletionSource<PtxText> Text)> waiting = [];
    int threads, idle;

    /// <summary>How many threads are at work.</summary>
    public int Threads => Volatile.Read(ref threads);

    /// <summary>Begins to compile a kernel.</summary>
    public Task<PtxText> Compile(MethodInfo kernel)
    {
        var text = new TaskCompletionSource<PtxText>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Enqueue((kernel, text));
            Monitor.Pulse(gate);
            if (waiting.Count > idle && threads < Math.Min(Environment.ProcessorCount, MostThreads))
            {
                new Thread(Work) { IsBackground = true, Name = "Compiling kernels" }.Start();
                threads++;
            }
        }
        return text.Task;
    }

    /// <summary>Gives up what was not begun.</summary>
    public void Cancel()
    {
        lock (gate)
        {
            while (waiting.TryDequeue(out var next))
                next.Text.SetCanceled();
        }
    }

    void Work()
    {
        PtxContext? context = null;
        while (TryTake(out var kernel, out var text))
        {
            try
            {
                context ??= new PtxContext(target);
                text.SetResult(context.Compile(kernel));
                if (context.Kernels < KernelsOfContext)
                    continue;
            }
            catch (Exception exception)
            {
                text.SetException(exception);
            }
            context?.Dispose();
            context = null;
        }
        context?.Dispose();
    }

    bool TryTake(out MethodInfo kernel, out TaskCompletionSource<PtxText> text)
    {
        lock (gate)
        {
            if (waiting.Count == 0)
            {
                idle++;
                Monitor.Wait(gate, Moment);
                idle--;
            }
            bool isTaken = waiting.TryDequeue(out var next);
            (kernel, text) = next;
            threads -= isTaken ? 0 : 1;
            return isTaken;
        }
    }
}
