using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using GraphCompiler.Ilgpu.Launching;
using GraphCompiler.Kernels;
using GraphCompiler.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// A device that models run on. Kernels are compiled and loaded once a device, whatever the number of models. Models must be
/// disposed before their device.
/// </summary>
public sealed class IlgpuDevice : IDisposable
{
    static readonly Lock Opening = new();

    readonly DeviceRuntime runtime;
    readonly ConcurrentDictionary<MethodInfo, Delegate> kernels = new();
    readonly object loading = new();
    long reservedBytes;
    int capturedGraphs;

    internal IlgpuDevice(DeviceRuntime runtime, IlgpuOptions? options = null)
    {
        this.runtime = runtime;
        Options = options ?? new IlgpuOptions();
    }

    /// <summary>What the driver calls the device, and of which kind it is.</summary>
    public string Name => runtime.Name;

    /// <summary>The memory of the device in bytes.</summary>
    public long MemoryBytes => runtime.MemoryBytes;

    /// <summary>What models on this device have allocated, in bytes.</summary>
    public long AllocatedBytes => Interlocked.Read(ref reservedBytes);

    /// <summary>What the device is allowed to do.</summary>
    public IlgpuOptions Options { get; }

    internal DeviceQueue Queue => runtime.Queue;

    internal AcceleratorStream Stream => Queue.Stream;

    /// <summary>How many CUDA graphs were recorded on this device; 0 on others, and where <see cref="IlgpuOptions.CaptureGraphs"/> is off.</summary>
    public int CapturedGraphs => capturedGraphs;

    /// <summary>How many kernels were compiled and loaded on this device, each once.</summary>
    public int LoadedKernels => kernels.Count;

    internal bool UsesWarps => runtime.UsesWarps;

    internal bool UsesTensorCores => runtime.UsesTensorCores;

    internal GroupThreads Threads => runtime.Threads;

    /// <summary>The first CUDA device, else the first OpenCL device, else ILGPU's CPU accelerator; <see cref="Name"/> says which.</summary>
    /// <param name="options">What it is allowed to do; null for the defaults.</param>
    /// <exception cref="DeviceException">The program was published with native AOT.</exception>
    public static IlgpuDevice Best(IlgpuOptions? options = null)
        => Open(AcceleratorType.Cuda, 0, options) ?? Open(AcceleratorType.OpenCL, 0, options) ?? Cpu(options);

    /// <summary>A CUDA device.</summary>
    /// <param name="index">Which, in the driver's order.</param>
    /// <param name="options">What it is allowed to do; null for the defaults.</param>
    /// <exception cref="DeviceException">There is no such device, or the program was published with native AOT.</exception>
    public static IlgpuDevice Cuda(int index = 0, IlgpuOptions? options = null) => Open(AcceleratorType.Cuda, index, options)
        ?? throw new DeviceException($"There is no CUDA device number {index}: is the NVIDIA driver installed, and the device visible to this process?");

    /// <summary>An OpenCL device.</summary>
    /// <param name="index">Which, in the driver's order.</param>
    /// <param name="options">What it is allowed to do; null for the defaults.</param>
    /// <exception cref="DeviceException">There is no such device, or the program was published with native AOT.</exception>
    public static IlgpuDevice OpenCl(int index = 0, IlgpuOptions? options = null) => Open(AcceleratorType.OpenCL, index, options)
        ?? throw new DeviceException($"There is no OpenCL device number {index} of OpenCL 3 with generic address space.");

    /// <summary>ILGPU's CPU accelerator: right, and very slow. It is for looking for errors.</summary>
    /// <param name="options">What it is allowed to do; null for the defaults.</param>
    /// <exception cref="DeviceException">The program was published with native AOT.</exception>
    public static IlgpuDevice Cpu(IlgpuOptions? options = null)
    {
        RequireCompiler();
        var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2).CPU(AcceleratorRuntime.CpuDevice));
        foreach (var device in context)
            return Usable(context, device, options);
        throw new DeviceException("ILGPU has no CPU accelerator.");
    }

    /// <summary>ILGPU reads the code of kernels as the runtime's compiler does, and writes code of its own that calls them.</summary>
    static void RequireCompiler()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            throw new DeviceException("Devices need the JIT: ILGPU compiles kernels while the program runs, and one that was published with native AOT cannot. Publish it without PublishAot, or run its models on the CPU.");
    }

    /// <summary>One at a time: drivers that are asked for their devices by two threads at once, for the first time, may have none for one of them.</summary>
    static IlgpuDevice? Open(AcceleratorType type, int index, IlgpuOptions? options)
    {
        RequireCompiler();
        lock (Opening)
            return Find(type, index, options);
    }

    static IlgpuDevice? Find(AcceleratorType type, int index, IlgpuOptions? options)
    {
        DriverLibraries.Register();
        Context? context = null;
        try
        {
            context = Context.Create(builder => _ = type == AcceleratorType.Cuda
                ? builder.Optimize(OptimizationLevel.O2).Cuda()
                : builder.Optimize(OptimizationLevel.O2).OpenCL());
            foreach (var device in context)
            {
                // A context without a device of the kind asked for holds ILGPU's CPU accelerator.
                if (device.AcceleratorType == type && index-- == 0)
                    return Usable(context, device, options);
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            // A machine without the driver has no such device.
        }
        context?.Dispose();
        return null;
    }

    static IlgpuDevice Usable(Context context, Device device, IlgpuOptions? options)
    {
        Accelerator? accelerator = null;
        try
        {
            accelerator = device.CreateAccelerator(context);
            return accelerator.MaxNumThreadsPerGroup >= GroupSizes.Largest
                ? new IlgpuDevice(new AcceleratorRuntime(context, accelerator, options ?? new IlgpuOptions()), options)
                : throw new DeviceException($"{device.Name} runs {accelerator.MaxNumThreadsPerGroup} threads a group; kernels need {GroupSizes.Largest}.");
        }
        catch (Exception exception)
        {
            accelerator?.Dispose();
            context.Dispose();
            throw exception as DeviceException ?? new DeviceException($"{device.Name} is there and cannot be opened: {exception.Message}", exception);
        }
    }

    /// <summary>The launcher of a kernel, which begins to be compiled at the first call.</summary>
    internal Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel)
        where T : struct
    {
        using (Interruption.Hold(loading))
        {
            if (!kernels.TryGetValue(kernel.Method, out var launcher))
            {
                try
                {
                    kernels[kernel.Method] = launcher = runtime.Load(kernel);
                }
                catch (Exception exception)
                {
                    throw runtime.NotLoaded(kernel.Method, exception);
                }
            }
            return (Action<AcceleratorStream, KernelConfig, T>)launcher;
        }
    }

    /// <summary>Waits until all kernels are there that were asked for.</summary>
    internal void FinishLoading() => runtime.FinishLoading();

    /// <summary>What is left of the memory, as far as known here and to the driver.</summary>
    long BytesLeft => Math.Min(MemoryBytes - AllocatedBytes, Queue.FreeBytes ?? long.MaxValue);

    /// <summary>Allocates memory, whole floats of it, or says how much is missing.</summary>
    internal DeviceBlock Allocate(long bytes, string purpose)
    {
        long floats = Math.Max(1, checked(bytes + sizeof(float) - 1) / sizeof(float));
        bytes = checked(floats * sizeof(float));
        if (Interlocked.Add(ref reservedBytes, bytes) > MemoryBytes)
        {
            Released(bytes);
            throw new DeviceException($"{purpose} needs {bytes:N0} bytes, and {Name} has {BytesLeft:N0} of {MemoryBytes:N0} left.");
        }
        try
        {
            var owner = runtime.Allocate(floats, out var memory);
            return new DeviceBlock(this, owner, memory, bytes);
        }
        catch (Exception exception)
        {
            Released(bytes);
            throw new DeviceException($"{purpose} needs {bytes:N0} bytes, which {Name} refuses, with {BytesLeft:N0} of {MemoryBytes:N0} left: {exception.Message}", exception);
        }
    }

    /// <summary>Says so before anything is allocated, if a model cannot fit.</summary>
    internal void CheckFits(MemoryReport report, string model)
    {
        long left = BytesLeft;
        if (report.DeviceBytes > left)
            throw new DeviceException($"{model} needs {report.DeviceBytes:N0} bytes before it trains, and {Name} has {left:N0} of {MemoryBytes:N0} left:\n{report}");
    }

    /// <summary>Records launches as a graph; null where that cannot be done.</summary>
    internal LaunchGraph? Capture(Action<AcceleratorStream> launches)
    {
        var graph = Queue.Capture(launches);
        if (graph is not null)
            Interlocked.Increment(ref capturedGraphs);
        return graph;
    }

    /// <inheritdoc cref="DeviceRuntime.Failed"/>
    internal DeviceException Failed(string work, Exception cause) => runtime.Failed(work, cause);

    internal void Released(long bytes) => Interlocked.Add(ref reservedBytes, -bytes);

    /// <summary>Waits for everything that is queued on the device. Whoever reads a result waits anyway; a clock needs this.</summary>
    /// <exception cref="DeviceException">Some of it failed.</exception>
    public void Synchronize() => Queue.Synchronize();

    /// <summary>Closes the device; one that was lost, too.</summary>
    public void Dispose() => runtime.Dispose();

    /// <summary><see cref="Name"/>.</summary>
    public override string ToString() => Name;
}
