using GraphCompiler.Ilgpu.Launching;
using GraphCompiler.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>
/// The device that tests run on. Without the ILGPU package it is the reference executor; with it, what the environment variable
/// <c>GRAPHCOMPILER_DEVICE</c> names: <c>cuda</c>, <c>opencl</c>, or <c>ilgpu-cpu</c>, which is also what it is without the variable.
/// </summary>
internal static class DeviceUnderTest
{
    /// <summary>Whether it is the real ILGPU.</summary>
    public static bool IsIlgpu { get; } = typeof(ILGPU.Context).Assembly.GetName().Name == "ILGPU";

    /// <summary>The kind of device that the environment asks for.</summary>
    public static string Kind { get; } = Environment.GetEnvironmentVariable("GRAPHCOMPILER_DEVICE") is { Length: > 0 } kind ? kind : "ilgpu-cpu";

    /// <summary>Whether it is a device of the CUDA driver.</summary>
    public static bool IsCuda => IsIlgpu && Kind == "cuda";

    /// <summary>Whether it is a device of a driver, CUDA's or OpenCL's.</summary>
    public static bool HasDriver => IsIlgpu && Kind != "ilgpu-cpu";

    /// <summary>Whether it takes so long for a kernel that only the smallest cases are tried: ILGPU's CPU accelerator.</summary>
    public static bool IsSlow => IsIlgpu && Kind == "ilgpu-cpu";

    /// <summary>Whether it executes the PTX of tensor cores.</summary>
    public static bool HasTensorCores => IsCuda || !IsIlgpu;

    public static IlgpuDevice Open(IlgpuOptions? options = null) => Kind switch
    {
        "cuda" => IlgpuDevice.Cuda(options: options),
        "opencl" => IlgpuDevice.OpenCl(options: options),
        "ilgpu-cpu" => IlgpuDevice.Cpu(options),
        _ => throw new InvalidOperationException($"GRAPHCOMPILER_DEVICE is '{Kind}'; it must be cuda, opencl or ilgpu-cpu."),
    };

    /// <summary>The same, or the reference executor with tensor cores, whose PTX it interprets.</summary>
    public static IlgpuDevice OpenWithTensorCores(IlgpuOptions? options = null) => IsIlgpu ? Open(options) : InterpretedTensorCores(options);

    static IlgpuDevice InterpretedTensorCores(IlgpuOptions? options)
    {
        var context = Context.Create(builder => builder.CPU(new CPUDevice(32, GroupSizes.Largest / 32, 1)));
        foreach (var device in context)
            return new IlgpuDevice(new RuntimeWithTensorCores(context, device.CreateAccelerator(context)), options);
        throw new InvalidOperationException();
    }

    sealed class RuntimeWithTensorCores(Context context, Accelerator accelerator) : AcceleratorRuntime(context, accelerator, capturesGraphs: false)
    {
        public override bool UsesTensorCores => true;
    }

    /// <summary>Until it is disposed, threads of the reference executor that this thread's launches start take their turns from last to first.</summary>
    public static IDisposable Backwards()
    {
#if !ILGPU
        ILGPU.Runtime.Accelerator.RunsBackwards = true;
#endif
        return new Forwards();
    }

    sealed class Forwards : IDisposable
    {
        public void Dispose()
        {
#if !ILGPU
            ILGPU.Runtime.Accelerator.RunsBackwards = false;
#endif
        }
    }
}
