using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// The order of a device's work: kernels and copies follow one another, and copies of what later work reads may run beside them. Events
/// join the two. Nothing here waits but what says so.
/// </summary>
abstract unsafe class DeviceQueue(DeviceRuntime runtime) : IDisposable
{
    protected DeviceRuntime Runtime { get; } = runtime;

    /// <summary>Where kernels are launched.</summary>
    public abstract AcceleratorStream Stream { get; }

    /// <summary>Whether work is under way, beside which a copy could run.</summary>
    public abstract bool IsBusy { get; }

    /// <summary>The device's memory that nobody has taken, as its driver knows it; null if it does not say.</summary>
    public abstract long? FreeBytes { get; }

    /// <summary>Memory of the host that the device can copy to and from by itself.</summary>
    public abstract nint AllocateHost(long bytes);

    /// <summary>Frees what <see cref="AllocateHost"/> gave; no copy may be under way.</summary>
    public abstract void FreeHost(nint pointer);

    /// <summary>A point in the order, which is reached once what was queued before it is done.</summary>
    public abstract nint CreateEvent();

    public abstract void FreeEvent(nint marker);

    /// <summary>Sets an event behind all that is queued, of the kernels' order or of the copies beside it.</summary>
    public abstract void Record(nint marker, bool beside);

    /// <summary>What is queued from now on, in either order, comes after an event.</summary>
    public abstract void ComeAfter(nint marker, bool beside);

    /// <summary>The host waits for an event.</summary>
    public abstract void Wait(nint marker);

    /// <summary>Queues a copy from memory of <see cref="AllocateHost"/>, which must stay as it is until the copy is done.</summary>
    public abstract void CopyIn(nint source, ArrayView<float> target, bool beside);

    /// <summary>Queues a copy to memory of <see cref="AllocateHost"/>.</summary>
    public abstract void CopyOut(ArrayView<float> source, nint target);

    /// <summary>Queues a copy within the device.</summary>
    public abstract void Copy(ArrayView<float> source, ArrayView<float> target);

    /// <summary>Queues that floats become zero.</summary>
    public abstract void Clear(ArrayView<float> target);

    /// <summary>Waits for what was queued, and copies from any memory of the host.</summary>
    public virtual void Write(ArrayView<float> target, float* source)
    {
        try
        {
            target.CopyFromCPU(Stream, ref *source, target.Length);
        }
        catch (Exception exception)
        {
            throw Runtime.Failed("to copy to its memory", exception);
        }
    }

    /// <summary>Waits for what was queued, and copies to any memory of the host.</summary>
    public virtual void Read(ArrayView<float> source, float* target)
    {
        try
        {
            source.CopyToCPU(Stream, ref *target, source.Length);
        }
        catch (Exception exception)
        {
            throw Runtime.Failed("to copy from its memory", exception);
        }
    }

    /// <summary>The host waits for all that is queued.</summary>
    public virtual void Synchronize()
    {
        try
        {
            Stream.Synchronize();
        }
        catch (Exception exception)
        {
            throw Runtime.Failed("to finish what was queued", exception);
        }
    }

    /// <summary>Records the launches that an action makes on the stream it is given; null if the device, or its driver, cannot.</summary>
    public abstract LaunchGraph? Capture(Action<AcceleratorStream> launches);

    /// <summary>The host waits for all that is queued; errors are not reported, because what follows frees what was in use.</summary>
    public abstract void Drain();

    public abstract void Dispose();
}

/// <summary>Launches that were recorded once, to be queued as one.</summary>
abstract class LaunchGraph : IDisposable
{
    /// <summary>Queues all of them.</summary>
    public abstract void Launch();

    public abstract void Dispose();
}
