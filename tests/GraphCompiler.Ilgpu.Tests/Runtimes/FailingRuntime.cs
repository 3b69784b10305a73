using GraphCompiler.Ilgpu.Launching;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Tests.Runtimes;

/// <summary>What may fail.</summary>
[Flags]
internal enum DeviceWork
{
    Allocation = 1,
    HostAllocation = 2,
    Load = 4,
    Launch = 8,
    Copy = 16,
    Wait = 32,
    Any = 63,
}

/// <summary>Says which of a device's works fails: the one of some kinds with a number, and if the device is lost with it, all that follow.</summary>
/// <param name="kinds">The kinds that are counted.</param>
/// <param name="number">The number of the one that fails, from 0 on.</param>
/// <param name="isLost">Whether whatever follows fails too.</param>
internal sealed class Fault(DeviceWork kinds, int number, bool isLost)
{
    int taken;

    /// <summary>Whether it has come to that.</summary>
    public bool HasStruck => taken > number;

    public void Take(DeviceWork work)
    {
        bool isCounted = kinds.HasFlag(work);
        if (isCounted && taken++ == number || isLost && HasStruck)
            throw new InvalidOperationException(isLost ? "The device is lost." : "There is no memory left.");
    }
}

/// <summary>A runtime that fails when it is told to.</summary>
internal sealed class FailingRuntime : DeviceRuntime
{
    readonly DeviceRuntime inner;

    public FailingRuntime(DeviceRuntime inner)
    {
        this.inner = inner;
        Queue = new FailingQueue(this, inner.Queue);
    }

    /// <summary>What fails; null while nothing does.</summary>
    public Fault? Fault { get; set; }

    /// <summary>The memory that the device says it has; null for that of the other runtime.</summary>
    public long? Memory { get; init; }

    public override string Name => inner.Name;

    public override long MemoryBytes => Memory ?? inner.MemoryBytes;

    public override bool UsesWarps => inner.UsesWarps;

    public override bool UsesTensorCores => inner.UsesTensorCores;

    public override GroupThreads Threads => inner.Threads;

    public override DeviceQueue Queue { get; }

    public override IDisposable Allocate(long floats, out ArrayView<float> memory)
    {
        Fault?.Take(DeviceWork.Allocation);
        return inner.Allocate(floats, out memory);
    }

    public override Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel)
    {
        Fault?.Take(DeviceWork.Load);
        var launch = inner.Load(kernel);
        return (stream, groups, arguments) =>
        {
            Fault?.Take(DeviceWork.Launch);
            launch(stream, groups, arguments);
        };
    }

    public override void FinishLoading() => inner.FinishLoading();

    public override void Dispose() => inner.Dispose();

    sealed unsafe class FailingQueue(FailingRuntime runtime, DeviceQueue inner) : DeviceQueue(runtime)
    {
        public override AcceleratorStream Stream => inner.Stream;

        public override bool IsBusy => inner.IsBusy;

        public override long? FreeBytes => inner.FreeBytes;

        public override nint AllocateHost(long bytes)
        {
            Take(DeviceWork.HostAllocation);
            return inner.AllocateHost(bytes);
        }

        public override void FreeHost(nint pointer) => inner.FreeHost(pointer);

        public override nint CreateEvent()
        {
            Take(DeviceWork.HostAllocation);
            return inner.CreateEvent();
        }

        public override void FreeEvent(nint marker) => inner.FreeEvent(marker);

        public override void Record(nint marker, bool beside) => inner.Record(marker, beside);

        public override void ComeAfter(nint marker, bool beside) => inner.ComeAfter(marker, beside);

        public override void Wait(nint marker)
        {
            Take(DeviceWork.Wait);
            inner.Wait(marker);
        }

        public override void CopyIn(nint source, ArrayView<float> target, bool beside)
        {
            Take(DeviceWork.Copy);
            inner.CopyIn(source, target, beside);
        }

        public override void CopyOut(ArrayView<float> source, nint target)
        {
            Take(DeviceWork.Copy);
            inner.CopyOut(source, target);
        }

        public override void Copy(ArrayView<float> source, ArrayView<float> target)
        {
            Take(DeviceWork.Copy);
            inner.Copy(source, target);
        }

        public override void Clear(ArrayView<float> target)
        {
            Take(DeviceWork.Copy);
            inner.Clear(target);
        }

        public override void Write(ArrayView<float> target, float* source)
        {
            Take(DeviceWork.Copy);
            inner.Write(target, source);
        }

        public override void Read(ArrayView<float> source, float* target)
        {
            Take(DeviceWork.Copy);
            inner.Read(source, target);
        }

        public override void Synchronize()
        {
            Take(DeviceWork.Wait);
            inner.Synchronize();
        }

        public override LaunchGraph? Capture(Action<AcceleratorStream> launches) => inner.Capture(launches);

        public override void Drain() => inner.Drain();

        public override void Dispose() => inner.Dispose();

        void Take(DeviceWork work)
        {
            try
            {
                runtime.Fault?.Take(work);
            }
            catch (InvalidOperationException exception)
            {
                throw Runtime.Failed("at its work", exception);
            }
        }
    }
}
