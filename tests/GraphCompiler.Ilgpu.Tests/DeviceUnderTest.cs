using GraphCompiler.Ilgpu.Tests.Runtimes;
using GraphCompiler.Ptx;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>What tests may run on.</summary>
internal enum DeviceKind
{
    /// <summary>An interpreter of the PTX that ILGPU makes of kernels, which passes for a CUDA device with tensor cores.</summary>
    Ptx,

    /// <summary>ILGPU's CPU accelerator.</summary>
    IlgpuCpu,

    /// <summary>The first OpenCL device.</summary>
    OpenCl,

    /// <summary>The first CUDA device.</summary>
    Cuda,
}

/// <summary>
/// The device that tests run on: what the environment variable <c>GRAPHCOMPILER_DEVICE</c> names, <c>ptx</c>, <c>ilgpu-cpu</c>,
/// <c>opencl</c> or <c>cuda</c>; interpreted PTX without it.
/// </summary>
internal static class DeviceUnderTest
{
    const string Variable = "GRAPHCOMPILER_DEVICE";

    public static DeviceKind Kind { get; } = (Environment.GetEnvironmentVariable(Variable) ?? "") switch
    {
        "" or "ptx" => DeviceKind.Ptx,
        "ilgpu-cpu" => DeviceKind.IlgpuCpu,
        "opencl" => DeviceKind.OpenCl,
        "cuda" => DeviceKind.Cuda,
        var kind => throw new InvalidOperationException($"{Variable} is '{kind}'; it must be ptx, ilgpu-cpu, opencl or cuda."),
    };

    /// <summary>Whether it is a device of a driver, CUDA's or OpenCL's.</summary>
    public static bool HasDriver => Kind is DeviceKind.Cuda or DeviceKind.OpenCl;

    /// <summary>Whether a launch takes so long that only the smallest cases are tried.</summary>
    public static bool IsSlow => Kind == DeviceKind.IlgpuCpu;

    /// <summary>Whether it executes PTX for tensor cores.</summary>
    public static bool HasTensorCores => Kind is DeviceKind.Ptx or DeviceKind.Cuda;

    /// <summary>Whether launches are recorded and replayed.</summary>
    public static bool CapturesGraphs => HasTensorCores;

    /// <summary>Some of many cases, one of each run of so many; all where a driver compiles them. ILGPU takes seconds for a kernel of attention.</summary>
    public static IEnumerable<T> Some<T>(int ofEach, IEnumerable<T> cases) => cases.Where((_, i) => HasDriver || i % ofEach == 0);

    /// <param name="options">What the device may do.</param>
    /// <param name="checksUnwritten">
    /// Whether an interpreter reports shared memory that is read and that nobody wrote. Attention on tensor cores reads whole
    /// matrices whose ends nobody wrote, and makes no use of them.
    /// </param>
    public static IlgpuDevice Open(IlgpuOptions? options = null, bool checksUnwritten = true) => Kind switch
    {
        DeviceKind.Cuda => IlgpuDevice.Cuda(options: options),
        DeviceKind.OpenCl => IlgpuDevice.OpenCl(options: options),
        DeviceKind.IlgpuCpu => IlgpuDevice.Cpu(options),
        _ => Interpreted(options, new PtxMachineOptions { CheckUnwritten = checksUnwritten }),
    };

    /// <summary>The same without tensor cores; a CUDA device cannot do without.</summary>
    public static IlgpuDevice OpenWithoutTensorCores() => Kind switch
    {
        DeviceKind.Ptx => Interpreted(features: DeviceFeatures.Warps),
        DeviceKind.Cuda => throw new InvalidOperationException("The test must be skipped."),
        _ => Open(),
    };

    /// <summary>A device that interprets PTX.</summary>
    public static IlgpuDevice Interpreted(
        IlgpuOptions? options = null, PtxMachineOptions? machine = null, DeviceFeatures features = DeviceFeatures.Warps | DeviceFeatures.TensorCores) =>
        new(new InterpretedRuntime(machine ?? new PtxMachineOptions(), features, (options ?? new IlgpuOptions()).CaptureGraphs), options);
}
