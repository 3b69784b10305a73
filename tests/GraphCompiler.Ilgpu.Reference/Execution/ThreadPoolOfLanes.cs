using System.Collections.Concurrent;

namespace GraphCompiler.Ilgpu.Reference;

/// <summary>Threads of the operating system that are kept for the next lane that waits.</summary>
internal static class ThreadPoolOfLanes
{
    const int StackBytes = 256 * 1024;

    static readonly ConcurrentStack<Worker> Idle = [];

    public static void Start(Action work)
    {
        if (!Idle.TryPop(out var worker))
            worker = new Worker();
        worker.Give(work);
    }

    sealed class Worker
    {
        readonly Signal given = new();
        Action? work;

        public Worker() => new Thread(Loop, StackBytes) { IsBackground = true, Name = "kernel thread" }.Start();

        public void Give(Action next)
        {
            work = next;
            given.Set();
        }

        void Loop()
        {
            while (true)
            {
                given.Wait();
                work!();
                Idle.Push(this);
            }
        }
    }
}
