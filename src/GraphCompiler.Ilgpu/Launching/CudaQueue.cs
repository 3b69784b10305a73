using GraphCompiler.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// The queue of a CUDA device: a stream of kernels and a stream of copies beside it, neither of which is the driver's default stream,
/// which cannot be captured and holds up all others.
/// </summary>
sealed unsafe class CudaQueue : DeviceQueue
{
    readonly Accelerator accelerator;
    readonly AcceleratorStream kernels, capturing;
    readonly nint kernelStream, captureStream, copyStream;
    readonly object capture = new();
    readonly bool mayCapture;
    bool isRefused;

    public CudaQueue(AcceleratorRuntime runtime, bool captures)
        : base(runtime)
    {
        accelerator = runtime.Accelerator;
        mayCapture = captures;
        kernels = accelerator.CreateStream();
        capturing = accelerator.CreateStream();
        kernelStream = ((CudaStream)kernels).StreamPtr;
        captureStream = ((CudaStream)capturing).StreamPtr;
        Check(CudaDriver.StreamCreate(out copyStream, CudaDriver.StreamNonBlocking), "cuStreamCreate");
    }

    public override AcceleratorStream Stream => kernels;

    public override bool IsBusy
    {
        get
        {
            Bind();
            int result = CudaDriver.StreamQuery(kernelStream);
            if (result != CudaDriver.NotReady)
                Check(result, "cuStreamQuery");
            return result != 0;
        }
    }

    public override long? FreeBytes
    {
        get
        {
            Bind();
            return CudaDriver.MemGetInfo(out nuint free, out _) == 0 ? (long)free : null;
        }
    }

    public override nint AllocateHost(long bytes)
    {
        Bind();
        int result = CudaDriver.MemHostAlloc(out nint pointer, (nuint)bytes, 0);
        if (result != 0)
            throw new DeviceException($"{Runtime.Name} failed to lock {bytes:N0} bytes of the host's memory for its copies: cuMemHostAlloc gave {CudaDriver.Describe(result)}");
        new Span<byte>((void*)pointer, (int)Math.Min(bytes, int.MaxValue)).Clear();
        return pointer;
    }

    public override void FreeHost(nint pointer)
    {
        Bind();
        _ = CudaDriver.MemFreeHost(pointer);
    }

    public override nint CreateEvent()
    {
        Bind();
        Check(CudaDriver.EventCreate(out nint marker, CudaDriver.EventWithoutTime), "cuEventCreate");
        return marker;
    }

    public override void FreeEvent(nint marker)
    {
        Bind();
        _ = CudaDriver.EventDestroy(marker);
    }

    public override void Record(nint marker, bool beside)
    {
        Bind();
        Check(CudaDriver.EventRecord(marker, beside ? copyStream : kernelStream), "cuEventRecord");
    }

    public override void ComeAfter(nint marker, bool beside)
    {
        Bind();
        Check(CudaDriver.StreamWaitEvent(beside ? copyStream : kernelStream, marker, 0), "cuStreamWaitEvent");
    }

    public override void Wait(nint marker)
    {
        Bind();
        Check(CudaDriver.EventSynchronize(marker), "cuEventSynchronize");
    }

    public override void CopyIn(nint source, ArrayView<float> target, bool beside)
    {
        Bind();
        Check(CudaDriver.MemcpyHtoDAsync(target.LoadEffectiveAddressAsPtr(), source, Bytes(target), beside ? copyStream : kernelStream), "cuMemcpyHtoDAsync");
    }

    public override void CopyOut(ArrayView<float> source, nint target)
    {
        Bind();
        Check(CudaDriver.MemcpyDtoHAsync(target, source.LoadEffectiveAddressAsPtr(), Bytes(source), kernelStream), "cuMemcpyDtoHAsync");
    }

    public override void Copy(ArrayView<float> source, ArrayView<float> target)
    {
        Bind();
        Check(CudaDriver.MemcpyDtoDAsync(target.LoadEffectiveAddressAsPtr(), source.LoadEffectiveAddressAsPtr(), Bytes(source), kernelStream), "cuMemcpyDtoDAsync");
    }

    public override void Clear(ArrayView<float> target)
    {
        try
        {
            target.MemSetToZero(kernels);
        }
        catch (Exception exception)
        {
            throw Runtime.Failed("to clear its memory", exception);
        }
    }

    /// <summary>
    /// A stream of its own is captured, so that what other threads queue meanwhile stays out of the graph. Whatever goes wrong, the
    /// launches are made one by one from then on, which also reports what is wrong with the device itself.
    /// </summary>
    public override LaunchGraph? Capture(Action<AcceleratorStream> launches)
    {
        if (!mayCapture)
            return null;
        using (Interruption.Hold(capture))
        {
            if (isRefused)
                return null;
            Bind();
            nint executable = TryCapture(launches);
            isRefused = executable == 0;
            return isRefused ? null : new CudaGraph(this, executable);
        }
    }

    nint TryCapture(Action<AcceleratorStream> launches)
    {
        nint graph = 0;
        try
        {
            if (CudaDriver.StreamBeginCapture(captureStream, CudaDriver.CaptureThreadLocal) != 0)
                return 0;
            int ended;
            try
            {
                launches(capturing);
            }
            finally
            {
                ended = CudaDriver.StreamEndCapture(captureStream, out graph);
            }
            return ended == 0 && CudaDriver.GraphInstantiate(out nint executable, graph, 0) == 0 ? executable : 0;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DeviceException)
        {
            return 0;
        }
        finally
        {
            if (graph != 0)
                _ = CudaDriver.GraphDestroy(graph);
        }
    }

    public override void Drain()
    {
        Bind();
        _ = CudaDriver.StreamSynchronize(copyStream);
        _ = CudaDriver.StreamSynchronize(kernelStream);
    }

    public override void Dispose()
    {
        Drain();
        _ = CudaDriver.StreamDestroy(copyStream);
    }

    static nuint Bytes(ArrayView<float> view) => (nuint)(view.Length * sizeof(float));

    /// <summary>The driver's calls are for the device that the calling thread has chosen.</summary>
    void Bind() => accelerator.Bind();

    void Check(int result, string call)
    {
        if (result != 0)
            throw Runtime.Failed("at " + call, new InvalidOperationException(CudaDriver.Describe(result)));
    }

    sealed class CudaGraph(CudaQueue queue, nint executable) : LaunchGraph
    {
        public override void Launch()
        {
            queue.Bind();
            queue.Check(CudaDriver.GraphLaunch(executable, queue.kernelStream), "cuGraphLaunch");
        }

        public override void Dispose()
        {
            queue.Drain();
            _ = CudaDriver.GraphExecDestroy(executable);
        }
    }
}
