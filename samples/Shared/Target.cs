using GraphCompiler;
using GraphCompiler.Ilgpu;

namespace Samples;

/// <summary>
/// What models run on: the CPU, or a device. Models must be disposed before it. The projects that
/// compile this file say which of their classes is the SampleModel.
/// </summary>
sealed partial class Target : IDisposable
{
    /// <summary>The names that <c>--device</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cpu", "cuda", "opencl", "ilgpu-cpu"];

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
    public SampleModel Create(ulong seed, ModelOptions options) => Create(() => new SampleModel(seed, options), device => new SampleModel(seed, device, options));

    TModel Create<TModel>(Func<TModel> onCpu, Func<IlgpuDevice, TModel> onDevice)
    {
        try
        {
            return device is null ? onCpu() : onDevice(device);
        }
        catch (DeviceException fault)
        {
            throw new ArgumentException(fault.Message, fault);
        }
    }

    public void Dispose() => device?.Dispose();
}
