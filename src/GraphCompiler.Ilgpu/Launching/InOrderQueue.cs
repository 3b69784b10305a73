using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// The queue of a device of which ILGPU offers one order only, OpenCL's and the CPU accelerator: copies to and from the host wait for
/// all before them, so that every event has been reached when it is set.
/// </summary>
sealed unsafe class InOrderQueue(AcceleratorRuntime runtime) : DeviceQueue(runtime)
{
    public override AcceleratorStream Stream { get; } = runtime.Accelerator.DefaultStream;

    /// <summary>As if it always were: the way over a copy beside the work is the general one.</summary>
    public override bool IsBusy => true;

    public override long? FreeBytes => null;

    public override nint AllocateHost(long bytes)
    {
        // The operating system zeroes what is touched: inputs are planned for the largest sizes.
        return (nint)NativeMemory.AllocZeroed((nuint)bytes);
    }

    public override void FreeHost(nint pointer) => NativeMemory.Free((void*)pointer);

    public override nint CreateEvent() => 0;

    public override void FreeEvent(nint marker)
    {
    }

    public override void Record(nint marker, bool beside)
    {
    }

    public override void ComeAfter(nint marker, bool beside)
    {
    }

    public override void Wait(nint marker)
    {
    }

    public override void CopyIn(nint source, ArrayView<float> target, bool beside) => Write(target, (float*)source);

    public override void CopyOut(ArrayView<float> source, nint target) => Read(source, (float*)target);

    public override void Copy(ArrayView<float> source, ArrayView<float> target)
    {
        try
        {
            source.CopyTo(Stream, target);
        }
        catch (Exception exception)
        {
            throw Runtime.Failed("to copy within its memory", exception);
        }
    }

    /// <summary>
    /// Zeros are copied: with OpenCL, ILGPU's MemSetToZero multiplies the place in bytes by an element's size once more, so that it fails,
    /// or clears what lies further on, unless the view begins where its buffer does.
    /// </summary>
    public override void Clear(ArrayView<float> target)
    {
        const int Most = 1 << 16;
        float[] zeros = new float[Math.Min(target.Length, Most)];
        try
        {
            fixed (float* source = zeros)
            {
                for (long done = 0; done < target.Length; done += zeros.Length)
                {
                    long floats = Math.Min(zeros.Length, target.Length - done);
                    target.SubView(done, floats).CopyFromCPU(Stream, ref *source, floats);
                }
            }
        }
        catch (Exception exception)
        {
            throw Runtime.Failed("to clear its memory", exception);
        }
    }

    public override LaunchGraph? Capture(Action<AcceleratorStream> launches) => null;

    public override void Drain()
    {
        try
        {
            Stream.Synchronize();
        }
        catch (Exception)
        {
            // A lost device has nothing left to do.
        }
    }

    public override void Dispose()
    {
    }
}
