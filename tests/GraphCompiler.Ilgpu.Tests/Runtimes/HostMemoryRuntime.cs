using GraphCompiler.Ilgpu.Launching;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GraphCompiler.Ilgpu.Tests.Runtimes;

/// <summary>What a runtime says that its device can do.</summary>
[Flags]
internal enum DeviceFeatures
{
    None = 0,
    Warps = 1,
    TensorCores = 2,
}

/// <summary>
/// A runtime whose memory is the host's, in buffers of ILGPU's CPU accelerator, on which nothing is launched. Memory begins as NaN: what is read before it was written shows.
/// </summary>
internal abstract unsafe class HostMemoryRuntime : DeviceRuntime
{
    const long DefaultBytes = 1L << 32;

    static readonly Lazy<Accelerator> Memory = new(Open);

    readonly DeviceFeatures features;

    protected HostMemoryRuntime(DeviceFeatures features, bool captures = true, bool copiesAtOnce = false)
    {
        this.features = features;
        Queue = Deferred = new DeferredQueue(this, Memory.Value, captures, copiesAtOnce);
    }

    public sealed override long MemoryBytes => DefaultBytes;

    public sealed override bool UsesWarps => features.HasFlag(DeviceFeatures.Warps);

    public sealed override bool UsesTensorCores => features.HasFlag(DeviceFeatures.TensorCores);

    public sealed override GroupThreads Threads => AcceleratorRuntime.GroupThreadsOfDevices;

    public sealed override DeviceQueue Queue { get; }

    public DeferredQueue Deferred { get; }

    static Accelerator Open()
    {
        var context = Context.Create(builder => builder.CPU(new CPUDevice(2, 1, 1)));
        foreach (var device in context)
            return device.CreateAccelerator(context);
        throw new InvalidOperationException("ILGPU has no CPU accelerator.");
    }

    public override IDisposable Allocate(long floats, out ArrayView<float> memory)
    {
        var buffer = Memory.Value.Allocate1D<float>(floats);
        memory = buffer.AsContiguous();
        float* first = (float*)memory.LoadEffectiveAddressAsPtr();
        for (long i = 0; i < floats; i++)
            first[i] = float.NaN;
        return new Block(Queue, buffer);
    }

    public override void Dispose() => Queue.Dispose();

    /// <summary>As CUDA's driver does, it waits for what is queued before it frees memory.</summary>
    sealed class Block(DeviceQueue queue, IDisposable buffer) : IDisposable
    {
        public void Dispose()
        {
            queue.Drain();
            buffer.Dispose();
        }
    }
}

/// <summary>A runtime whose kernels do nothing: for what does not depend on numbers.</summary>
internal sealed class IdleRuntime() : HostMemoryRuntime(DeviceFeatures.Warps | DeviceFeatures.TensorCores)
{
    public override string Name => "no device";

    public override Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel) => (stream, _, _) => Deferred.Launch(stream, () => { });

    public override void FinishLoading()
    {
    }
}
