namespace GraphCompiler.Ilgpu.Reference;

/// <summary>
/// Wakes one waiting thread, now or when it comes to wait. Exactly one thread of a group runs at a time, so a waiter has
/// nothing to gain from spinning, as .NET's own semaphores do first: with 64 threads that costs several times the handover.
/// </summary>
internal sealed class Signal
{
    readonly object gate = new();
    bool isSet;

    public void Set()
    {
        lock (gate)
        {
            isSet = true;
            Monitor.Pulse(gate);
        }
    }

    public void Wait()
    {
        lock (gate)
        {
            while (!isSet)
                Monitor.Wait(gate);
            isSet = false;
        }
    }
}
