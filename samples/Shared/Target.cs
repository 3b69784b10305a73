using GraphCompiler;
#if ILGPU
using GraphCompiler.Ilgpu;
#endif

namespace Samples;

/// <summary>
/// What models run on: the CPU, or a device in a build that has ILGPU. Models must be disposed before it. The projects that
/// compile this file say which of their classes is the SampleModel.
/// </summary>
sealed class Target : IDisposable
{
    /// <summary>The names that <c>--device</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cpu", "cuda", "opencl", "ilgpu-cpu"];

#if ILGPU
    readonly IlgpuDevice? device;

    Target(IlgpuDevice? device) => this.device = device;

    /// <summary>What the driver calls the device; null for the CPU.</summary>
    public string? DeviceName => device?.Name;

    /// <summary>Opens a device.</summary>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    public static Target Open(string name)
    {
        try
        {
            return new(name switch
            {
                "cuda" => IlgpuDevice.Cuda(),
                "opencl" => IlgpuDevice.OpenCl(),
                "ilgpu-cpu" => IlgpuDevice.Cpu(),
                _ => null,
            });
        }
        catch (DeviceException fault)
        {
            throw new ArgumentException($"--device {name}: {fault.Message}", fault);
        }
    }

    /// <summary>A model that runs here.</summary>
    /// <exception cref="ArgumentException">The device has too little memory.</exception>
    public SampleModel Create(int seed, ModelOptions options)
    {
        try
        {
            return device is null ? new SampleModel(seed, options) : new SampleModel(seed, device, options);
        }
        catch (DeviceException fault)
        {
            throw new ArgumentException(fault.Message, fault);
        }
    }

    public void Dispose() => device?.Dispose();
#else
    /// <summary>What the driver calls the device; null for the CPU.</summary>
    public string? DeviceName => null;

    /// <summary>Opens the CPU: this build has nothing else.</summary>
    /// <exception cref="ArgumentException">Another device is asked for.</exception>
    public static Target Open(string name) => name == "cpu"
        ? new Target()
        : throw new ArgumentException($"--device {name}: this build runs on the CPU alone; build with -p:UseIlgpu=true, which restores the package ILGPU, for devices.");

    /// <summary>A model that runs here.</summary>
    public SampleModel Create(int seed, ModelOptions options) => new(seed, options);

    public void Dispose()
    {
    }
#endif
}
