using GraphCompiler.Ilgpu.Reference;

namespace ILGPU.Runtime;

/// <summary>The kinds of devices.</summary>
public enum AcceleratorType
{
    /// <summary>Threads of this process.</summary>
    CPU,

    /// <summary>A device of the CUDA driver.</summary>
    Cuda,

    /// <summary>A device of an OpenCL driver.</summary>
    OpenCL,
}

/// <summary>A device that can be opened.</summary>
public abstract class Device
{
    private protected Device(string name, AcceleratorType type, int warpSize, int threads)
        => (Name, AcceleratorType, WarpSize, MaxNumThreadsPerGroup) = (name, type, warpSize, threads);

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Its kind.</summary>
    public AcceleratorType AcceleratorType { get; }

    /// <summary>Its memory in bytes.</summary>
    public long MemorySize { get; } = Accelerator.MemoryOfNewDevices ?? 1L << 32;

    /// <summary>The most threads in a group.</summary>
    public int MaxNumThreadsPerGroup { get; }

    /// <summary>The threads in a warp.</summary>
    public int WarpSize { get; }

    /// <summary>Opens the device.</summary>
    public Accelerator CreateAccelerator(Context context) => new(this);
}

/// <summary>An open device.</summary>
public class Accelerator : IDisposable
{
    internal Accelerator(Device device)
    {
        Device = device;
        DefaultStream = new AcceleratorStream();
    }

    /// <summary>What was opened.</summary>
    public Device Device { get; }

    /// <summary>The device's name.</summary>
    public string Name => Device.Name;

    /// <summary>The device's kind.</summary>
    public AcceleratorType AcceleratorType => Device.AcceleratorType;

    /// <summary>The device's memory in bytes.</summary>
    public long MemorySize => Device.MemorySize;

    /// <summary>The most threads in a group.</summary>
    public int MaxNumThreadsPerGroup => Device.MaxNumThreadsPerGroup;

    /// <summary>The threads in a warp.</summary>
    public int WarpSize => Device.WarpSize;

    /// <summary>The stream of calls that name none.</summary>
    public AcceleratorStream DefaultStream { get; }

    /// <summary>Whether threads of launches by this thread take their turns from last to first; a kernel without races gives the same bits.</summary>
    [field: ThreadStatic]
    internal static bool RunsBackwards { get; set; }

    /// <summary>The memory of devices that this thread finds; null for 4 GiB.</summary>
    [field: ThreadStatic]
    internal static long? MemoryOfNewDevices { get; set; }

    /// <summary>Whether what this thread asks of a device fails, as it does when a driver has lost it.</summary>
    [field: ThreadStatic]
    internal static bool IsLost { get; set; }

    internal static void ThrowIfLost()
    {
        if (IsLost)
            throw new KernelFault("The device is lost.");
    }

    /// <summary>Allocates elements.</summary>
    public MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(long length)
        where T : unmanaged
        => new(length);

    internal void Launch(KernelConfig config, Action body)
    {
        ThrowIfLost();
        if (config.Threads < 1 || config.Threads > MaxNumThreadsPerGroup || config.Groups < 1)
            throw new KernelFault($"A launch of {config.Groups} groups of {config.Threads} threads on a device of {MaxNumThreadsPerGroup} threads a group.");
        for (int group = 0; group < config.Groups; group++)
            new GroupExecution(body, group, config.Groups, config.Threads, WarpSize, RunsBackwards).Run();
    }

    /// <summary>Another order of launches and copies.</summary>
    public AcceleratorStream CreateStream() => new();

    /// <summary>Makes this the device of the calling thread's calls of the driver.</summary>
    public void Bind()
    {
    }

    /// <summary>Closes the device.</summary>
    public void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>An order of launches and copies.</summary>
public class AcceleratorStream : IDisposable
{
    internal AcceleratorStream()
    {
    }

    /// <summary>Waits for everything in the stream.</summary>
    public void Synchronize() => Accelerator.ThrowIfLost();

    /// <summary>Closes the order.</summary>
    public void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Turns methods into kernels.</summary>
public static class KernelLoaders
{
    /// <summary>The launcher of an explicitly grouped kernel.</summary>
    public static Action<AcceleratorStream, KernelConfig, T1> LoadKernel<T1>(this Accelerator accelerator, Action<T1> action)
        where T1 : struct
        => (_, config, argument) => accelerator.Launch(config, () => action(argument));
}
