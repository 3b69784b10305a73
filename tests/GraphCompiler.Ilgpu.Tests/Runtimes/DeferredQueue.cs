using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu.Launching;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Tests.Runtimes;

// A device's queue with all that CUDA's has: an order of kernels and one of copies beside them, events, graphs. Nothing is done before
// somebody waits for it, and copies beside either as late as events allow or at once: whoever forgets to wait, or to have one come after
// the other, gets other numbers. Errors show when work is done, as a driver's do, and stay.

/// <summary>An order of work whose devices lie in the host's memory.</summary>
internal sealed unsafe class DeferredQueue : DeviceQueue
{
    readonly object gate = new();
    readonly Order kernels = new(), beside = new();
    readonly Dictionary<nint, (Order Order, long Position)> events = [];
    readonly HashSet<nint> hostBlocks = [];
    readonly AcceleratorStream capturing;
    readonly bool captures, copiesAtOnce;
    List<Action>? captured;
    Exception? failure;
    nint lastEvent;

    /// <param name="runtime">Whose work it is.</param>
    /// <param name="accelerator">What makes the streams, on which nothing runs.</param>
    /// <param name="captures">Whether launches may be recorded.</param>
    /// <param name="copiesAtOnce">Whether copies beside the work are made when they are queued, and not as late as events allow.</param>
    public DeferredQueue(DeviceRuntime runtime, Accelerator accelerator, bool captures, bool copiesAtOnce)
        : base(runtime)
    {
        this.captures = captures;
        this.copiesAtOnce = copiesAtOnce;
        Stream = accelerator.CreateStream();
        capturing = accelerator.CreateStream();
    }

    public override AcceleratorStream Stream { get; }

    public override bool IsBusy
    {
        get
        {
            lock (gate)
                return kernels.Done < kernels.Queued;
        }
    }

    public override long? FreeBytes => null;

    /// <summary>How many blocks of the host and events nobody has freed.</summary>
    public int Unfreed
    {
        get
        {
            lock (gate)
                return hostBlocks.Count + events.Count;
        }
    }

    public override nint AllocateHost(long bytes)
    {
        nint block = (nint)NativeMemory.AllocZeroed((nuint)Math.Max(bytes, 1));
        lock (gate)
            hostBlocks.Add(block);
        return block;
    }

    public override void FreeHost(nint pointer)
    {
        lock (gate)
            Assert.True(hostBlocks.Remove(pointer));
        NativeMemory.Free((void*)pointer);
    }

    public override nint CreateEvent()
    {
        lock (gate)
        {
            events[++lastEvent] = (kernels, 0);
            return lastEvent;
        }
    }

    public override void FreeEvent(nint marker)
    {
        lock (gate)
            Assert.True(events.Remove(marker));
    }

    public override void Record(nint marker, bool beside)
    {
        lock (gate)
            events[marker] = (OrderOf(beside), OrderOf(beside).Queued);
    }

    public override void ComeAfter(nint marker, bool beside)
    {
        lock (gate)
        {
            var (order, position) = events[marker];
            Queue(OrderOf(beside), () => order.RunTo(position));
        }
    }

    public override void Wait(nint marker)
    {
        lock (gate)
        {
            var (order, position) = events[marker];
            Run(order, position);
        }
    }

    public override void CopyIn(nint source, ArrayView<float> target, bool beside) => QueueCopy(OrderOf(beside), source, target.LoadEffectiveAddressAsPtr(), target.LengthInBytes);

    public override void CopyOut(ArrayView<float> source, nint target) => QueueCopy(kernels, source.LoadEffectiveAddressAsPtr(), target, source.LengthInBytes);

    public override void Copy(ArrayView<float> source, ArrayView<float> target) =>
        QueueCopy(kernels, source.LoadEffectiveAddressAsPtr(), target.LoadEffectiveAddressAsPtr(), source.LengthInBytes);

    public override void Clear(ArrayView<float> target)
    {
        nint place = target.LoadEffectiveAddressAsPtr(), bytes = (nint)target.LengthInBytes;
        lock (gate)
            Queue(kernels, () => NativeMemory.Clear((void*)place, (nuint)bytes));
    }

    public override void Write(ArrayView<float> target, float* source)
    {
        Synchronize();
        Buffer.MemoryCopy(source, (void*)target.LoadEffectiveAddressAsPtr(), target.LengthInBytes, target.LengthInBytes);
    }

    public override void Read(ArrayView<float> source, float* target)
    {
        Synchronize();
        Buffer.MemoryCopy((void*)source.LoadEffectiveAddressAsPtr(), target, source.LengthInBytes, source.LengthInBytes);
    }

    public override void Synchronize()
    {
        lock (gate)
            Run(kernels, kernels.Queued);
    }

    /// <summary>Queues a launch, or records it.</summary>
    public void Launch(AcceleratorStream stream, Action launch)
    {
        lock (gate)
        {
            if (stream == capturing)
                captured!.Add(launch);
            else
                Queue(kernels, launch);
        }
    }

    public override LaunchGraph? Capture(Action<AcceleratorStream> launches)
    {
        if (!captures)
            return null;
        lock (gate)
        {
            captured = [];
            try
            {
                launches(capturing);
                return new Graph(this, captured);
            }
            finally
            {
                captured = null;
            }
        }
    }

    public override void Drain()
    {
        try
        {
            lock (gate)
            {
                Run(beside, beside.Queued);
                Run(kernels, kernels.Queued);
            }
        }
        catch (DeviceException)
        {
            // Whoever waited for the work was told.
        }
    }

    public override void Dispose()
    {
        Drain();
        Stream.Dispose();
        capturing.Dispose();
    }

    Order OrderOf(bool beside) => beside ? this.beside : kernels;

    void QueueCopy(Order order, nint source, nint target, long bytes)
    {
        lock (gate)
            Queue(order, () => Buffer.MemoryCopy((void*)source, (void*)target, bytes, bytes));
    }

    void Queue(Order order, Action work)
    {
        order.Add(work);
        if (copiesAtOnce && order == beside)
            Run(order, order.Queued);
    }

    void Run(Order order, long position)
    {
        try
        {
            if (failure is null)
                order.RunTo(position);
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        if (failure is not null)
            throw Runtime.Failed("to finish what was queued", failure);
    }

    sealed class Order
    {
        readonly Queue<Action> waiting = [];

        public long Queued { get; private set; }

        public long Done { get; private set; }

        public void Add(Action work)
        {
            waiting.Enqueue(work);
            Queued++;
        }

        public void RunTo(long position)
        {
            while (Done < position)
            {
                waiting.Dequeue()();
                Done++;
            }
        }
    }

    sealed class Graph(DeferredQueue queue, List<Action> launches) : LaunchGraph
    {
        public override void Launch()
        {
            lock (queue.gate)
            {
                foreach (var launch in launches)
                    queue.Queue(queue.kernels, launch);
            }
        }

        public override void Dispose()
        {
        }
    }
}
