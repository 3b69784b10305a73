using GraphCompiler.Ilgpu.Compiling;
using GraphCompiler.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>A device that ILGPU has opened: CUDA's, OpenCL's or its own CPU accelerator.</summary>
sealed class AcceleratorRuntime : DeviceRuntime
{
    /// <summary>Threads in a warp of the CPU accelerator; more only cost time there.</summary>
    const int CpuWarp = 4;

    readonly Context context;
    readonly PtxCompiler? compiler;
    readonly PtxKernels? kernels;

    /// <param name="context">The context, which is disposed with the runtime.</param>
    /// <param name="accelerator">The device, which is disposed with the runtime.</param>
    /// <param name="options">What the device is allowed to do.</param>
    public AcceleratorRuntime(Context context, Accelerator accelerator, IlgpuOptions options)
    {
        this.context = context;
        Accelerator = accelerator;
        var cuda = accelerator as CudaAccelerator;
        UsesTensorCores = cuda is not null && cuda.Architecture >= CudaArchitecture.SM_80;
        Queue = cuda is not null ? new CudaQueue(this, options.CaptureGraphs) : new InOrderQueue(this);
        if (cuda is null || !options.LoadThroughDriver)
            return;
        compiler = new PtxCompiler(new PtxTarget(cuda.Architecture, cuda.InstructionSet, options.TargetSm90 && cuda.Architecture >= CudaArchitecture.SM_90));
        kernels = new PtxKernels(this, compiler.Compile, new CudaLoader(cuda));
    }

    /// <summary>ILGPU's CPU accelerator, with groups as large as kernels need.</summary>
    public static CPUDevice CpuDevice => new(CpuWarp, GroupSizes.Largest / CpuWarp, 1);

    public Accelerator Accelerator { get; }

    public override string Name => $"{Accelerator.Name} ({Accelerator.AcceleratorType})";

    public override long MemoryBytes => Accelerator.MemorySize;

    /// <summary>Only CUDA's warps exchange values everywhere; the CPU accelerator's do too, but gain nothing.</summary>
    public override bool UsesWarps => Accelerator.AcceleratorType == AcceleratorType.Cuda;

    public override bool UsesTensorCores { get; }

    public override DeviceQueue Queue { get; }

    /// <summary>A warp and a group on devices, and a multiple of a warp that leaves room for more groups; or what the CPU accelerator can do in some time.</summary>
    public override GroupThreads Threads => Accelerator.AcceleratorType == AcceleratorType.CPU
        ? new(SmallestRow: CpuWarp, LargestRow: 2 * CpuWarp, ShortRows: 2 * CpuWarp, Head: 4 * CpuWarp)
        : GroupThreadsOfDevices;

    /// <summary>Those of devices with warps of 32 threads, or no warps.</summary>
    public static GroupThreads GroupThreadsOfDevices => new(SmallestRow: 32, LargestRow: GroupSizes.Largest, ShortRows: 128, Head: 128);

    public override IDisposable Allocate(long floats, out ArrayView<float> memory)
    {
        var buffer = Accelerator.Allocate1D<float>(floats);
        memory = buffer.AsContiguous();
        return buffer;
    }

    public override Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel) => kernels?.Load(kernel) ?? Accelerator.LoadKernel(kernel);

    public override void FinishLoading() => kernels?.Finish();

    public override void Dispose()
    {
        compiler?.Cancel();
        kernels?.Drain();
        Queue.Dispose();
        try
        {
            Accelerator.Dispose();
        }
        catch (Exception)
        {
            // The driver frees nothing of a lost device. Whoever worked with it was told; closing it must not hide that.
        }
        context.Dispose();
    }
}
